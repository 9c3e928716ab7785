import { describe, expect, test } from "vitest";
import type { DelegateCapability, Effect, Place } from "../../trace/effects/effects.ts";
import { address } from "../../trace/layout.ts";
import type { Machine } from "../../trace/machine/machine.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { replay } from "../../trace/replay/replay.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, machineWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { does, refuses, rowsOf } from "../lib/refusals.ts";

const at = (program: number, slot: number): Place => ({ program, slot });
/** Slot of the capability in the memory of each program of the line. */
const SLOT = 9;
type Lent = Partial<Omit<DelegateCapability, "effect">>;

/** From `from`'s slot 9 to `to`; lent on from `by`, or `from`'s own. */
const lend = (to: number, by?: Place, more: Lent = {}): DelegateCapability => ({
  effect: "DelegateCapability",
  slot: SLOT,
  grantee: to,
  rights: ["claim", "watch", "invoke", "delegate"],
  scope: "all",
  subject: 0n,
  expiry: 0,
  ...(by === undefined ? {} : { by }),
  ...more,
});

/** Program 1 owns things. It lends to 2, which lends on to 3, and that to 4. */
function line(more: readonly Lent[] = [], cells: readonly Placed[] = []): Machine {
  const machine = machineWith({
    programs: 5,
    cells: [resource([1, 1], GOLD, 60n, { id: 9n }), resource([2, 1], SILVER, 5n), ...cells],
  });
  does(machine, 1, lend(2, undefined, more[0]));
  does(machine, 2, lend(3, at(1, SLOT), more[1]));
  does(machine, 3, lend(4, at(2, SLOT), more[2]));
  return machine;
}
const claim = (by: Place, from = at(1, 1), to = 2): Effect => ({ effect: "ClaimFromProgram", from, to, by });
/** Rows of program 4's use of the line, as the machine puts them. */
const lineRow = (child: number, parent: number, actor = 4) =>
  rowOf("Lineage", actor, { peer: child, source: address(parent, SLOT), authority: address(child, SLOT) });

