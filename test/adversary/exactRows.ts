/**
 * Forgeries of rows that break one constraint and no other, for each statement that only asks: what `deletions.ts`
 * needs to tell that a deleted constraint is missed. Rows are what anybody may write; inputs are what only a prover
 * can.
 */

import { address, GRACE } from "../../trace/layout.ts";
import { rowOf } from "../../trace/machine/rowShape.ts";
import { capability, GOLD } from "../lib/build.ts";
import { EXACT_RANGES } from "./exactRanges.ts";
import { type ExactRows, inputs, issue, join, own, quotient, retire, rotate, SEQ, watchOwn } from "./exactRow.ts";
import { EXACT_STATES } from "./exactStates.ts";
import { A, B, C, call, create, entry, escrow, f, gold, id, pass, thing, watchCell } from "./words.ts";

/** What is not used is 0, in rows that have no use for it. */
const UNUSED: readonly ExactRows[] = [
  inputs("Row: (1 - openS) * sSlot", { sSlot: 1n }),
  inputs("Row: (1 - openD) * dSlot", { dSlot: 1n }, retire(), own),
  inputs("Row: (1 - openX + header) * xSlot", { xSlot: 1n }),
  inputs("Row: (1 - opens[i]) * seqs[i]", { sSeq: 1n, sWords: [SEQ, 0n] }),
  inputs("Row: (1 - openB + CreateProgram) * bWords[i]", { bWords: [0n, 5n, 0n] }),
  inputs("Row: (1 - openX) * xWords[1]", { xWords: [0n, 1n, 0n] }),
  inputs("Row: (1 - openX) * xWords[2]", { xWords: [0n, 0n, 1n] }),
  inputs("Row: dWords[1] ===", { dWords: [0n, 5n] }, retire(), own),
  inputs("Row: (1 - meets - Lineage) * peer", { peer: BigInt(B) }),
  inputs("Row: (1 - holds) * (scoped + expires)", { scoped: 1n }),
  inputs("Row: (1 - holds - Lineage) * (capRights + holder)", { capRights: 1n }),
  inputs("Row: (1 - claimBy - derives) * subjected", { subjected: 1n }),
  inputs("Row: narrows * (1 - derives)", { narrows: 1n }),
  inputs("Row: (1 - openS + guarded + Lineage) * (sRanks + sEscrow)", { sWatch: [1n, 0n, 0n, 0n], sWords: [8n, 0n] }),
  inputs("Row: slotHolds * (1 - onSlot)", { slotHolds: 1n, sWords: [2n, 0n] }),
  inputs("Row: before * (1 - claimSelf)", { before: 1n }),
  inputs("Row: after * (1 - RevokeResource - claimBy - inPlace)", { after: 1n }),
  inputs("Row: (CreateProgram + DelegateCapability + Clear", { kind: 5n }, join()),
  inputs("Row: (1 - takes - Issue - DeclareEntry - WatchResource - Lineage) * quantity", { quantity: 5n }, join()),
  inputs("Row: (1 - takes - onSlot - DelegateCapability - Lineage) * resource", { resource: 5n }),
  inputs("Row: (1 - CreateProgram - DeclareEntry - InvokeProgram - Pass", { scope: 3n }),
  inputs("Row: (1 - DeclareEntry - InvokeProgram - Pass", { rights: 3n }),
  inputs("Row: (1 - CreateProgram - RotateAuthority", { argument: 5n }),
  inputs("Row: (1 - EscrowToProgram - DelegateCapability - Lineage - before", { term: 5n }),
  inputs("Row: (1 - Split - Merge - Clear", { spare: 5n }),
  inputs("Row: (1 - Merge - Lineage - expires) * expiryGap", { expiryGap: 5n }),
  inputs("Row: (1 - Issue - Split - lentEnding) * inverse", { inverse: 5n }, retire(), own),
  // Who escrowed, read as part of the kind.
  inputs(
    "Row: (onSlot + DelegateCapability) * resourceTop",
    { resource: GOLD + (3n << 56n), sEscrow: 0n },
    watchOwn(3),
    [gold([A, 2], 1, 100n, { escrowFrom: C })],
  ),
  inputs("Condition: fired * (1 - check)", { fired: 1n }),
];

