/**
 * Forgeries that pass if a wire has no constraint for its value. They break several constraints of that wire. They are
 * for deletions that no honest witness shows.
 */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { FILLER } from "../../../prover/signing/signatures.ts";
import { address, FIELD, HEADER_SEQ_OFFSET, OP, OPS, RIGHT, SEQ_OFFSET } from "../../../trace/layout.ts";
import { groupDigest } from "../../../trace/machine/group.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { logLaneOf } from "../../../trace/machine/transition.ts";
import { authority } from "../../lib/authorities.ts";
import { capability, GOLD } from "../../lib/build.ts";
import { inputOf, SMALL } from "../../lib/circuit.ts";
import { came, PRICE } from "../../lib/moored.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { rewriteCell } from "../lib/nodes.ts";
import {
  A,
  B,
  C,
  call,
  create,
  enter,
  entry,
  escrow,
  f,
  gold,
  id,
  keyed,
  pass,
  stateWith,
  T,
  thing,
  watchCell,
} from "../lib/words.ts";
import { inverse, mod } from "../r1cs/field.ts";
import type { ExactRows } from "./exactRow.ts";
import { plain, replaced, signed } from "./exactTables.ts";

const issue = (slot: number) => rowOf("Issue", A, { destination: address(A, slot), kind: GOLD, quantity: 5n });
const retireFrom5 = rowOf("Retire", A, { source: address(A, 5), ...thing(1, 100n) });
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

