/** An import checks a call tree against itself. It refuses contradictions and reports what the tree leaves open. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import type { ResourceCell } from "../../trace/state/cells.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [A, B, C, D, E] = [at(0xa), at(0xb), at(0xc), at(0xd), at(0xe)] as const;
const wei = (n: number): string => `0x${n.toString(16)}`;
/** A time before any network had Cancun, and one after all networks had it. */
const [BEFORE, LATE] = [1_600_000_000, 1_750_000_000];

type Tree = Record<string, unknown>;
function call(from: string, to: string, value = 0, calls: Tree[] = [], more: Tree = {}): Tree {
  return { type: "CALL", from, to, value: wei(value), input: "0xaabbccdd", calls, ...more };
}
const create = (from: string, to: string, value = 0, calls: Tree[] = [], more: Tree = {}): Tree =>
  call(from, to, value, calls, { type: "CREATE", input: "0x6000", ...more });
const end = (from: string, to: string, value: number, more: Tree = {}): Tree => ({
  ...{ type: "SELFDESTRUCT", from, to, value: wei(value), input: "0x" },
  ...more,
});

/** Imports and runs a call tree. `wealth` tells the wei of an address at the end. */
async function play(tree: unknown) {
  const { scenario, report, notes } = importEvmCalls(tree);
  const tracer = await runScenario(scenario);
  const wealth = (who: string): bigint => {
    const program = Object.entries(report.programs).find(([, address]) => address === who)?.[0];
    return [...tracer.map.addresses()]
      .filter((place) => Math.floor(place / 256) === Number(program))
      .map((place) => tracer.map.cell(place))
      .filter((cell): cell is ResourceCell => cell.type === "resource")
      .reduce((sum, cell) => sum + cell.quantity, 0n);
  };
  return { report, notes, wealth, effects: tracer.transitions.map((t) => t.effect) };
}

