/** Several watches on one slot: which rank a new one gets, that each is checked, and in which order. */
import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { address, kindOf } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { Row } from "../../../trace/machine/transition.ts";
import type { Placed } from "../../lib/build.ts";
import { inputOf } from "../../lib/circuit.ts";
import { allCompleted } from "../../lib/completed.ts";
import type { Forged } from "../../lib/rowForger.ts";
import { A, B, C, escrow, f, gold, stateWith, T, thing, watchCell } from "../lib/words.ts";
import { askMachine, type Forgery, forge, once } from "./forgery.ts";

/** B's slot 5 with watches of C in its slots 1 and 2, of ranks 0 and 2. */
export const twice = (conditions: [number, number] = [3, 3]): Placed[] => [
  gold([A, 1], 1, 100n),
  watchCell([C, 1], [B, 5], { rank: 0, condition: conditions[0] }),
  watchCell([C, 2], [B, 5], { rank: 2, condition: conditions[1] }),
  { at: [B, 5], type: "empty", watch: 0b101 },
];
/** A slot of B with one watch, of rank 1, and another with two: S and D of one effect. */
export const onBoth = (): Placed[] => [
  gold([B, 6], 3, 5n, { watch: 0b10 }),
  watchCell([C, 3], [B, 6], { rank: 1, condition: 2, threshold: 5n }),
  watchCell([C, 1], [B, 5], { rank: 0, condition: 3 }),
  watchCell([C, 2], [B, 5], { rank: 2, condition: 1, threshold: 2n }),
  { at: [B, 5], type: "empty", watch: 0b101 },
];
/** Splits the resource of one slot into the other. */
export const divide = rowOf("Split", B, { source: address(B, 6), destination: address(B, 5), ...thing(3, 2n) });
const shared = (): Placed[] => [
  watchCell([C, 1], [B, 5], { rank: 0 }),
  watchCell([A, 1], [B, 5], { rank: 1 }),
  { at: [B, 5], type: "empty", watch: 0b11 },
];
const oneOn = (): Placed[] => [watchCell([C, 1], [B, 5], { rank: 0 }), { at: [B, 5], type: "empty", watch: 1 }];
export const deposit = escrow(1, 100n);
const checkOf = (slot: number, condition: number): Row =>
  rowOf("Check", C, { peer: B, source: address(B, 5), authority: address(C, slot), argument: { condition } });
const fires = { inputs: { fired: 1n } };
/** One-hot over the Checks that can be owed. */
export const turn = (n: number): bigint[] => Array.from({ length: 8 }, (_, i) => BigInt(i === n));
/** A watch on B's slot 5, in its own slot 7. */
export const watchIt = rowOf("WatchResource", B, {
  peer: B,
  source: address(B, 5),
  destination: address(B, 7),
  argument: { condition: 3, trigger: 9n },
});
const issue = rowOf("Issue", A, { destination: address(A, 3), kind: kindOf(1, 1), quantity: 1n });
const away = rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 1) });

/** Beside it, the machine performs `honest` on the same cells. */
function attempt(
  [of, rule, what]: readonly [of: string, rule: string, attempt: string],
  [cells, honest]: readonly [cells: () => Placed[], honest: Row],
  rows: readonly Forged[],
  by: string,
  asked = false,
): Forgery {
  return {
    of,
    rule,
    attempt: what,
    invariant: "watch-deterministic",
    by,
    neighbour: () => {
      const pre = stateWith(4, cells());
      return inputOf(pre, new Machine(pre.clone(), 0, T).perform(allCompleted([honest], pre), T));
    },
    forged: () => forge(stateWith(4, cells()), [rows]),
    ...(asked ? { machine: () => askMachine(stateWith(4, cells()), [rows]) } : {}),
  };
}

const changed = [twice, deposit] as const;
const ALL = "all watches of a slot are checked, by rank, once";
const unmoved = () => twice([4, 4]);
const asFirst = { inputs: { fired: 1n, checkTurn: turn(4) } };
const again = { inputs: { checkTurn: turn(4) } };
const ranked = (rank: bigint[]) => [f(watchIt, { inputs: { rank } })];
const LOWEST = "a new watch gets the lowest rank that is free";
const ONE = "a watch gets one rank, and nothing else does";
const FOUND = "the ranks on a slot are those that are found";
const empty = (): Placed[] => [{ at: [B, 5], type: "empty", watch: 0 }];

const divided = once(() => {
  const pre = stateWith(4, onBoth());
  return inputOf(pre, new Machine(pre.clone(), 0, T).perform([divide], T));
});
function outOfTurn(): BatchSignals {
  const input = structuredClone(divided());
  (input.checkTurn as bigint[][])[1] = turn(5);
  return input;
}

export const RANKS: readonly Forgery[] = [
  attempt(["Check", ALL, "leave out the second"], changed, [f(deposit), f(checkOf(1, 3), fires)], "Effect 16", true),
  attempt(
    ["Check", ALL, "leave out the first"],
    changed,
    [f(deposit), f(checkOf(2, 3), fires)],
    "PendingChecks 1",
    true,
  ),
  attempt(
    ["Check", ALL, "exchange the two"],
    changed,
    [f(deposit), f(checkOf(2, 3), fires), f(checkOf(1, 3), fires)],
    "PendingChecks 1",
    true,
  ),
  attempt(
    ["Check", ALL, "show the second as if it were the first"],
    changed,
    [f(deposit), f(checkOf(2, 3), asFirst), f(checkOf(1, 3), fires)],
    "CellX 11",
  ),
  attempt(
    ["Check", ALL, "check the first twice"],
    [unmoved, deposit],
    [f(deposit), f(checkOf(1, 4)), f(checkOf(1, 4), again)],
    "PendingChecks 1",
  ),
  {
    of: "Check",
    rule: "those on S are checked before those on D",
    attempt: "take the same rank of D for S's",
    invariant: "watch-deterministic",
    by: "PendingChecks 1",
    neighbour: divided,
    forged: outOfTurn,
  },
  ...(
    [
      [0, "Watches 15"],
      [2, "Watches 15"],
      [3, "Watches 15"],
    ] as const
  ).map(([rank, by]) =>
    attempt(
      ["WatchResource", LOWEST, `take rank ${rank} where 1 is the lowest`],
      [oneOn, watchIt],
      ranked(turn(rank).slice(0, 4)),
      by,
    ),
  ),
  attempt(["WatchResource", ONE, "set one without"], [empty, watchIt], ranked([0n, 0n, 0n, 0n]), "Watches 15"),
  attempt(["WatchResource", ONE, "set one with two"], [empty, watchIt], ranked([1n, 1n, 0n, 0n]), "Watches 15"),
  attempt(
    ["WatchResource", ONE, "take one in an Issue"],
    [empty, issue],
    [f(issue, { inputs: { rank: [1n, 0n, 0n, 0n] } })],
    "Watches 15",
  ),
  attempt(
    ["Unwatch", "a watch that is taken away gives up its own rank", "give up another's"],
    [shared, away],
    [f(away, { inputs: { rank: [0n, 1n, 0n, 0n] } })],
    "CellX 11",
  ),
  attempt(
    ["Check", FOUND, "say that there are none"],
    changed,
    [f(deposit, { inputs: { dWatch: [0n, 0n, 0n, 0n] } })],
    "CellD 10",
  ),
  attempt(
    ["Check", FOUND, "say that rank 0 is there five times"],
    changed,
    [f(deposit, { inputs: { dWatch: [5n, 0n, 0n, 0n] } })],
    "SortOfOperation 1",
  ),
];
