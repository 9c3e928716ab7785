/**
 * Forgeries that a node's wire lets pass once nothing gives it its value: a batch that says it led to another root.
 * What that root asks for, no node gives; but a node that is compressed with a challenge of its own, or is of another
 * sort than its digest says, gives whatever it likes.
 */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { address, RIGHT } from "../../../trace/layout.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { capability, GOLD, mapWith } from "../../lib/build.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { A, B, C, stateWith, T } from "../lib/words.ts";
import { inverse, mod, squareRoot } from "../r1cs/field.ts";
import type { FreedTables } from "./freedSignals.ts";

type Of = (name: string) => bigint;

/**
 * One transition, and another root. Whether there is a value that lets it pass is a matter of squares, so there are
 * several.
 */
const otherRoot = (map: TimeMap, row: ReturnType<typeof rowOf>, root: bigint): BatchSignals => ({
  ...inputOf(map, new Machine(map.clone(), 0, T).perform([row], T)),
  postRoot: root,
});
const ROOTS = [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n];

/**
 * C lends on what A lent to it. Nobody opens A's header, so of the first node of A's memory only a lane for a child
 * changes.
 */
function lentOn(root: bigint): BatchSignals {
  const map = stateWith(4, [capability([A, 9], C, RIGHT.claim + RIGHT.delegate)]);
  const row = rowOf("DelegateCapability", C, {
    peer: B,
    destination: address(C, 9),
    authority: address(A, 9),
    argument: { scope: 0, rights: RIGHT.claim },
  });
  return otherRoot(map, row, root);
}

/** Where that node is in the batch. */
const LENT = 5;

/** The last program but one below the root's first child: its digest stands in a lane that both sorts of nodes have. */
function fourteenth(root: bigint): BatchSignals {
  const last = 14;
  const map = mapWith({ programs: last, inbox: 4, levels: SMALL.levels });
  const row = rowOf("Issue", last, {
    destination: address(last, 5),
    kind: (BigInt(last) << 32n) + (GOLD & 1n),
    quantity: 5n,
  });
  return otherRoot(map, row, root);
}

/** How much a node's fraction for its child j, and the one for itself, move in their divisors with the wire. */
type Moves = (of: Of, node: string, j: number) => { child: bigint; own: bigint };

const MOVES = {
  "challenges.gamma": () => ({ child: 1n, own: 1n }),
  "challenges.beta[1]": (of, node, j) => ({
    child: -of(`${node}.lanes.before[${j}]`),
    own: -of(`${node}.digestBefore`),
  }),
  "challenges.beta[2]": (of, node, j) => ({ child: -of(`${node}.lanes.after[${j}]`), own: -of(`${node}.digestAfter`) }),
  "lanes.cells": (of, node, j) => {
    const [x, y] = [of(`${node}.lanes.x`), of(`${node}.lanes.y`)];
    return { child: 512n * (16n * x + BigInt(j)) - (512n * x + 4n * y + BigInt(j) - 11n), own: 0n };
  },
} as const satisfies Readonly<Record<string, Moves>>;

/**
 * What the wire of the n-th node must be so that the tree's sum is 0: its only child that changed, and itself, are two
 * fractions that move with it.
 */
function wantedOf(of: Of, n: number, wire: keyof typeof MOVES): bigint | undefined {
  const node = `nodeMemory[${n}]`;
  const j = Array.from({ length: 16 }, (_, lane) => lane).find((lane) => of(`${node}.weight[${lane}]`) !== 0n) ?? 0;
  const move = MOVES[wire](of, node, j);
  let needed = -of("root.out") + of(`${node}.tree`);
  for (let each = 0; each < SMALL.nodes; each++) needed -= of(`nodeMemory[${each}].tree`);
  const [w, child] = [of(`${node}.asks[${j}].top`), of(`${node}.asks[${j}].bottom`)];
  const [d, own] = [of(`${node}.gives.top`), of(`${node}.gives.bottom`)];
  // w / (child + move.child·z) − d / (own + move.own·z) = needed, times both divisors.
  const a = mod(needed * move.child * move.own);
  const b = mod(needed * (child * move.own + own * move.child) - w * move.own + d * move.child);
  const c = mod(needed * child * own - w * own + d * child);
  const now = of(`${node}.${wire}`);
  if (a === 0n) return b === 0n ? undefined : mod(now - c * inverse(b));
  const root = squareRoot(mod(b * b - 4n * a * c));
  return root === null ? undefined : mod(now + (root - b) * inverse(mod(2n * a)));
}

const nodes = (wire: keyof typeof MOVES, n: number, make: (root: bigint) => BatchSignals): FreedTables[] =>
  ROOTS.map((root) => ({
    breaks: `Batch 6: nodeMemory.${wire.replace(/\[.*/, "")}`,
    make: () => make(root),
    wanted: (of) => wantedOf(of, n, wire) ?? 0n,
  }));

export const FREED_NODES: readonly FreedTables[] = [
  ...(["challenges.gamma", "challenges.beta[1]", "challenges.beta[2]"] as const).flatMap((wire) => [
    ...nodes(wire, 0, fourteenth),
    ...nodes(wire, 1, fourteenth),
    ...nodes(wire, LENT, lentOn),
  ]),
  ...nodes("lanes.cells", 1, fourteenth),
  ...nodes("lanes.cells", LENT, lentOn),
];
