/** Joins, quantities, groups, time. */
import { address } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { resource, SILVER } from "../../lib/build.ts";
import { A, accept, B, escrow, f, gold, id, MAX, T, thing } from "../lib/words.ts";
import type { Case } from "./forgery.ts";

export const QUANTITIES: readonly Case[] = [
  {
    of: "JoinWith",
    rule: "a join waits for the steps it names",
    attempt: "join a step early",
    invariant: "invocation-causal",
    cells: [],
    good: [
      [f(rowOf("Issue", B, { destination: address(B, 1), kind: SILVER, quantity: 5n }))],
      [f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))],
    ],
    bad: [[f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))]],
    by: "Ranges 2",
  },
  {
    of: "Split",
    rule: "a split leaves both parts more than nothing",
    attempt: "split off all of it",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n) }))]],
    by: "SingleOperations 13",
  },
  {
    of: "Split",
    rule: "a part is not more than the whole",
    attempt: "split off one more than there is",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 101n) }))]],
    by: "Ranges 2",
  },
  {
    of: "Split",
    rule: "a split does not borrow from the id",
    attempt: "split off 2^128 − 1, and name the id one lower",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [
      [
        f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, MAX) }), {
          inputs: { spare: 101n, resource: id(0) },
        }),
      ],
    ],
    by: "CellS 9",
  },
  {
    of: "Merge",
    rule: "a merge stays within 128 bits",
    attempt: "merge to 2^128",
    invariant: "conservation",
    cells: [gold([A, 1], 1, MAX - 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 101n)],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 3), destination: address(A, 1), ...thing(3, 101n) }))]],
    by: "Ranges 2",
  },
  {
    of: "Merge",
    rule: "a merge is of one kind",
    attempt: "merge Gold into Silver",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), resource([A, 3], SILVER, 100n, { id: id(3) })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "CellD 10",
  },
  {
    of: "Merge",
    rule: "a merge needs a resource owned outright",
    attempt: "merge into a resource held in escrow",
    invariant: "escrow-atomic",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 100n, { escrowFrom: B })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "CellD 10",
  },
  {
    of: "Groups",
    rule: "effects of a group touch different slots",
    attempt: "escrow and accept in one group",
    invariant: "group-disjoint",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n)), f(escrow(2, 50n, address(A, 2), address(B, 6)))]],
    bad: [[f(escrow(1, 100n)), f(accept(1, 100n))]],
    by: "MemoryOrder 6",
  },
  {
    of: "Time",
    rule: "time does not go back",
    attempt: "act a second before the row before",
    invariant: "time-monotone",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T + 1 })]],
    bad: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T })]],
    by: "Ranges 2",
  },
];