/** By the section of the statement that gives the wire, and the wire; rows as in `ExactRows`. */
export const FREED_ROWS: readonly ExactRows[] = [
  {
    breaks: "OpenColumns 4: guarded",
    cells: [entry([B, 3], { guard: 1 })],
    groups: [[f(call({}, { guard: 1 }))]],
  },
  {
    breaks: "OpenColumns 4: claimSelf",
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
    breaks: "OpenColumns 4: watchSelf",
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
  { breaks: "OpenColumns 4: otherSelf", cells: [entry([B, 3])], groups: [[f(call(), { elsewhere: { B: 0 } })]] },
  { breaks: "OpenColumns 4: byNeighbour", groups: [[f(create(A, 9))]], asWritten: true },
  {
    breaks: "CapabilityInUse 8: lentEnding",
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
    breaks: "Row 14: Call.pass",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n)],
    groups: [[f(pass(1, 100n, 1), { inputs: { spare: 0n } })]],
  },
  { breaks: "Watches 15: pending.previous.s", cells: watchedSource, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Watches 15: pending.previous.d", cells: watchedTarget, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  {
    // Two operations, of which the sort sees one.
    breaks: "Row 1: SortOfOperation.op.is",
    groups: [
      [
        f(rowOf("JoinWith", A, { peer: B, argument: { steps: 0, peerAuthority: 9n } }), {
          inputs: {
            is: Array.from({ length: OPS }, (_, op) => BigInt(op === OP.JoinWith || op === OP.RotateAuthority)),
          },
        }),
      ],
    ],
    asWritten: true,
  },
  {
    // A fact of no words, shown again: nothing of it is left. The Checks are told that it arrives.
    breaks: "Row 10: CellD.choice.held",
    cells: [came([B, 5], PRICE, 0, 0n, { id: 0n, watch: 1 }), watchCell([C, 4], [B, 5], { condition: 3 })],
    moored: true,
    groups: [
      [
        f(enter(9, 8n, PRICE), { inputs: { held: 0n } }),
        f(rowOf("Check", C, { peer: B, source: address(B, 5), authority: address(C, 4), argument: { condition: 3 } }), {
          inputs: { fired: 1n },
        }),
      ],
    ],
  },
  { breaks: "Row 1: SortOfOperation.sort.real", groups: [[f(issue(5), { elsewhere: { A: 0 }, clock: 0 })]] },
  { breaks: "Row 1: SortOfOperation.sort.takes", groups: [[f(rowOf("Retire", A, {}))]] },
  {
    // Twice: what would be A's capability at [A, 9] is a watch of twice its payload, at [B, 9].
    breaks: "Row 4: OpenColumns.columns.watchBy",
    cells: [watchCell([B, 9], [0, 6], { state: "fired", kind: 1n << 27n, condition: 0, threshold: 5n })],
    groups: [
      [
        f(
          rowOf("WatchResource", C, {
            peer: A,
            source: address(A, 5),
            destination: address(C, 9),
            authority: address(B, 9),
            argument: { condition: 5, trigger: 9n },
          }),
          { inputs: { holder: BigInt(A), capRights: BigInt(RIGHT.watch), spare: 5n } },
        ),
      ],
    ],
    asWritten: true,
  },
  {
    // The same for a claim.
    breaks: "Row 4: OpenColumns.columns.claimBy",
    cells: [
      gold([A, 5], 1, 100n),
      watchCell([B, 9], [0, 6], { state: "fired", kind: 1n << 25n, condition: 0, threshold: 5n }),
    ],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", C, {
            peer: A,
            source: address(A, 5),
            destination: address(C, 1),
            authority: address(B, 9),
            ...thing(1, 100n),
          }),
          { inputs: { holder: BigInt(A), capRights: BigInt(RIGHT.claim), spare: 5n } },
        ),
      ],
    ],
    asWritten: true,
  },
  {
    // The same for a call: twice the capability's low part, too.
    breaks: "Row 4: OpenColumns.columns.guarded",
    cells: [
      entry([A, 3], { guard: 1 }),
      watchCell([B, 9], [0, 6], { state: "fired", kind: 1n << 26n, condition: 0, threshold: 10n, trigger: 0n }),
    ],
    groups: [
      [
        f(
          { ...call({}, { guard: 1 }), actor: C, peer: A, source: address(B, 9), authority: address(A, 3) },
          { inputs: { holder: BigInt(A), capRights: BigInt(RIGHT.invoke), spare: 5n } },
        ),
      ],
    ],
    asWritten: true,
  },
  {
    // C's header is three less two: its numbers read as a claim to what lies in [B, 5], lent by the giver.
    breaks: "Row 4: OpenColumns.columns.header",
    cells: [
      gold([B, 5], 1, 100n, { escrowFrom: 5 }),
      {
        ...{ at: [C, 0], type: "program", inbox: A, steps: address(B, 5) << 15, clock: 1 << 15 },
        ...{ authority: 0n, log: 0n },
      },
    ],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", A, {
            peer: B,
            source: address(B, 5),
            destination: address(A, 1),
            authority: address(C, 0),
            ...thing(1, 100n),
          }),
          { inputs: { holder: 5n, capRights: BigInt(RIGHT.claim), scoped: 1n, spare: 0n } },
        ),
      ],
    ],
    asWritten: true,
    // The number of the row (1) goes where three cells less two headers have it.
    adapt(input) {
      const payload = BigInt(A) + (BigInt(address(B, 5)) << 24n) + (1n << 56n);
      const left = mod(1n + 8n * payload + 3n * (1n << SEQ_OFFSET) - 2n * (1n << HEADER_SEQ_OFFSET));
      rewriteCell(input, address(C, 0), ([, ...words]) => [left, ...words]);
      return input;
    },
  },
  // A header with another inbox, and a clock that skips: eight of the type are one of the inbox.
  { breaks: "Row 7: Headers.sort.real", groups: [[f(issue(5), { clock: 9, inputs: { aLow: 3n } })]] },
  {
    breaks: "CellD 10: mergedId",
    cells: [gold([A, 1], 1, 100n), gold([A, 2], 2, 50n)],
    groups: [
      [
        f(
          rowOf("Merge", A, {
            source: address(A, 1),
            destination: address(A, 2),
            ...thing(1, 100n),
            argument: { into: id(2) },
          }),
          { inputs: { scope: 5n } },
        ),
      ],
    ],
  },
  // Gold that a stranger takes, and nobody gets.
  {
    breaks: "Row 4: OpenColumns.op.is",
    cells: [gold([B, 5], 1, 100n)],
    groups: [
      [
        f(rowOf("ClaimFromProgram", C, { peer: B, source: address(B, 5), ...thing(1, 100n) }), {
          inputs: { inPlace: 0n },
        }),
      ],
    ],
    asWritten: true,
  },
  // An escrow that its receiver's header does not see.
  {
    breaks: "Row 4: OpenColumns.columns.open",
    cells: [gold([A, 1], 1, 100n)],
    groups: [[f(escrow(1, 100n), { elsewhere: { B: 0 } })]],
  },
  // A watch that its slot does not know, and one that is gone while its slot still knows it.
  {
    breaks: "Row 15: Watches.op.is",
    groups: [
      [
        f(
          rowOf("WatchResource", A, {
            peer: A,
            source: address(A, 5),
            destination: address(A, 9),
            argument: { condition: 5, trigger: 9n },
          }),
          { inputs: { rank: [0n, 0n, 0n, 0n], condition: [0n, 0n, 0n, 0n, 0n] } },
        ),
      ],
    ],
  },
  {
    breaks: "Row 15: Watches.op.is",
    cells: watchedTarget,
    groups: [
      [
        f(rowOf("Unwatch", C, { peer: B, source: address(B, 5), authority: address(C, 4) }), {
          inputs: { rank: [0n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  {
    // An armed watch, retired as nothing of a kind: its type is that of a resource and of a line's capability.
    breaks: "Row 9: CellS.op.is",
    cells: [watchCell([A, 1], [0, 17], { kind: 17n * (GOLD >> 32n), condition: 0, trigger: 0n })],
    groups: [[f(rowOf("Retire", A, { source: address(A, 1), kind: GOLD }))]],
  },
  { breaks: "Row 11: CellX.found.clears", groups: [[f(issue(5), { inputs: { rights: 3n } })]] },
  {
    breaks: "Row 9: CellS.sort.takes",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, RIGHT.claim)],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", C, {
            peer: B,
            source: address(B, 6),
            destination: address(C, 1),
            authority: address(B, 9),
            ...thing(1, 100n),
          }),
        ),
      ],
    ],
  },
  { breaks: "Row 10: CellD.found.dWatch", cells: watchedTarget, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Batch 2: row.previous.owedChecks.s", cells: watchedSource, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  { breaks: "Batch 2: row.previous.owedChecks.d", cells: watchedTarget, groups: [[f(escrow(1, 100n)), f(issue(7))]] },
  {
    breaks: "Batch 2: row.previous.lineageState.lineage",
    cells: line,
    groups: [
      [
        f(rowOf("Lineage", C, { peer: A, source: address(B, 9), authority: address(A, 9) })),
        f(rowOf("Issue", C, { destination: address(C, 1), kind: BigInt(C) << 32n, quantity: 1n })),
      ],
    ],
  },
  // The same wire, where the first row takes it and where FirstState leaves it.
  ...["row.previous", "FirstState.firstState"].map((at) => ({
    breaks: `Batch 2: ${at}.callState.left`,
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD })],
    groups: [[f(call({ kind: GOLD }, { nargs: 1 }))]],
  })),
  {
    breaks: "Batch 2: row.previous.callState.left",
    cells: [entry([B, 3], { nargs: 2, accepts: GOLD }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD }, { nargs: 2 })), f(pass(1, 100n, 2), { inputs: { spare: 100n } })]],
  },
  // Gold that lies in slot 5, taken from another: the row opens one cell, and the sums hear of the other.
  {
    breaks: "Batch 6: nodeMemory.lanes.y",
    cells: [gold([A, 5], 1, 100n)],
    groups: [[f(retireFrom5, { inputs: { sSlot: 9n } })]],
  },
  {
    // The same from another program's memory.
    breaks: "Batch 6: nodeMemory.lanes.x",
    cells: [gold([A, 5], 1, 100n)],
    groups: [[f({ ...retireFrom5, actor: B, source: address(B, 5) }, { elsewhere: { S: address(A, 5) } })]],
  },
  {
    breaks: "Batch 6: rowMemory.tuples.address",
    cells: [gold([A, 5], 1, 100n)],
    groups: [[f(retireFrom5, { inputs: { sSlot: 6n } })]],
  },
  {
    // Something else between a call and its argument.
    breaks: "Batch 2: row.previous.callState.calling",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD }, { nargs: 1 })), f(issue(7)), f(pass(1, 100n, 1), { inputs: { spare: 100n } })]],
  },
];