function refusal(tree: unknown): InvalidInputError {
  try {
    importEvmCalls(tree);
  } catch (error) {
    if (error instanceof InvalidInputError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

describe("a frame that gives only the reason of its failure", () => {
  const inner = (reason: unknown): Tree =>
    call(B, C, 100, [call(C, D, 40)], { type: "Call", error: null, revertReason: reason });

  test("has no effects, nor have the frames below it", async () => {
    const { report, wealth, effects } = await play(call(A, B, 0, [inner("Error: not allowed")], { type: "Call" }));
    expect(effects).toEqual(["InvokeProgram"]);
    expect([C, D].map(wealth)).toEqual([0n, 0n]);
    expect(report.reverted).toMatchObject([
      { path: "calls[0]", error: "Error: not allowed" },
      { path: "calls[0].calls[0]", error: null },
    ]);
  });

  test("has effects if the reason is empty", async () => {
    for (const reason of [null, undefined, ""]) {
      const { wealth } = await play(call(A, B, 0, [inner(reason)], { type: "Call" }));
      expect([C, D].map(wealth)).toEqual([60n, 40n]);
    }
  });
});

describe("a frame's sender is the running contract", () => {
  test.each([
    ["a payment by a stranger", call(A, B, 0, [call(C, D, 100)]), "calls[0].from"],
    ["a payment by the sender while the contract runs", call(A, B, 0, [call(A, D, 100)]), "calls[0].from"],
    ["deeper", call(A, B, 0, [call(B, C), call(B, C, 0, [call(C, D), call(B, D)])]), "calls[1].calls[1].from"],
    [
      "a payment by the code's address in a delegate call",
      call(A, B, 0, [call(B, C, 0, [call(C, D)], { type: "DELEGATECALL" })]),
      "calls[0].calls[0].from",
    ],
    ["by the maker in a constructor", call(A, B, 0, [create(B, C, 0, [call(B, D)])]), "calls[0].calls[0].from"],
    [
      "by a stranger in a failed call",
      call(A, B, 0, [call(B, C, 0, [call(D, E)], { error: "no" })]),
      "calls[0].calls[0].from",
    ],
  ])("%s: refused, naming the frame", (_, tree, field) => {
    const { field: named, message } = refusal(tree);
    expect(named).toBe(field);
    expect(message).toContain("runs the frame around it");
  });

  test("delegate and code calls run in the contract around them, at any depth", async () => {
    const inner = call(B, C, 9, [call(B, D, 0, [call(B, E, 3)], { type: "DELEGATECALL" })], { type: "CALLCODE" });
    const { wealth } = await play(call(A, B, 5, [inner]));
    expect([B, E].map(wealth)).toEqual([2n, 3n]);
  });

  test("a transaction is a call or a creation", () => {
    expect(refusal(call(A, B, 0, [], { type: "DELEGATECALL" })).field).toBe("type");
    expect(refusal(end(A, B, 1)).field).toBe("type");
  });

  test("a self-destruct shown as a payment by the caller is the contract's own: the caller pays once", async () => {
    const { wealth, report } = await play(call(A, B, 6, [end(A, B, 6)]));
    expect(report.openingBalances).toEqual({ [A]: "6" });
    expect([A, B].map(wealth)).toEqual([0n, 6n]);
    const given = await play(call(A, B, 6, [end(A, C, 6)]));
    expect([A, B, C].map(given.wealth)).toEqual([0n, 0n, 6n]);
    const itself = await play(call(A, B, 9, [call(B, B, 2, [end(B, B, 2)])]));
    expect(itself.wealth(B)).toBe(9n);
  });
});

describe("a self-destruct that repeats the payment before it", () => {
  /** Such a frame with the same payment as the call before it. */
  const again = (from: string, to: string, value: number): Tree => end(from, to, value);

  test("by another contract ends in place: nothing moves again", async () => {
    const inner = call(B, C, 0, [call(C, D, 5)]);
    const { wealth, report } = await play(call(A, B, 7, [inner, again(C, D, 5)]));
    expect([A, B, C, D].map(wealth)).toEqual([0n, 7n, 0n, 5n]);
    expect(report.unknown).toMatchObject([expect.stringContaining("has 7 wei after it ended")]);
    // Another amount was not paid before, so it is the contract's own payment.
    const own = await play(call(A, B, 7, [inner, again(C, D, 8)]));
    expect([B, D].map(own.wealth)).toEqual([0n, 13n]);
  });

  test("with less than the contract has ends in place, too", async () => {
    const { wealth } = await play(call(A, B, 9, [call(B, D, 3), again(B, D, 3)]));
    expect([B, D].map(wealth)).toEqual([6n, 3n]);
    expect(refusal(call(A, B, 9, [call(B, D, 3), call(B, C, 1), again(B, D, 3)])).field).toBe("calls[2].value");
  });

  test("with as much as the contract has counts as a second payment, and a note says so", async () => {
    const { wealth, report } = await play(call(A, B, 6, [call(B, D, 3), again(B, D, 3)]));
    expect([B, D].map(wealth)).toEqual([0n, 6n]);
    expect(report.unknown[0]).toMatch(new RegExp(`^calls\\[1\\]: ${B} ended with the same payment to ${D}`));
    // Before Cancun a contract that ended kept nothing.
    const early = await play({ result: call(A, B, 6, [call(B, D, 3), again(B, D, 3)]), timestamp: BEFORE });
    expect([early.wealth(D), early.report.unknown]).toEqual([6n, []]);
    const made = await play(create(A, B, 6, [call(B, D, 3), again(B, D, 3)]));
    expect([made.wealth(D), made.report.unknown]).toEqual([6n, []]);
  });
});

describe("below a static call", () => {
  const below = (inner: Tree, more: Tree = {}): Tree =>
    call(A, B, 0, [call(B, C, 0, [call(C, D, 0, [inner])], { type: "STATICCALL", ...more })]);
  const path = "calls[0].calls[0].calls[0]";

  test.each([
    ["wei", call(D, E, 1)],
    ["a creation", create(D, E)],
    ["a second sort of it", create(D, E, 0, [], { type: "CREATE2" })],
    ["a self-destruct", end(D, E, 0)],
  ])("%s: refused, naming the frame", (_, inner) => {
    const { field, message } = refusal(below(inner));
    expect(field).toBe(path);
    expect(message).toContain("below the static call calls[0]");
    // In a failed call it is allowed, because it has no effects.
    expect(importEvmCalls(below({ ...inner, error: "write protection" })).report.reverted).toHaveLength(1);
    expect(importEvmCalls(below(inner, { error: "write protection" })).report.reverted).toHaveLength(3);
    expect(importEvmCalls(below(inner, { type: "CALL" })).report.reverted).toEqual([]);
  });

  test("calls without wei are imported", () => {
    const { report } = importEvmCalls(below(call(D, E, 7, [], { type: "CALLCODE" })));
    expect(report.frames).toBe(4);
  });
});

describe("a contract that ends for itself", () => {
  test("loses its wei if it was made in the same transaction", async () => {
    const { report, wealth, effects, notes } = await play(create(A, B, 7, [end(B, B, 7)]));
    expect(wealth(B)).toBe(0n);
    expect(effects).toContain("Retire");
    expect(report.burnt).toEqual([{ path: "calls[0]", address: B, value: "7" }]);
    expect(notes).toContain(`Burnt: 7 wei of ${B}, in calls[0], ended for itself.`);
    expect(report.unknown).toEqual([]);
  });

  test("loses also the wei that it is given afterwards", async () => {
    const tree = call(A, B, 9, [create(B, C, 2, [end(C, D, 2)]), call(B, C, 4), call(B, C, 3)]);
    const { report, wealth } = await play(tree);
    expect([B, C, D].map(wealth)).toEqual([0n, 0n, 2n]);
    expect(report.burnt).toEqual([{ path: null, address: C, value: "7" }]);
  });

  const existing = call(A, B, 5, [end(B, B, 8)]);
  const later = call(A, A, 9, [call(A, B, 5, [end(B, C, 8)]), call(A, B, 4)]);

  test("loses its wei before Cancun, also if it is older than the transaction", async () => {
    const { report, wealth } = await play({ result: existing, timestamp: BEFORE });
    expect(report.openingBalances).toEqual({ [A]: "5", [B]: "3" });
    expect([wealth(B), report.burnt]).toEqual([0n, [{ path: "calls[0]", address: B, value: "8" }]]);
    const after = await play({ result: later, timestamp: BEFORE });
    expect([B, C].map(after.wealth)).toEqual([0n, 8n]);
    expect(after.report.burnt).toEqual([{ path: null, address: B, value: "4" }]);
  });

  test.each([undefined, LATE])("keeps its wei under unknown rules (%s), with a note", async (timestamp) => {
    const { report, wealth, notes } = await play({ result: existing, timestamp });
    expect([wealth(B), report.burnt]).toEqual([5n, []]);
    expect(report.unknown[0]).toMatch(new RegExp(`^calls\\[0\\]: ${B} ended for itself: .* not known`));
    expect(notes.some((note) => note.startsWith("Not known: calls[0]"))).toBe(true);
    const after = await play({ result: later, timestamp });
    expect(after.wealth(B)).toBe(4n);
    expect(after.report.unknown).toMatchObject([expect.stringContaining(`${B} has 4 wei after it ended`)]);
  });

  test("loses nothing if a failed call had made it", async () => {
    const failed = create(B, C, 0, [end(C, C, 0)], { error: "no" });
    const { report } = await play({ result: call(A, B, 3, [failed, call(B, C, 3)]), timestamp: BEFORE });
    expect(report.burnt).toEqual([]);
  });

  test("may lose more than one resource can hold", async () => {
    const most = `0x${(2n ** 128n - 1n).toString(16)}`;
    const tree = create(A, B, 0, [
      call(B, A, 0, [call(A, B, 0, [], { value: most }), call(A, B, 0, [], { value: most })]),
      end(B, D, 0, { value: undefined, to: B }),
    ]);
    expect(refusal(tree).field).toBe("calls[1].value");
    const { wealth, report } = await play(
      call(A, A, 0, [
        create(A, B, 0, [end(B, C, 0)]),
        call(A, B, 0, [], { value: most }),
        call(A, B, 0, [], { value: most }),
      ]),
    );
    expect([wealth(B), report.burnt[0]?.value]).toEqual([0n, (2n * (2n ** 128n - 1n)).toString()]);
  });

  test("is refused if the payment is less than it has, and the message names the frame", () => {
    const { field, message } = refusal(call(A, B, 5, [end(B, C, 4)]));
    expect(field).toBe("calls[0].value");
    expect(message).toContain(`${B} has 5 by then`);
    expect(importEvmCalls(call(A, B, 5, [end(B, C, 6)])).report.openingBalances).toEqual({ [A]: "5", [B]: "1" });
  });

  test("is refused with inner calls", () => {
    expect(refusal(call(A, B, 0, [end(B, C, 0, { calls: [call(B, C)] })])).field).toBe("calls[0].calls");
  });
});

describe("a frame with missing fields", () => {
  test("may be a self-destruct without beneficiary and amount", async () => {
    const bare = { type: "SELFDESTRUCT", from: B, input: "0x" };
    const { report, effects, notes } = await play(call(A, B, 0, [bare]));
    expect(effects).toEqual(["InvokeProgram", "InvokeProgram"]);
    expect(report.notImported).toEqual({ "self-destruct without beneficiary": 1 });
    expect(report.unknown[0]).toMatch(/^calls\[0\]: .* not known, nor how many/);
    expect(notes).toContain(`Not known: ${report.unknown[0]}`);
    // anvil, for one that ends in place in a delegate call.
    const zero = call(A, B, 0, [call(B, C, 0, [{ ...bare, from: at(0) }], { type: "DELEGATECALL" })]);
    expect(importEvmCalls(zero).report.unknown[0]).toContain(B);
    // Old geth.
    const nothing = { type: "SELFDESTRUCT" };
    expect(importEvmCalls(call(A, B, 0, [nothing])).report.unknown[0]).toContain(B);
    const failed = { ...create(B, C, 0, [nothing]), to: undefined, error: "no" };
    expect(importEvmCalls(call(A, B, 0, [failed])).report.reverted).toHaveLength(2);
    const told = await play(call(A, B, 5, [end(B, C, 5)]));
    expect([told.report.notImported, told.report.unknown, told.wealth(C)]).toEqual([{}, [], 5n]);
  });

  test("may be a self-destruct without an amount: the wei that the tree shows are moved", async () => {
    const { report, wealth } = await play(call(A, B, 5, [end(B, C, 0, { value: undefined })]));
    expect([wealth(C), report.unknown.length]).toEqual([5n, 1]);
  });

  test("may be a failed creation without an address", async () => {
    const failed = { ...create(B, C, 4, [call(C, D, 1)]), error: "out of gas" };
    for (const to of [undefined, null, at(0)]) {
      const { report, effects } = await play(call(A, B, 0, [{ ...failed, to }]));
      expect(effects).toEqual(["InvokeProgram"]);
      expect([report.unknown, report.notImported]).toEqual([[], {}]);
    }
  });

  test.each([
    ["an inner creation", call(A, B, 0, [{ ...create(B, C, 4, [call(C, D, 1)]), to: undefined }, call(B, D, 2)])],
    ["an inner call", call(A, B, 0, [call(B, C, 4, [call(C, D, 1)], { to: undefined }), call(B, D, 2)])],
  ])("may be %s without an address: it is not imported, nor are the frames below", async (_, tree) => {
    const { report, wealth } = await play(tree);
    expect(wealth(D)).toBe(2n);
    expect(report.notImported).toEqual({ "frame without address": 1, "frame below one without address": 1 });
    expect(report.unknown).toMatchObject([expect.stringMatching(/^calls\[0\]: .*without an address/)]);
  });

  test("may be a creating transaction without an address: nothing is imported, and a note says so", async () => {
    const { report, effects } = await play({ ...create(A, B, 4), to: undefined });
    expect([effects, report.transactionReverted]).toEqual([[], false]);
    expect(report.unknown[0]).toMatch(/^The transaction: /);
  });
});
