/**
 * Forgeries that a wire lets pass once nothing gives it its value: they break several constraints, all for the sake of that wire. For what no honest
 * witness shows to be missing.
 */

import type { BatchSignals } from "../../prover/batchInput.ts";
import { FILLER } from "../../prover/signatures.ts";
import { address, RIGHT } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine.ts";
import { rowOf } from "../../trace/rows.ts";
import { capability, GOLD } from "../lib/build.ts";
import { inputOf } from "../lib/circuit.ts";
import type { ExactRows } from "./exactRow.ts";
import { signed } from "./exactTables.ts";
import { A, B, C, call, create, entry, escrow, f, gold, pass, stateWith, T, thing, watchCell } from "./words.ts";

const issue = (slot: number) => rowOf("Issue", A, { destination: address(A, slot), kind: GOLD, quantity: 5n });
const watchedSource = [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])];
const watchedTarget = [
  gold([A, 1], 1, 100n),
  { at: [B, 5], type: "empty", watch: 1 } as const,
  watchCell([C, 4], [B, 5]),
];
const line = [
  capability([B, 9], A, RIGHT.claim + RIGHT.delegate),
  capability([A, 9], C, RIGHT.claim, { nonce: 5, parent: address(B, 9), parentNonce: 0 }),
];

/** By the statement that gives the wire; rows as in `ExactRows`. */
export const FREED_ROWS: readonly ExactRows[] = [
  {
    breaks: "Row: signal guarded",
    cells: [entry([B, 3], { guard: 1 })],
    groups: [[f(call({}, { guard: 1 }))]],
  },
  {
    breaks: "Row: signal claimSelf",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A })],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            ...thing(1, 100n),
          }),
          {
            elsewhere: { B: 0 },
          },
        ),
      ],
    ],
  },
  {
    breaks: "Row: signal watchSelf",
    groups: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            argument: { condition: 3, trigger: 9n },
          }),
          { elsewhere: { B: 0 } },
        ),
      ],
    ],
  },
  { breaks: "Row: signal otherSelf", cells: [entry([B, 3])], groups: [[f(call(), { elsewhere: { B: 0 } })]] },
  { breaks: "Row: signal byNeighbour", groups: [[f(create(A, 9))]], asWritten: true },
  {
    breaks: "Row: signal lentEnding",
    cells: [capability([B, 9], A, RIGHT.claim + RIGHT.delegate, { expiry: 5_000 })],
    groups: [
      [
        f(
          rowOf("DelegateCapability", A, {
            peer: C,
            destination: address(A, 9),
            authority: address(B, 9),
            argument: { scope: 0, rights: 1 },
          }),
          { inputs: { expires: 1n, expiryGap: 5_000n, inverse: 0n } },
        ),
      ],
    ],
  },
  {
    breaks: "Row: call.pass",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n)],
    groups: [[f(pass(1, 100n, 1), { inputs: { spare: 0n } })]],
  },
  { breaks: "Row: owed.sIn", cells: watchedSource, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Row: owed.dIn", cells: watchedTarget, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Batch: row[r].owesSIn <== row", cells: watchedSource, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Batch: row[r].owesDIn <== row", cells: watchedTarget, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  {
    breaks: "Batch: row[r].lineIn <== row",
    cells: line,
    groups: [
      [
        f(rowOf("Lineage", C, { peer: A, source: address(B, 9), authority: address(A, 9) })),
        f(rowOf("Issue", C, { destination: address(C, 1), kind: BigInt(C) << 32n, quantity: 1n })),
      ],
    ],
  },
  {
    breaks: "Batch: row[r].callLeftIn <== 0",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD })],
    groups: [[f(call({ kind: GOLD }, { nargs: 1 }))]],
  },
  {
    breaks: "Batch: row[r].callLeftIn <== row",
    cells: [entry([B, 3], { nargs: 2, accepts: GOLD }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2), { inputs: { spare: 100n } })]],
  },
];

/** By the statement: inputs, and those of the honest batch from which the wire takes its value, if it is not a small number. */
export interface FreedTables {
  readonly breaks: string;
  readonly make: () => BatchSignals;
  readonly honest?: () => BatchSignals;
}

const retire = rowOf("Retire", A, { source: address(A, 1), ...thing(1, 100n) });
function retired(quantity: bigint): BatchSignals {
  const map = stateWith(4, [gold([A, 1], 1, quantity)]);
  return inputOf(map, new Machine(map.clone(), 0, T).perform([{ ...retire, quantity }], T));
}
const zeros = (list: unknown): bigint[] => (list as bigint[]).map(() => 0n);

/** A batch over a tree in which there is more gold, that says it was over this one. */
function otherTree(when: "Before" | "After"): BatchSignals {
  const [input, honest] = [retired(1_000n), retired(100n)];
  if (when === "Before") input.preRoot = honest.preRoot as bigint;
  else input.postRoot = honest.postRoot as bigint;
  const nodes = input[`node${when}`] as bigint[][];
  const kept = honest[`node${when}`] as bigint[][];
  // All but the lanes of the cell itself.
  nodes.forEach((lanes, n) => {
    const cells = (input.nodeCells as bigint[])[n] === 1n;
    if (!cells) lanes.splice(0, 16, ...(kept[n] as bigint[]));
  });
  return input;
}

/** Rows over a tree with more gold, and the nodes of this one. */
function otherRows(when: "Before" | "After"): BatchSignals {
  const [input, honest] = [retired(1_000n), retired(100n)];
  const root = when === "Before" ? "preRoot" : "postRoot";
  input[`node${when}`] = honest[`node${when}`] as bigint[][];
  input[root] = honest[root] as bigint;
  return input;
}

export const FREED_TABLES: readonly FreedTables[] = [
  { breaks: "Batch: nodeMemory[n].digestBefore", make: () => otherTree("Before"), honest: () => retired(100n) },
  { breaks: "Batch: nodeMemory[n].digestAfter", make: () => otherTree("After"), honest: () => retired(100n) },
  { breaks: "Batch: nodeMemory[n].before", make: () => otherRows("Before"), honest: () => retired(1_000n) },
  { breaks: "Batch: nodeMemory[n].after", make: () => otherRows("After"), honest: () => retired(1_000n) },
  {
    // Another root than that of the nodes.
    breaks: "Batch: root.bottom",
    make: () => ({ ...retired(100n), postRoot: 5n }),
  },
  { breaks: "Batch: signal rootBefore", make: () => ({ ...retired(100n), postRoot: 5n }) },
  { breaks: "Batch: signal rootAfter", make: () => ({ ...retired(100n), postRoot: 5n }) },
  { breaks: "Batch: node[n].before", make: () => otherTree("Before"), honest: () => retired(100n) },
  { breaks: "Batch: node[n].after", make: () => otherTree("After"), honest: () => retired(100n) },
  {
    breaks: "Batch: entry[m].active",
    make: () => {
      const input = signed();
      (input.entryActive as bigint[])[0] = 0n;
      return { ...input, nodeSigns: zeros(input.nodeSigns), nodeInverse: zeros(input.nodeInverse) };
    },
  },
  {
    breaks: "Batch: entryMemory[m].active",
    make: () => {
      const input = signed();
      return { ...input, nodeSigns: zeros(input.nodeSigns), nodeInverse: zeros(input.nodeInverse) };
    },
  },
  {
    breaks: "Entry: signature.active",
    make: () => {
      const input = signed();
      (input.entryKeyX as bigint[])[0] = FILLER.key[0];
      return input;
    },
  },
];