/** Bits that are none. */
const BITS: readonly ExactRows[] = [
  {
    // A claim by a capability for another resource: subject = subjected · id.
    breaks: "Row: bits[i] * (bits[i] - 1)",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, 1, { subject: 154n, scope: address(B, 5) })],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(B, 9),
            ...thing(1, 100n),
          }),
          { inputs: { subjected: quotient(154n, id(1)) } },
        ),
      ],
    ],
  },
  {
    breaks: "Row: choice[i] * (choice[i] - 1)",
    groups: [[f(watchOwn(9), { inputs: { choice: [-7n, 8n, 0n, 0n, 0n] } })]],
  },
  {
    // −1 and 1 owed are nothing owed.
    breaks: "Row: sWatch[i] * (sWatch[i] - 1)",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [[f(escrow(1, 100n), { inputs: { sWatch: [-1n, 1n, 0n, 0n] } })]],
  },
  {
    breaks: "Row: dWatch[i] * (dWatch[i] - 1)",
    cells: [...own, { at: [B, 5], type: "empty", watch: 1 }, watchCell([C, 4], [B, 5])],
    groups: [[f(escrow(1, 100n), { inputs: { dWatch: [-1n, 1n, 0n, 0n] } })]],
  },
  {
    // Number 0, bit 1, one in all.
    breaks: "Row: rank[i] * (rank[i] - 1)",
    groups: [[f(watchOwn(3), { inputs: { rank: [-3n, 10n, -8n, 2n] } })]],
  },
  {
    // DeclareEntry − DelegateCapability + JoinWith: all that they open cancels out.
    breaks: "Row: is[i] * (is[i] - 1)",
    groups: [
      [
        f(rotate(0n), {
          inputs: { is: Array.from({ length: 21 }, (_, op) => (op === 10 ? -1n : BigInt(op === 4 || op === 16))) },
        }),
      ],
    ],
  },
  {
    breaks: "Row: ones === 1",
    groups: [[f(rotate(0n), { inputs: { is: new Array<bigint>(21).fill(0n), argument: 0n } })]],
  },
];

