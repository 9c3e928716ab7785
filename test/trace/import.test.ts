/** The rules by which an Ethereum call tree becomes programs and effects, on small trees made by hand. */
import { describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { replay } from "../../trace/replay/replay.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import type { ResourceCell } from "../../trace/state/cells.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";

const at = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
const [A, B, C, D] = [at(0xa), at(0xb), at(0xc), at(0xd)] as const;
const wei = (n: bigint | number): string => `0x${n.toString(16)}`;
const MOST = 2n ** 128n - 1n;

type Tree = Record<string, unknown>;
function call(from: string, to: string, value: bigint | number = 0, calls: Tree[] = [], more: Tree = {}): Tree {
  return { type: "CALL", from, to, value: wei(value), input: "0xaabbccdd", calls, ...more };
}

/** Imports, runs and replays a call tree. */
async function play(tree: unknown) {
  const { scenario, report, notes } = importEvmCalls(tree);
  const tracer = await runScenario(scenario);
  const records = tracer.transitions.map(recordOf);
  const again = [...replay(scenario.genesis(), { records })].flat();
  expect(again.map((t) => t.columns)).toEqual(tracer.transitions.map((t) => t.columns));
  const number = (who: string): number =>
    Number(Object.entries(report.programs).find(([, address]) => address === who)?.[0] ?? 0);
  const wealth = (who: string): bigint =>
    [...tracer.map.addresses()]
      .filter((place) => Math.floor(place / 256) === number(who))
      .map((place) => tracer.map.cell(place))
      .filter((cell): cell is ResourceCell => cell.type === "resource")
      .reduce((sum, cell) => sum + cell.quantity, 0n);
  const effects = tracer.transitions.map((t) => t.effect);
  return { report, notes, tracer, effects, number, wealth, genesis: scenario.genesis() };
}

describe("calls", () => {
  test("each address is one program, in order of appearance; a call comes before its inner calls", async () => {
    const { report, tracer, effects } = await play(call(A, B, 0, [call(B, C, 0, [call(C, A)]), call(B, D)]));
    expect(report.programs).toEqual({ 1: A, 2: B, 3: C, 4: D });
    expect(effects).toEqual(Array(4).fill("InvokeProgram"));
    expect(tracer.transitions.map((t) => [t.actor, t.peer])).toEqual([
      [1, 2],
      [2, 3],
      [3, 1],
      [2, 4],
    ]);
  });

  test("the selector is the entry point; shorter input has an entry point with a name", async () => {
    const { tracer, report } = await play(
      call(A, B, 0, [call(B, C, 0, [], { input: "0x" }), call(B, C, 0, [], { input: "0x0102" })]),
    );
    expect(tracer.transitions[0]?.argument.selector).toBe(0xaabbccddn);
    expect(Object.values(tracer.manifest.functions).sort()).toEqual(["0xaabbccdd", "fallback", "receive"]);
    expect(report.entryPoints).toEqual([
      { address: B, selector: "0xaabbccdd", payable: false },
      { address: C, selector: "receive", payable: false },
      { address: C, selector: "fallback", payable: false },
    ]);
  });

  test("each function has one entry without value, and one with value", async () => {
    const { report } = await play(call(A, B, 0, [call(B, C), call(B, C, 5), call(B, C, 6), call(B, C)]));
    expect(report.entryPoints.filter((e) => e.address === C).map((e) => e.payable)).toEqual([false, true]);
  });

  test("a contract calls itself", async () => {
    const { tracer, wealth, report } = await play(call(A, A, 7, [call(A, A), call(A, B, 3)]));
    expect(tracer.transitions.slice(0, 2).map((t) => [t.effect, t.actor, t.peer])).toEqual([
      ["InvokeProgram", 1, 1],
      ["Pass", 1, 1],
    ]);
    expect(report.openingBalances).toEqual({ [A]: "7" });
    expect([wealth(A), wealth(B)]).toEqual([4n, 3n]);
  });

  test("the tree may lie in result or in a JSON-RPC answer, with block and time in hexadecimal or decimal", () => {
    const tree = call(A, B);
    expect(importEvmCalls(tree).report).toMatchObject({ block: null, timestamp: null, at: 0 });
    expect(importEvmCalls({ result: tree, block: "25001", timestamp: "1479891545" }).report).toMatchObject({
      block: "25001",
      at: 1_479_891_545,
    });
    expect(importEvmCalls({ jsonrpc: "2.0", id: 1, result: { ...tree, timestamp: "0x10" } }).report.at).toBe(16);
    expect(importEvmCalls(tree, { at: 99 }).report.at).toBe(99);
  });
});

describe("value", () => {
  test("is split off or passed whole, and opening balances are the least that suffice", async () => {
    const { effects, report, wealth } = await play(call(A, B, 10, [call(B, C, 4), call(B, A, 1), call(B, D, 5)]));
    expect(report.openingBalances).toEqual({ [A]: "10" });
    expect(effects).toEqual([
      ...["InvokeProgram", "Pass"],
      ...["Split", "InvokeProgram", "Pass"],
      ...["Split", "InvokeProgram", "Pass"],
      ...["InvokeProgram", "Pass"],
    ]);
    expect([A, B, C, D].map(wealth)).toEqual([1n, 0n, 4n, 5n]);
  });

  test("that was received is merged with the old balance and can be spent", async () => {
    const { effects, wealth } = await play(
      call(A, A, 0, [call(A, B, 3), call(A, B, 4), call(A, B, 5, [call(B, C, 12)])]),
    );
    expect(effects.filter((e) => e === "Merge")).toHaveLength(2);
    expect(wealth(C)).toBe(12n);
  });

  test("moves several times, with 128 bits each time", async () => {
    const { wealth, report } = await play(
      call(A, A, 0, [
        call(A, B, MOST),
        call(A, B, MOST),
        call(A, C, 0, [call(C, B, MOST - 1n)]),
        call(A, B, 0, [call(B, D, MOST), call(B, C, MOST - 5n), call(B, C, MOST)]),
      ]),
    );
    expect(report.openingBalances[A]).toBe((2n * MOST).toString());
    expect([wealth(B), wealth(D)]).toEqual([4n, MOST]);
  });

  test.each(["DELEGATECALL", "CALLCODE", "STATICCALL"])(
    "does not move with %s, whose value is ignored",
    async (type) => {
      const { effects, report } = await play(call(A, B, 0, [call(B, C, 2n ** 200n, [], { type })]));
      expect(effects).toEqual(["InvokeProgram", "InvokeProgram"]);
      expect(report.openingBalances).toEqual({});
    },
  );

  test("goes to the beneficiary of a self-destruct", async () => {
    const { wealth, tracer } = await play(
      call(A, B, 8, [{ type: "SELFDESTRUCT", from: B, to: C, value: wei(8), input: "0x" }]),
    );
    expect(wealth(C)).toBe(8n);
    expect(Object.values(tracer.manifest.functions)).toContain("selfdestruct");
  });

  test("is at most 2^128 − 1 in one call", async () => {
    const { wealth } = await play(call(A, B, MOST));
    expect(wealth(B)).toBe(MOST);
    expect(() => importEvmCalls(call(A, B, 0, [call(B, C, MOST + 1n)]))).toThrow(/^calls\[0\]\.value: .*2\^128/);
  });
});

describe("creation", () => {
  const create = (from: string, to: string, value = 0, calls: Tree[] = [], more: Tree = {}): Tree =>
    call(from, to, value, calls, { type: "CREATE", input: "0x6000", ...more });

  test("makes a program that declares its functions itself, then calls the constructor if there is value", async () => {
    const { effects, genesis, number, wealth, tracer } = await play(
      call(A, B, 1, [create(B, C, 9, [call(C, D, 2)], { type: "CREATE2" }), call(B, C), call(B, C, 1)]),
    );
    expect(effects.slice(0, 3)).toEqual(["InvokeProgram", "Pass", "CreateProgram"]);
    expect(effects.slice(3, 6)).toEqual(["DeclareEntry", "InvokeProgram", "Pass"]);
    expect(effects.filter((effect) => effect === "DeclareEntry")).toHaveLength(3);
    expect(genesis.cells.some(({ address }) => Math.floor(address / 256) === number(C))).toBe(false);
    expect(tracer.manifest.programs[number(C)]).toBe(C);
    expect([C, D].map(wealth)).toEqual([8n, 2n]);
  });

  test("may be all that a transaction does", async () => {
    const { effects } = await play(create(A, B));
    expect(effects).toEqual(["CreateProgram"]);
  });

  test("is a constructor call if the address took part before or spends wei that it never received", async () => {
    const { effects, notes } = await play(call(A, C, 0, [create(C, B, 0, [call(B, D, 5)]), create(C, D, 1)]));
    expect(effects).not.toContain("CreateProgram");
    expect(notes.filter((n) => n.includes("created later"))).toHaveLength(2);
  });

  test("may lack the address if it failed", async () => {
    const failed = { ...create(B, C), to: undefined, error: "out of gas" };
    const { effects, report } = await play(call(A, B, 0, [failed]));
    expect(effects).toEqual(["InvokeProgram"]);
    expect(report.reverted).toMatchObject([{ path: "calls[0]", to: null, selector: "constructor" }]);
  });
});

describe("a reverted call", () => {
  test("has no effects, nor have its inner calls; the report lists them all", async () => {
    const inner = call(B, C, 2n ** 255n, [call(C, D, 3)], { error: "execution reverted" });
    const { effects, report, notes } = await play(call(A, B, 0, [inner, call(B, D)]));
    expect(effects).toEqual(["InvokeProgram", "InvokeProgram"]);
    expect(report.programs).toEqual({ 1: A, 2: B, 3: D });
    expect(report.reverted).toEqual([
      {
        path: "calls[0]",
        type: "CALL",
        from: B,
        to: C,
        selector: "0xaabbccdd",
        value: (2n ** 255n).toString(),
        error: "execution reverted",
      },
      { path: "calls[0].calls[0]", type: "CALL", from: C, to: D, selector: "0xaabbccdd", value: "3", error: null },
    ]);
    expect(notes.filter((n) => n.startsWith("Reverted"))).toHaveLength(2);
  });

  test("at the root leaves no transition; the sender is a program", async () => {
    const { effects, report, tracer } = await play(call(A, B, 5, [call(B, C)], { error: "out of gas" }));
    expect(effects).toEqual([]);
    expect(report).toMatchObject({ transactionReverted: true, programs: { 1: A }, openingBalances: {} });
    expect(tracer.map.programs()).toBe(1);
  });
});

describe("size", () => {
  test("1024 calls deep", async () => {
    let tree = call(B, B);
    for (let depth = 0; depth < 1024; depth++) tree = call(depth === 1023 ? A : B, B, 0, [tree]);
    expect((await play(tree)).effects).toHaveLength(1025);
    expect(() => importEvmCalls(call(A, A, 0, [tree]))).toThrow(/deeper than 1024/);
  });

  test("a tree that contains itself is refused as deeper than 1024 calls", () => {
    const tree = call(A, A);
    tree.calls = [tree, tree];
    expect(() => importEvmCalls(tree)).toThrow(/deeper than 1024/);
  });

  test("an address with more functions than one program has slots for gets a second program", async () => {
    const calls = (n: number): Tree =>
      call(
        A,
        B,
        0,
        Array.from({ length: n }, (_, i) => call(B, C, 0, [], { input: `0x${(i + 1).toString(16).padStart(8, "0")}` })),
      );
    expect((await play(calls(240))).report.programs).toEqual({ 1: A, 2: B, 3: C });
    const { effects, report, tracer } = await play(calls(300));
    expect(effects).toHaveLength(301);
    expect(report.programs).toEqual({ 1: A, 2: B, 3: C, 4: `${C} #2` });
    expect(new Set(tracer.transitions.slice(1).map(({ peer }) => peer))).toEqual(new Set([3, 4]));
  });
});

describe("an input that is not a call tree is refused", () => {
  const bad: [string, unknown, string][] = [
    ["no object", [], "call tree"],
    ["null", null, "call tree"],
    ["a result that is a number", { result: 5 }, "result"],
    ["the node's error", { jsonrpc: "2.0", id: 1, error: { code: -32000, message: "transaction not found" } }, "error"],
    ["no type", { from: A, to: B }, "type"],
    ["an unknown type", call(A, B, 0, [], { type: "CALL2" }), "type"],
    ["no from", call(A, B, 0, [], { from: undefined }), "from"],
    ["no to", call(A, B, 0, [], { to: undefined }), "to"],
    ["a short address", call(A, B, 0, [], { to: "0x12" }), "to"],
    ["a negative value", call(A, B, 0, [], { value: "-0x1" }), "value"],
    ["a value that is a number", call(A, B, 0, [], { value: 5 }), "value"],
    ["a value in decimal", call(A, B, 0, [], { value: "5" }), "value"],
    ["a value of 257 bits", call(A, B, 2n ** 256n, [], { error: "no" }), "value"],
    ["input that is not hexadecimal", call(A, B, 0, [], { input: "0xzz" }), "input"],
    ["half a byte of input", call(A, B, 0, [], { input: "0x123" }), "input"],
    ["an error that is a number", call(A, B, 0, [], { error: 5 }), "error"],
    ["calls that are an object", call(A, B, 0, [], { calls: {} }), "calls"],
    ["a call that is a number", call(A, B, 0, [call(B, C, 0, [7 as unknown as Tree])]), "calls[0].calls[0]"],
    ["a bad field below", call(A, B, 0, [call(B, C), call(B, C, 0, [], { from: 1 })]), "calls[1].from"],
    ["a bad time", { result: call(A, B), timestamp: "yesterday" }, "timestamp"],
    ["a time beyond 40 bits", { result: call(A, B), timestamp: "0x10000000000" }, "timestamp"],
    ["a bad block", { result: call(A, B), block: -1 }, "block"],
  ];
  test.each(bad)("%s", (_, input, field) => {
    let error: unknown;
    try {
      importEvmCalls(input);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(InvalidInputError);
    expect((error as InvalidInputError).field).toBe(field);
  });
});
