import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower } from "../../trace/effects/lower.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address, TAG } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { effectHash } from "../../trace/machine/transition.ts";
import { capability, GOLD, INBOX, machineWith, mapWith, resource, SILVER } from "../lib/build.ts";
import { does, refuses, rowsOf } from "../lib/refusals.ts";

const cells = [resource([1, 1], GOLD, 60n), resource([1, 2], GOLD, 40n), resource([2, 1], SILVER, 5n)];
const issue = (slot: number): Effect & { effect: "Issue" } => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot });
const logOf = (machine: Machine, program: number) => {
  const cell = machine.map.cell(address(program, 0));
  return cell.type === "program" ? cell.log : -1n;
};

describe("AtomicBatch", () => {
  test("all or none", () => {
    const machine = machineWith({ programs: 2, cells });
    const split: Effect & { effect: "Split" } = { effect: "Split", from: 1, to: 3, part: 1n };
    refuses(machine, "conservation", () =>
      does(machine, 1, { effect: "AtomicBatch", effects: [split, { ...issue(4), quantity: 0n }] }),
    );
    const group = does(machine, 1, { effect: "AtomicBatch", effects: [split, issue(4)] });
    expect(group.map((t) => [t.seq, t.group, t.last])).toEqual([
      [1, 1, false],
      [2, 1, true],
    ]);
    expect(() => does(machine, 1, { effect: "AtomicBatch", effects: [] })).toThrow(InvalidInputError);
  });

  test("each slot is touched once, as source or as destination", () => {
    const machine = machineWith({ programs: 2, cells });
    const escrow = (from: number, slot: number) =>
      ({ effect: "EscrowToProgram", from, to: { program: 2, slot }, deadline: 0 }) as const;
    for (const effects of [
      [escrow(1, 128), escrow(1, 129)],
      [escrow(1, 128), escrow(2, 128)],
      [escrow(1, 128), issue(1)],
      [issue(5), { effect: "Split", from: 5, to: 6, part: 1n }],
      [issue(5), issue(5)],
    ] as const) {
      refuses(machine, "group-disjoint", () => does(machine, 1, { effect: "AtomicBatch", effects }));
    }
    const rows = rowsOf(machine, [
      [1, escrow(1, 128)],
      [1, escrow(2, 128)],
    ]);
    refuses(machine, "group-disjoint", () => machine.perform(rows, 0));
    does(machine, 1, { effect: "AtomicBatch", effects: [escrow(1, 128), escrow(2, 129)] });
  });

  test("an entry point declared in it can be called in it, and one capability serves several calls", () => {
    const machine = machineWith({ programs: 2, cells: [capability([2, 9], 1, 2)] });
    const declare = {
      effect: "DeclareEntry",
      slot: 5,
      name: "g",
      nargs: 0,
      accepts: 0n,
      minimum: 0n,
      guarded: true,
    } as const;
    does(machine, 2, declare);
    const call = { effect: "InvokeProgram", program: 2, name: "g", args: [], by: { program: 2, slot: 9 } } as const;
    expect(does(machine, 1, { effect: "AtomicBatch", effects: [call, call] })).toHaveLength(2);
    const own = { ...declare, name: "h", slot: 6, guarded: false } as const;
    does(machine, 2, {
      effect: "AtomicBatch",
      effects: [own, { effect: "InvokeProgram", program: 2, name: "h", args: [] }],
    });
  });

  test("a swap of two programs is one group in the log of both", () => {
    const machine = machineWith({ programs: 2, cells });
    does(machine, 2, { effect: "Issue", kind: SILVER, quantity: 1n, slot: 50 });
    const old = logOf(machine, 2);
    const inbox = BigInt(INBOX);
    const rows = rowsOf(machine, [
      [1, { effect: "EscrowToProgram", from: 1, to: { program: 2, slot: 128 }, deadline: 0 }],
      [2, { effect: "EscrowToProgram", from: 1, to: { program: 1, slot: 128 }, deadline: 0 }],
      [1, issue(9)],
    ]);
    const [a, b, c] = rows;
    if (a === undefined || b === undefined || c === undefined) throw new Error("three rows");
    const digest = effectHash(effectHash(effectHash(TAG.group, inbox, a), old + inbox, b), 0n, c);
    const group = machine.perform(rows, 0);
    expect([logOf(machine, 1), logOf(machine, 2)]).toEqual([digest, digest]);
    expect(machine.map.cell(address(1, 0))).toMatchObject({ steps: 2 });
    // The second row of a program finds the group's digest as its log.
    expect(group[2]?.columns.A.before[2]).toBe(digest);
    expect(group[1]?.columns.A.before[2]).toBe(old);
  });
});

describe("machine", () => {
  test("time does not go back", () => {
    const machine = machineWith({ programs: 1 });
    does(machine, 1, issue(1), 10);
    refuses(machine, "time-monotone", () => does(machine, 1, issue(2), 9));
    does(machine, 1, issue(2), 10);
    const rows = [issue(3), issue(4)].flatMap((effect) => lower(machine.map, 1, effect));
    refuses(machine, "time-monotone", () => machine.apply(rows, [12, 11]));
    expect(machine.apply(rows, [11, 12]).map((t) => t.at)).toEqual([11, 12]);
    expect(machine.at).toBe(12);
    for (const at of [-1, 0.5, 2 ** 40, Number.NaN])
      expect(() => does(machine, 1, issue(5), at)).toThrow(InvalidInputError);
  });

  test("a group has at least one row, and the map room for it", () => {
    const machine = machineWith({ programs: 1 });
    expect(() => machine.perform([], 0)).toThrow(InvalidInputError);
    const full = new Machine(mapWith({ programs: 1 }), 2 ** 32 - 1);
    refuses(full, "group-whole", () => does(full, 1, issue(1)));
  });

  test("a group whose last row passes the counter's limit is refused", () => {
    const machine = new Machine(mapWith({ programs: 1 }), 2 ** 32 - 2);
    refuses(machine, "group-whole", () => does(machine, 1, { effect: "AtomicBatch", effects: [issue(1), issue(2)] }));
    does(machine, 1, issue(1));
  });

  test("confirm may refuse a group before anything is written", () => {
    const machine = machineWith({ programs: 1 });
    const root = machine.map.root();
    expect(() =>
      machine.perform(lower(machine.map, 1, issue(1)), 0, () => {
        throw new Error("no");
      }),
    ).toThrow("no");
    expect([machine.seq, machine.map.root()]).toEqual([0, root]);
  });
});