/** Rules. */
const RULES: readonly ExactRows[] = [
  {
    breaks: "Batch: last[R - 1] === 1",
    groups: [[f(issue(5))], [f(issue(6))], [f(issue(7))], [f(issue(8))]],
    open: true,
  },
  {
    breaks: "Row: derives * (1 - DelegateCapability)",
    cells: [capability([B, 9], A, 8 + 1)],
    groups: [
      [
        f(
          { ...issue(), authority: address(B, 9) },
          { inputs: { derives: 1n, holder: BigInt(B), capRights: 9n, spare: 0n } },
        ),
      ],
    ],
  },
  {
    // Neither before the deadline nor past the grace, but half of each.
    breaks: "Row: before * after",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: 1001 })],
    groups: [
      [
        f(rowOf("ClaimFromProgram", B, { peer: B, source: address(B, 5), ...thing(1, 100n) }), {
          at: (1001 + GRACE - 1) / 2,
          inputs: { before: 1n, after: 1n, term: 0n },
        }),
      ],
    ],
  },
  {
    breaks: "Row: header * beyondHeader",
    groups: [
      [f(issue(5, C))],
      [f(create(A, 4, C), { inputs: { spare: 4n + (1n << 9n) + (1n << 41n) + (1n << 77n), xSeq: 0n } })],
    ],
  },
  { breaks: "Row: JoinWith * (spare - bSteps + scope)", groups: [[f(join(5), { inputs: { spare: 0n } })]] },
  {
    breaks: "Row: choiceNumber === conditionFound",
    groups: [[f(watchOwn(9), { inputs: { choice: [1n, 0n, 0n, 0n, 0n] } })]],
  },
  {
    breaks: "Row: (clock - real - aClock) * (clock - real - bClock)",
    groups: [[f(issue(), { clock: 7 })]],
  },
  {
    breaks: "Row: last * (owed.rest + callingOut + Lineage)",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [[f(issue(5))], [f(issue(6))], [f(issue(7))], [f(escrow(1, 100n))]],
  },
  {
    breaks: "Call: pass * (spare - surplus)",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD, minimum: 101n }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1), { inputs: { spare: 0n } })]],
  },
  {
    breaks: "Group: continues * (digest - digestIn)",
    groups: [[f(issue(5), { inputs: { digest: 5n } }), f(issue(5, B))]],
  },
  {
    // What was lent on, as if it were its own beginning.
    breaks: "Row: begins * parentFound",
    cells: [gold([A, 5], 1, 100n), capability([A, 9], C, 1, { nonce: 5, parent: address(B, 9) })],
    groups: [
      [
        f(
          rowOf("ClaimFromProgram", C, {
            peer: A,
            source: address(A, 5),
            destination: address(C, 1),
            authority: address(A, 9),
            ...thing(1, 100n),
          }),
        ),
      ],
    ],
  },
  {
    // A watch on another slot.
    breaks: "Row: Unwatch * (target",
    cells: [{ at: [A, 2], type: "empty", watch: 1 }, watchCell([A, 9], [A, 3])],
    groups: [
      [
        f(rowOf("Unwatch", A, { peer: A, source: address(A, 2), authority: address(A, 9) }), {
          inputs: { rank: [1n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  {
    breaks: "Group: trigger * continues",
    cells: [],
    holding: (digest) => [watchCell([A, 4], [A, 1], { state: "fired", trigger: digest })],
    groups: [[f(issue(5)), f(rowOf("Trigger", A, { authority: address(A, 4) }))]],
  },
  {
    breaks: "Owed: (1 - check) * ahead",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [
      [
        f(escrow(1, 100n)),
        f(watchOwn(3)),
        f(rowOf("Check", A, { peer: A, source: address(A, 2), authority: address(A, 9), argument: { condition: 3 } }), {
          inputs: { turn: [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  {
    breaks: "Owed: check * (slot - address)",
    cells: [
      gold([A, 1], 1, 100n, { watch: 1 }),
      watchCell([C, 4], [A, 1]),
      { at: [A, 2], type: "empty", watch: 1 },
      watchCell([A, 9], [A, 2], { condition: 3 }),
    ],
    groups: [
      [
        f(escrow(1, 100n)),
        f(rowOf("Check", A, { peer: A, source: address(A, 2), authority: address(A, 9), argument: { condition: 3 } }), {
          inputs: { turn: [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  ...(
    [
      ["Condition: compares * (distance", 1, { fired: 1n, spare: 0n }],
      ["Condition: (check - compares) * distance", 3, { spare: 5n }],
      ["Condition: (check - compares) * (fired", 3, { fired: 1n }],
    ] as const
  ).map(
    ([breaks, condition, more]): ExactRows => ({
      breaks,
      cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([A, 9], [A, 1], { condition, threshold: 500n })],
      groups: [
        [
          f(escrow(1, 100n)),
          f(rowOf("Check", A, { peer: A, source: address(A, 1), authority: address(A, 9), argument: { condition } }), {
            inputs: more,
          }),
        ],
      ],
    }),
  ),
];

const unfired = rowOf("Check", C, {
  peer: B,
  source: address(B, 5),
  authority: address(C, 4),
  argument: { condition: 1 },
});
const onTarget = { turn: [0n, 0n, 0n, 0n, 1n, 0n, 0n, 0n] };

/** Checks that a Check owes: the one that is done stays owed, and is done again. */
const AGAIN: ExactRows = {
  breaks: "Row: (1 - openD + DeclareEntry",
  cells: [
    gold([A, 1], 1, 100n),
    { at: [B, 5], type: "empty", watch: 1 },
    watchCell([C, 4], [B, 5], { condition: 1, threshold: 500n }),
  ],
  groups: [
    [
      f(escrow(1, 100n)),
      f(unfired, { inputs: { ...onTarget, dWatch: [1n, 0n, 0n, 0n], dWords: [8n, 0n] } }),
      f(unfired, { inputs: { ...onTarget, spare: 400n } }),
    ],
  ],
};

export const EXACT_ROWS: readonly ExactRows[] = [...UNUSED, ...BITS, ...EXACT_RANGES, ...RULES, ...EXACT_STATES, AGAIN];