describe("the line of a capability", () => {
  test("is opened from its beginning to the one in use, and moves only seqs and the actor's clock", () => {
    const machine = line();
    const before = [2, 3].map((program) => machine.map.cell(address(program, 0)));
    const group = does(machine, 4, claim(at(3, SLOT)));
    expect(group.map((t) => [t.effect, t.actor, t.peer, t.source, t.authority])).toEqual([
      ["Lineage", 4, 2, address(1, SLOT), address(2, SLOT)],
      ["Lineage", 4, 3, address(2, SLOT), address(3, SLOT)],
      ["ClaimFromProgram", 4, 1, address(1, 1), address(3, SLOT)],
    ]);
    expect(group.map((t) => [t.group, t.columns.B.address])).toEqual([
      [5, 0],
      [5, 0],
      [5, address(1, 0)],
    ]);
    // Program 4 saw clock 4 when it got the capability; the holders of the line are not met.
    expect(group.map((t) => t.clock)).toEqual([5, 6, 7]);
    expect([2, 3].map((program) => machine.map.cell(address(program, 0)))).toEqual(before);
    expect(machine.map.cell(address(4, 0))).toMatchObject({ steps: 1, clock: 7 });
    expect(machine.map.cell(address(2, SLOT))).toMatchObject({ parent: address(1, SLOT), parentNonce: 1, seq: 6 });
    expect(machine.map.cell(address(4, 2))).toMatchObject({ quantity: 60n });
  });

  test("a holder in the middle of it uses its own link", () => {
    const machine = line();
    expect(does(machine, 2, claim(at(1, SLOT))).map((t) => t.effect)).toEqual(["ClaimFromProgram"]);
    const other = line();
    expect(does(other, 3, claim(at(2, SLOT))).map((t) => t.effect)).toEqual(["Lineage", "ClaimFromProgram"]);
    const third = line();
    refuses(third, "no-unscoped-access", () => does(third, 5, claim(at(3, SLOT))));
  });

  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
  ])("is ended at once by revoking the link of program %i", (holder) => {
    const machine = line();
    does(machine, holder, { effect: "RevokeCapability", slot: SLOT });
    const invariant = holder === 3 ? "no-unscoped-access" : "capability-attenuates";
    const error = refuses(machine, invariant, () => does(machine, 4, claim(at(3, SLOT))));
    expect(error.message).toContain(`slot ${SLOT} of program ${holder}`);
    // A new capability in the same slot does not revive it.
    const by = holder === 1 ? undefined : at(holder - 1, SLOT);
    does(machine, holder, lend(holder + 1, by));
    if (holder === 3) does(machine, 4, claim(at(3, SLOT)));
    else refuses(machine, "capability-attenuates", () => does(machine, 4, claim(at(3, SLOT))));
  });

  test("cannot be left out, cut, forged, or opened for another program", () => {
    const machine = line();
    const rows = rowsOf(machine, [[4, claim(at(3, SLOT))]]);
    const [use] = rows;
    if (use === undefined) throw new Error("no row");
    const bad = (...group: Parameters<Machine["apply"]>[0]) =>
      refuses(machine, "capability-attenuates", () => machine.apply(group, 0));
    bad(use);
    bad(lineRow(3, 2), use);
    bad(lineRow(2, 1), use);
    bad(lineRow(2, 1), lineRow(2, 1), lineRow(3, 2), use);
    bad(lineRow(3, 1), use);
    bad(lineRow(2, 1, 2), lineRow(3, 2), use);
    bad(lineRow(2, 1), lineRow(3, 2, 3), use);
    const [issue] = rowsOf(machine, [[1, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 20 }]]);
    if (issue === undefined) throw new Error("no row");
    bad(lineRow(2, 1), issue, lineRow(3, 2), use);
    bad(lineRow(2, 1), lineRow(3, 2), issue);
    bad(lineRow(2, 1), lineRow(3, 2), rowOf("Check", 4, { peer: 1, source: address(1, 1), authority: address(4, 1) }));
    refuses(machine, "group-whole", () => machine.apply([lineRow(2, 1), lineRow(3, 2)], 0));
    refuses(machine, "group-whole", () => machine.apply([issue, lineRow(2, 1)], 0));
    refuses(machine, "no-unscoped-access", () => machine.apply([{ ...lineRow(2, 1), peer: 3 }, use], 0));
    refuses(machine, "no-unscoped-access", () =>
      machine.apply([rowOf("Lineage", 4, { peer: 2, source: address(1, SLOT), authority: address(2, 1) }), use], 0),
    );
    machine.apply([lineRow(2, 1), lineRow(3, 2), use], 0);
  });

  test("a capability that is the first of its line is used without Lineage rows", () => {
    const machine = line();
    const rows = rowsOf(machine, [[2, claim(at(1, SLOT))]]);
    refuses(machine, "capability-attenuates", () => machine.apply([lineRow(2, 1, 2), ...rows], 0));
    machine.apply(rows, 0);
  });

  test("serves several effects of a group, each behind a line of its own", () => {
    const machine = line([], [resource([1, 2], GOLD, 7n)]);
    const group = does(machine, 4, {
      effect: "AtomicBatch",
      effects: [claim(at(3, SLOT)), claim(at(3, SLOT), at(1, 2), 3)] as Exclude<Effect, { effect: "AtomicBatch" }>[],
    });
    expect(group.map((t) => t.effect[0]).join("")).toBe("LLCLLC");
    expect(group.map((t) => t.last)).toEqual([false, false, false, false, false, true]);
  });

  test("may begin and be used in the group that made it", () => {
    const machine = machineWith({ programs: 3, cells: [resource([1, 1], GOLD, 60n)] });
    does(machine, 1, lend(2));
    const thing = machine.map.cell(address(1, 1));
    if (thing.type !== "resource") throw new Error("no thing");
    const [made] = rowsOf(machine, [[2, lend(3, at(1, SLOT))]]);
    const [used] = rowsOf(machine, [[3, claim(at(2, SLOT))]]);
    if (made === undefined || used === undefined) throw new Error("two rows");
    const group = machine.perform([made, used], 0);
    expect(group.map((t) => t.effect)).toEqual(["DelegateCapability", "Lineage", "ClaimFromProgram"]);
  });

  test("works for watches and for calls, in triggers as well, and replays", () => {
    const genesis = genesisWith({ programs: 4, cells: [resource([1, 1], GOLD, 60n)] });
    const tracer = Tracer.from(genesis);
    tracer.program(1).declareEntry({ name: "ring", guarded: true, slot: 20 });
    tracer.perform(1, lend(2));
    tracer.perform(2, lend(3, at(1, SLOT)));
    tracer.perform(3, lend(4, at(2, SLOT)));
    const by = at(3, SLOT);
    const four = tracer.program(4);
    four.invokeProgram({ program: 1, name: "ring", by });
    const trigger = [{ effect: "InvokeProgram", program: 1, name: "ring", args: [], by } as const];
    four.watchResource({ target: at(1, 1), condition: "departure", trigger, by });
    tracer.program(1).retire({ slot: 1 });
    expect(tracer.groups.slice(4).map((g) => g.map((t) => t.effect))).toEqual([
      ["Lineage", "Lineage", "InvokeProgram"],
      ["Lineage", "Lineage", "WatchResource"],
      ["Retire", "Check"],
      ["Trigger", "Lineage", "Lineage", "InvokeProgram"],
    ]);
    expect([...replay(genesis, { records: tracer.transitions.map(recordOf) })]).toEqual(tracer.groups);
  });

  test("is checked when a trigger is applied: if it is revoked by then, the trigger is refused", () => {
    const tracer = Tracer.from(genesisWith({ programs: 3, cells: [resource([1, 1], GOLD, 60n)] }));
    tracer.program(1).declareEntry({ name: "ring", guarded: true, slot: 20 });
    tracer.perform(1, lend(2));
    tracer.perform(2, lend(3, at(1, SLOT)));
    const by = at(2, SLOT);
    const trigger = [{ effect: "InvokeProgram", program: 1, name: "ring", args: [], by } as const];
    tracer.program(3).watchResource({ target: at(1, 1), condition: "departure", trigger, by });
    tracer.program(1).revokeCapability({ slot: SLOT });
    tracer.program(1).retire({ slot: 1 });
    expect(tracer.notes.at(-1)?.reason).toMatch(/^capability-attenuates: .*slot 9 of program 1/);
  });
});

