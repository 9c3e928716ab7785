/** Several watches on one slot: which rank a new one gets, that each is checked, and in which order. */
import { describe, expect, test } from "vitest";
import type { BatchSignals } from "../../prover/batchInput.ts";
import { address, kindOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine.ts";
import type { Row } from "../../trace/record.ts";
import { rowOf } from "../../trace/rows.ts";
import type { Placed } from "../lib/build.ts";
import { inputOf, SMALL, verdict } from "../lib/circuit.ts";
import { RowForger } from "../lib/rowForger.ts";
import { A, B, C, escrow, f, gold, stateWith, T, watchCell } from "./ruleCases.ts";

const clone = (input: BatchSignals): BatchSignals => structuredClone(input);
const row = (input: BatchSignals, name: string, at: number): bigint[] => (input[name] as bigint[][])[at] as bigint[];

/** B's slot 5 with watches of C in its slots 1 and 2, of ranks 0 and 2, and what else there is. */
const twice = (conditions: [number, number] = [3, 3], more: Placed[] = []): Placed[] => [
  gold([A, 1], 1, 100n),
  watchCell([C, 1], [B, 5], { rank: 0, condition: conditions[0] }),
  watchCell([C, 2], [B, 5], { rank: 2, condition: conditions[1] }),
  { at: [B, 5], type: "empty", watch: 0b101 },
  ...more,
];
const deposit = escrow(1, 100n);
const checkOf = (slot: number, condition: number, target = address(B, 5)): Row =>
  rowOf("Check", C, { peer: B, source: target, authority: address(C, slot), argument: { condition } });
const fires = { inputs: { fired: 1n } };
const turn = (n: number): bigint[] => Array.from({ length: 8 }, (_, i) => BigInt(i === n));

async function says(cells: Placed[], rows: Parameters<RowForger["group"]>[0]): Promise<string> {
  return verdict(new RowForger(stateWith(4, cells), T).group(rows).build(SMALL));
}

describe("several watches on a slot", () => {
  test("are all checked, by rank; those that fire leave, the others stay", async () => {
    const pre = stateWith(4, twice([3, 4]));
    const machine = new Machine(pre.clone(), 0, T);
    const transitions = machine.perform([deposit], T);
    expect(transitions.map((t) => [t.effect, t.authority])).toEqual([
      ["EscrowToProgram", 0],
      ["Check", address(C, 1)],
      ["Check", address(C, 2)],
    ]);
    expect(await verdict(inputOf(pre, transitions))).toBe("accepted");
    const slot = machine.map.cell(address(B, 5));
    expect(slot.type === "resource" ? slot.watch : 0).toBe(0b100);
  });

  test("none is left out", async () => {
    expect(await says(twice(), [f(deposit), f(checkOf(1, 3), fires)])).toContain("last * (owed.rest");
    expect(await says(twice(), [f(deposit), f(checkOf(2, 3), fires)])).toContain("Owed: turn[i] * (1 - ");
  });

  test("none is checked out of turn, or as another", async () => {
    const [first, second] = [checkOf(1, 3), checkOf(2, 3)];
    expect(await says(twice(), [f(deposit), f(second, fires), f(first, fires)])).toContain("Owed: turn[i] * (1 - ");
    const asFirst = { inputs: { fired: 1n, turn: turn(4) } };
    expect(await says(twice(), [f(deposit), f(second, asFirst), f(first, fires)])).toContain("xWords[0] ===");
  });

  test("none is checked twice", async () => {
    const again = { inputs: { turn: turn(4) } };
    const cells = twice([4, 4]);
    expect(await says(cells, [f(deposit), f(checkOf(1, 4)), f(checkOf(1, 4), again)])).toContain("Owed: turn[i]");
  });

  test("those on S come before those on D", async () => {
    const cells: Placed[] = [
      gold([B, 6], 3, 5n, { watch: 0b10 }),
      watchCell([C, 3], [B, 6], { rank: 1, condition: 2, threshold: 5n }),
      watchCell([C, 1], [B, 5], { rank: 0, condition: 3 }),
      watchCell([C, 2], [B, 5], { rank: 2, condition: 1, threshold: 2n }),
      { at: [B, 5], type: "empty", watch: 0b101 },
    ];
    const pre = stateWith(4, cells);
    const move = rowOf("Split", B, {
      source: address(B, 6),
      destination: address(B, 5),
      kind: kindOf(1, 1),
      quantity: 2n,
    });
    const thing = pre.cell(address(B, 6));
    const named = { ...move, resource: thing.type === "resource" ? thing.id : 0n };
    const transitions = new Machine(pre.clone(), 0, T).perform([named], T);
    expect(transitions.slice(1).map((t) => t.authority)).toEqual([3, 1, 2].map((slot) => address(C, slot)));
    const input = inputOf(pre, transitions);
    expect(row(input, "turn", 1)).toEqual(turn(1));
    expect(row(input, "turn", 2)).toEqual(turn(4));
    expect(await verdict(input)).toBe("accepted");
    const other = clone(input);
    // D's rank 1 is the same rank of another slot.
    (other.turn as bigint[][])[1] = turn(5);
    expect(await verdict(other)).toContain("Owed: turn[i] * (1 - ");
  });
});

describe("ranks", () => {
  const watchIt = rowOf("WatchResource", B, {
    peer: B,
    source: address(B, 5),
    destination: address(B, 7),
    argument: { condition: 3, trigger: 9n },
  });

  test("a new watch gets the lowest that is free", async () => {
    const pre = stateWith(4, [watchCell([C, 1], [B, 5], { rank: 0 }), { at: [B, 5], type: "empty", watch: 1 }]);
    const machine = new Machine(pre.clone(), 0, T);
    const transitions = machine.perform([watchIt], T);
    const made = machine.map.cell(address(B, 7));
    expect(made.type === "watch" ? made.rank : -1).toBe(1);
    const input = inputOf(pre, transitions);
    expect(await verdict(input)).toBe("accepted");
    for (const [rank, by] of [
      [0, "hits ==="],
      [2, "WatchResource * (lower - rankNumber)"],
      [3, "WatchResource * (lower - rankNumber)"],
    ] as const) {
      const forger = new RowForger(pre, T);
      forger.group([f(watchIt, { inputs: { rank: turn(rank).slice(0, 4) } })]);
      expect(await verdict(forger.build(SMALL))).toContain(by);
    }
  });

  test("a watch gets one, and nothing else does", async () => {
    const cells: Placed[] = [{ at: [B, 5], type: "empty", watch: 0 }];
    expect(await says(cells, [f(watchIt, { inputs: { rank: [0n, 0n, 0n, 0n] } })])).toContain("ranks ===");
    expect(await says(cells, [f(watchIt, { inputs: { rank: [1n, 1n, 0n, 0n] } })])).toContain("ranks ===");
    const issue = rowOf("Issue", A, { destination: address(A, 3), kind: kindOf(1, 1), quantity: 1n });
    expect(await says([], [f(issue, { inputs: { rank: [1n, 0n, 0n, 0n] } })])).toContain("ranks ===");
  });

  test("a watch that is taken away gives up its own", async () => {
    const cells: Placed[] = [
      watchCell([C, 1], [B, 5], { rank: 0 }),
      watchCell([A, 1], [B, 5], { rank: 1 }),
      { at: [B, 5], type: "empty", watch: 0b11 },
    ];
    const away = rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) });
    expect(await says(cells, [f(away)])).toBe("accepted");
    expect(await says(cells, [f(away, { inputs: { rank: [0n, 1n, 0n, 0n] } })])).toContain("Unwatch * (target");
  });

  test("the ranks on a slot are those that are found", async () => {
    const cells = twice();
    const hidden = { inputs: { dWatch: [0n, 0n, 0n, 0n] } };
    expect(await says(cells, [f(deposit, hidden)])).toContain("dWords[0] ===");
    const bits = { inputs: { dWatch: [5n, 0n, 0n, 0n] } };
    expect(await says(cells, [f(deposit, bits)])).toContain("dWatch[i] * (dWatch[i] - 1)");
  });
});