/**
 * By the statement: inputs, and where the wire takes its value from, if it is not a small number: the same wire of an
 * honest batch, or other wires of this one (`of` has their values by name, without `main.`).
 */
export interface FreedTables {
  readonly breaks: string;
  readonly make: () => BatchSignals;
  readonly honest?: () => BatchSignals;
  readonly wanted?: (of: (name: string) => bigint) => bigint;
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

const inUnusedNode = (name: string): string => `${name}[${SMALL.nodes - 1}]`;

/** Lowest bit of each number of a span: firstSeq, count, notBefore, until. */
const SPAN = [0, 32, 48, 88];

/** An honest batch whose span says another number than its bits do. */
const otherSpan = (bit: number): FreedTables => ({
  breaks: "Batch 1: spanBits",
  make: () => {
    const input = retired(100n);
    return { ...input, span: (input.span as bigint) ^ (1n << BigInt(bit)) };
  },
  honest: () => retired(100n),
});

/**
 * A has a key, and shows a header without one as it takes another: the key found and the key left are each less by the
 * one it has.
 */
function keyTaken(): BatchSignals {
  const map = stateWith(4, [keyed(A, 1)]);
  const [header, , log] = map.words(address(A, 0));
  const row = rowOf("RotateAuthority", A, { argument: { authority: 9n } });
  const input = new RowForger(map, T).group([f(row, { found: { A: [header, 0n, log] } })]).build(SMALL);
  rewriteCell(input, address(A, 0), ([w0 = 0n, taken = 0n, w2 = 0n]) => [w0, (taken + authority(1)) % FIELD, w2]);
  return input;
}

const headerOf = (inbox: number): bigint => stateWith(inbox, []).words(address(A, 0))[0];
const [HEADER, SHOWN] = [headerOf(4), headerOf(5)];

/**
 * A shows its header with another inbox, and leaves it so: what lies there then is as much larger as what lay there
 * before.
 */
function otherInbox(): BatchSignals {
  const map = stateWith(4, []);
  const [, key, log] = map.words(address(A, 0));
  const shown = [SHOWN, key, log] as const;
  const row = rowOf("RotateAuthority", A, { argument: { authority: 9n } });
  const digest = groupDigest([row], () => logLaneOf(shown));
  const input = new RowForger(map, T).group([f(row, { found: { A: shown } })], true, digest).build(SMALL);
  rewriteCell(input, address(A, 0), ([left = 0n, ...words]) => [mod(left * HEADER * inverse(SHOWN)), ...words]);
  return input;
}

export const FREED_TABLES: readonly FreedTables[] = [
  ...SPAN.map(otherSpan),
  {
    // By as much as the words that are shown fall short, γ falls short for this row.
    breaks: "Batch 6: rowMemory.challenges.gamma",
    make: keyTaken,
    wanted: (of) => mod(of("challenges.gamma") - of("challenges.beta[2]") * authority(1)),
  },
  {
    breaks: "Batch 6: rowMemory.challenges.beta",
    make: otherInbox,
    wanted: (of) => mod(of("challenges.beta[1]") * HEADER * inverse(SHOWN)),
  },
  // Nodes with a name outside the tree, or with a place that their sort has not.
  { breaks: "Batch 3: node.lanes.x", make: () => replaced(plain(), { [inUnusedNode("nodeX")]: 1n << 20n }) },
  { breaks: "Batch 3: node.lanes.y", make: () => replaced(plain(), { [inUnusedNode("nodeY")]: 1n }) },
  { breaks: "Batch 3: node.lanes.cells", make: () => replaced(plain(), { [inUnusedNode("nodeCells")]: 5n }) },
  // A row that is none, and a group that stays open.
  { breaks: "Batch 2: row.op.is", make: () => replaced(plain(), { "is[0][2]": 0n }) },
  { breaks: "Batch 2: row.op.last", make: () => replaced(plain(), { "last[0]": 0n }) },
  { breaks: "Batch 2: row.previous.groupState.continues", make: () => replaced(plain(), { "last[0]": 0n }) },
  { breaks: "Batch 6: rowMemory.tuples.wordsFound", make: () => otherRows("Before"), honest: () => retired(100n) },
  { breaks: "Batch 8: entryMemory.tableEntry.uses", make: () => replaced(signed(), { "entryUses[0]": 2n }) },
  {
    // An entry without a signature, with rows that ask for it.
    breaks: "Batch 4: entry.tableEntry.uses",
    make: () => replaced(plain(), { "entryUses[1]": 5n, "entryKey[1]": 0n }),
  },
  { breaks: "Batch 6: nodeMemory.digestBefore", make: () => otherTree("Before"), honest: () => retired(100n) },
  { breaks: "Batch 6: nodeMemory.digestAfter", make: () => otherTree("After"), honest: () => retired(100n) },
  { breaks: "Batch 6: nodeMemory.lanes.before", make: () => otherRows("Before"), honest: () => retired(1_000n) },
  { breaks: "Batch 6: nodeMemory.lanes.after", make: () => otherRows("After"), honest: () => retired(1_000n) },
  {
    // Another root than that of the nodes.
    breaks: "Batch 7: root.bottom",
    make: () => ({ ...retired(100n), postRoot: 5n }),
  },
  { breaks: "Batch 7: rootBefore", make: () => ({ ...retired(100n), postRoot: 5n }) },
  { breaks: "Batch 7: rootAfter", make: () => ({ ...retired(100n), postRoot: 5n }) },
  { breaks: "Batch 3: node.lanes.before", make: () => otherTree("Before"), honest: () => retired(100n) },
  { breaks: "Batch 3: node.lanes.after", make: () => otherTree("After"), honest: () => retired(100n) },
  {
    breaks: "Batch 4: entry.tableEntry.active",
    make: () => {
      const input = signed();
      (input.entryActive as bigint[])[0] = 0n;
      return { ...input, nodeSigns: zeros(input.nodeSigns), nodeInverse: zeros(input.nodeInverse) };
    },
  },
  {
    breaks: "Batch 8: entryMemory.tableEntry.active",
    make: () => {
      const input = signed();
      return { ...input, nodeSigns: zeros(input.nodeSigns), nodeInverse: zeros(input.nodeInverse) };
    },
  },
  {
    breaks: "SignatureEntry 2: signature.active",
    make: () => {
      const input = signed();
      (input.entryKeyX as bigint[])[0] = FILLER.key[0];
      return input;
    },
  },
];
