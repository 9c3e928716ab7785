/** Joins, quantities, groups, time. Every rule of docs/protocol.md, section 4, with a case that happens and the nearest that does not. */
import { address } from "../../trace/layout.ts";
import { rowOf } from "../../trace/rows.ts";
import { resource, SILVER } from "../lib/build.ts";
import { A, accept, B, checkRules, escrow, f, gold, id, MAX, T, thing } from "./ruleCases.ts";

checkRules([
  {
    name: "a join waits for the steps it names",
    invariant: "invocation-causal",
    cells: [],
    good: [
      [f(rowOf("Issue", B, { destination: address(B, 1), kind: SILVER, quantity: 5n }))],
      [f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))],
    ],
    bad: [[f(rowOf("JoinWith", A, { peer: B, argument: { steps: 1 } }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a split leaves both parts more than nothing",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n) }))]],
    by: "(issued + parts + lentTerm) * inverse",
  },
  {
    name: "a part is not more than the whole",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n)],
    good: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 99n) }))]],
    bad: [[f(rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 101n) }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a split does not borrow from the id",
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
    by: "sWords[1] - sTaken",
  },
  {
    name: "a merge stays within 128 bits",
    invariant: "conservation",
    cells: [gold([A, 1], 1, MAX - 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 101n)],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 3), destination: address(A, 1), ...thing(3, 101n) }))]],
    by: "Num2Bits(128)(spare)",
  },
  {
    name: "a merge is of one kind",
    invariant: "conservation",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), resource([A, 3], SILVER, 100n, { id: id(3) })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "dWords[0] ===",
  },
  {
    name: "a merge is with what is owned outright",
    invariant: "escrow-atomic",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 100n), gold([A, 3], 3, 100n, { escrowFrom: B })],
    good: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 1), ...thing(2, 100n) }))]],
    bad: [[f(rowOf("Merge", A, { source: address(A, 2), destination: address(A, 3), ...thing(2, 100n) }))]],
    by: "dWords[0] ===",
  },
  {
    name: "effects of a group touch different slots",
    invariant: "group-disjoint",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n)), f(escrow(2, 50n, address(A, 2), address(B, 6)))]],
    bad: [[f(escrow(1, 100n)), f(accept(1, 100n))]],
    by: "Num2Bits(32)(gap[i])",
  },
  {
    name: "time does not go back",
    invariant: "time-monotone",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    good: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T + 1 })]],
    bad: [[f(escrow(1, 100n), { at: T + 1 })], [f(escrow(2, 50n, address(A, 2), address(B, 6)), { at: T })]],
    by: "Num2Bits(40)(wait)",
  },
]);