describe("the root of a line", () => {
  test("is its first grantor: other slots stay closed, also those of the programs in between", () => {
    const machine = line([], [resource([3, 1], GOLD, 1n)]);
    for (const holder of [2, 3]) {
      refuses(machine, "no-unscoped-access", () => does(machine, 4, claim(at(3, SLOT), at(holder, 1))));
    }
  });

  test("may be the giver of an escrow, who lends its claim through others", () => {
    const machine = machineWith({
      programs: 4,
      cells: [resource([2, 128], GOLD, 60n, { escrowFrom: 1 }), resource([2, 129], GOLD, 1n)],
    });
    does(machine, 1, lend(3, undefined, { scope: at(2, 128) }));
    does(machine, 3, lend(4, at(1, SLOT), { scope: at(2, 128) }));
    refuses(machine, "no-unscoped-access", () => does(machine, 4, claim(at(3, SLOT), at(2, 129))));
    does(machine, 4, claim(at(3, SLOT), at(2, 128)));
  });
});

describe("a capability that is lent on", () => {
  const ID = 9n;
  test.each([
    ["fewer rights", {}, { rights: ["claim"] }, null],
    ["a right that was not lent", { rights: ["claim", "delegate"] }, { rights: ["watch"] }, "capability-attenuates"],
    ["without the right to lend on", { rights: ["claim"] }, { rights: ["claim"] }, "capability-attenuates"],
    ["one slot of all", {}, { scope: at(1, 1) }, null],
    ["a slot of another than the root", {}, { scope: at(2, 1) }, "capability-attenuates"],
    ["the same slot", { scope: at(1, 1) }, { scope: at(1, 1) }, null],
    ["another slot", { scope: at(1, 1) }, { scope: at(1, 2) }, "capability-attenuates"],
    ["all slots instead of one", { scope: at(1, 1) }, {}, "capability-attenuates"],
    ["one resource of all", {}, { subject: ID }, null],
    ["the same resource", { subject: ID }, { subject: ID }, null],
    ["another resource", { subject: ID }, { subject: ID + 1n }, "capability-attenuates"],
    ["any resource instead of one", { subject: ID }, {}, "capability-attenuates"],
    ["an earlier end", { expiry: 50 }, { expiry: 49 }, null],
    ["the same end", { expiry: 50 }, { expiry: 50 }, null],
    ["a later end", { expiry: 50 }, { expiry: 51 }, "expiry-enforced"],
    ["no end instead of one", { expiry: 50 }, {}, "expiry-enforced"],
    ["an end to what had none", {}, { expiry: 7 }, null],
  ] as [string, Lent, Lent, Parameters<typeof refuses>[1] | null][])("%s", (_name, first, second, invariant) => {
    const machine = machineWith({ programs: 3, cells: [resource([1, 1], GOLD, 60n, { id: ID })] });
    does(machine, 1, lend(2, undefined, first));
    const on = () => does(machine, 2, lend(3, at(1, SLOT), second));
    if (invariant !== null) {
      refuses(machine, invariant, on);
      return;
    }
    on();
    expect(machine.map.cell(address(2, SLOT))).toMatchObject({ parent: address(1, SLOT), parentNonce: 1, nonce: 2 });
    if ((second.rights ?? ["claim"]).includes("claim")) does(machine, 3, claim(at(2, SLOT)));
  });

  test("can be lent on only by its holder", () => {
    const machine = line();
    refuses(machine, "no-unscoped-access", () => does(machine, 5, lend(4, at(1, SLOT))));
    refuses(machine, "no-unscoped-access", () => does(machine, 4, lend(5, at(1, 1))));
    refuses(machine, "no-unscoped-access", () => does(machine, 4, lend(5, at(2, SLOT))));
    const group = does(machine, 4, lend(5, at(3, SLOT)));
    expect(group.map((t) => t.effect)).toEqual(["Lineage", "Lineage", "DelegateCapability"]);
    expect(does(machine, 5, claim(at(4, SLOT)))).toHaveLength(4);
  });

  test("needs its own line: a revoked ancestor lends nothing on", () => {
    const machine = line();
    does(machine, 1, { effect: "RevokeCapability", slot: SLOT });
    refuses(machine, "capability-attenuates", () => does(machine, 4, lend(5, at(3, SLOT))));
  });

  test("ends with what it was derived from", () => {
    const machine = line([{ expiry: 50 }, { expiry: 50 }, { expiry: 40 }]);
    refuses(machine, "expiry-enforced", () => does(machine, 4, claim(at(3, SLOT)), 40));
    // The parent's end is not checked, because its child ends no later.
    does(machine, 2, { effect: "RevokeCapability", slot: SLOT }, 60);
    does(machine, 2, lend(3, at(1, SLOT), { expiry: 50 }), 60);
    refuses(machine, "expiry-enforced", () => does(machine, 3, claim(at(2, SLOT)), 60));
  });
});
