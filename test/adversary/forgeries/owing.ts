/**
 * Every effect that changes what lies in a slot owes the Checks of the watches on it: each is left out once, and
 * answered wrongly once.
 */
import { address, RIGHT } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import { capability, GOLD, type Placed } from "../../lib/build.ts";
import { inputOf } from "../../lib/circuit.ts";
import { allCompleted } from "../../lib/completed.ts";
import {
  A,
  accept,
  B,
  C,
  call,
  claimBy,
  entry,
  escrow,
  f,
  gold,
  pass,
  stateWith,
  T,
  takeBack,
  thing,
  watchCell,
} from "../lib/words.ts";
import { askMachine, type Forgery, forge, once } from "./forgery.ts";

/** C watches a slot for any change. */
const watched = (program: number, slot: number, thing?: Placed): Placed[] => [
  watchCell([C, 7], [program, slot]),
  thing === undefined ? { at: [program, slot], type: "empty", watch: 1 } : ({ ...thing, watch: 1 } as Placed),
];
const held = gold([B, 5], 1, 100n, { escrowFrom: A });

/** Effects that change a watched slot, as rows over cells. */
export const CHANGES: readonly (readonly [name: string, cells: Placed[], rows: Row[]])[] = [
  [
    "Issue into a watched slot",
    watched(A, 3),
    [rowOf("Issue", A, { destination: address(A, 3), kind: GOLD, quantity: 5n })],
  ],
  [
    "Retire from a watched slot",
    watched(A, 1, gold([A, 1], 1, 100n)),
    [rowOf("Retire", A, { source: address(A, 1), ...thing(1, 100n) })],
  ],
  ["EscrowToProgram from a watched slot", watched(A, 1, gold([A, 1], 1, 100n)), [escrow(1, 100n)]],
  ["EscrowToProgram to a watched slot", [gold([A, 1], 1, 100n), ...watched(B, 5)], [escrow(1, 100n)]],
  ["ClaimFromProgram from a watched slot", watched(B, 5, held), [accept(1, 100n)]],
  ["ClaimFromProgram to a watched slot", [held, ...watched(B, 6)], [accept(1, 100n)]],
  ["ClaimFromProgram in place", watched(B, 5, held), [accept(1, 100n, { destination: 0 })]],
  [
    "ClaimFromProgram by capability",
    [...watched(B, 5, gold([B, 5], 1, 100n)), capability([B, 9], C, RIGHT.claim)],
    [claimBy(1, 100n, address(B, 9))],
  ],
  ["RevokeResource from a watched slot", watched(B, 5, held), [takeBack(1, 100n)]],
  ["RevokeResource to a watched slot", [held, ...watched(A, 6)], [takeBack(1, 100n)]],
  [
    "Pass to a watched slot",
    [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n), ...watched(B, 5)],
    [call({ kind: GOLD }, { nargs: 1 }), pass(1, 100n, 1)],
  ],
  [
    "Pass from a watched slot",
    [entry([B, 3], { nargs: 1, accepts: GOLD }), ...watched(A, 1, gold([A, 1], 1, 100n))],
    [call({ kind: GOLD }, { nargs: 1 }), pass(1, 100n, 1)],
  ],
  [
    "Split of a watched slot",
    watched(A, 1, gold([A, 1], 1, 100n)),
    [rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 40n) })],
  ],
  [
    "Split to a watched slot",
    [gold([A, 1], 1, 100n), ...watched(A, 2)],
    [rowOf("Split", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 40n) })],
  ],
  [
    "Merge from a watched slot",
    [...watched(A, 1, gold([A, 1], 1, 100n)), gold([A, 2], 2, 5n)],
    [rowOf("Merge", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n) })],
  ],
  [
    "Merge into a watched slot",
    [gold([A, 1], 1, 100n), ...watched(A, 2, gold([A, 2], 2, 5n))],
    [rowOf("Merge", A, { source: address(A, 1), destination: address(A, 2), ...thing(1, 100n) })],
  ],
];

export const OWING: readonly Forgery[] = CHANGES.flatMap(([name, cells, rows]): Forgery[] => {
  const map = () => stateWith(4, cells);
  const neighbour = once(() => inputOf(map(), new Machine(map(), 0, T).perform(allCompleted(rows, map()), T)));
  const claim = {
    of: "Obligations",
    rule: `${name} owes a Check`,
    invariant: "watch-deterministic",
    neighbour,
  } as const;
  const bare = [rows.map((row) => f(row))];
  return [
    {
      ...claim,
      attempt: "leave it out",
      by: "Effect 16",
      forged: () => forge(map(), bare),
      machine: () => askMachine(map(), bare),
    },
    {
      ...claim,
      attempt: "say that the watch does not fire",
      by: "Condition",
      forged: () => {
        const input = structuredClone(neighbour());
        input.fired = (input.fired as bigint[]).map(() => 0n);
        return input;
      },
    },
  ];
});
