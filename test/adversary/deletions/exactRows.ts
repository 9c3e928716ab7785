/**
 * Forgeries of rows that break exactly one constraint, for each asserting statement. With them `deletions.ts` notices a
 * deleted constraint. Anyone can write rows; only a prover can change inputs.
 */

import { address, GRACE, OPS } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability, GOLD } from "../../lib/build.ts";
import { A, B, C, call, create, entry, escrow, f, gold, id, pass, thing, watchCell } from "../lib/words.ts";
import { EXACT_RANGES } from "./exactRanges.ts";
import { type ExactRows, inputs, issue, join, own, quotient, retire, rotate, SEQ, watchOwn } from "./exactRow.ts";
import { EXACT_STATES } from "./exactStates.ts";

/** Unused fields of a row are 0. */
const UNUSED: readonly ExactRows[] = [
  inputs("AddressesOfColumns 5", { sSlot: 1n }),
  inputs("AddressesOfColumns 5", { dSlot: 1n }, retire(), own),
  inputs("AddressesOfColumns 5", { xSlot: 1n }),
  inputs("MemoryOrder 6", { sSeq: 1n, sWords: [SEQ, 0n] }),
  inputs("Headers 7", { bWords: [0n, 5n, 0n] }),
  inputs("CellX 11", { xWords: [0n, 1n, 0n] }),
  inputs("CellX 11", { xWords: [0n, 0n, 1n] }),
  inputs("CellD 10", { dWords: [0n, 5n] }, retire(), own),
  inputs("OpenColumns 4", { peer: BigInt(B) }),
  inputs("CapabilityInUse 8", { scoped: 1n }),
  inputs("CapabilityInUse 8", { capRights: 1n }),
  inputs("CapabilityInUse 8", { subjected: 1n }),
  inputs("CapabilityInUse 8", { narrows: 1n }),
  inputs("CellS 9", { sWatch: [1n, 0n, 0n, 0n], sWords: [8n, 0n] }),
  inputs("CellS 9", { slotHolds: 1n, sWords: [2n, 0n] }),
  inputs("CellS 9", { before: 1n }),
  inputs("CellS 9", { after: 1n }),
  inputs("UnusedIsZero 12", { kind: 5n }, join()),
  inputs("UnusedIsZero 12", { quantity: 5n }, join()),
  inputs("UnusedIsZero 12", { resource: 5n }),
  inputs("UnusedIsZero 12", { scope: 3n }),
  inputs("UnusedIsZero 12", { rights: 3n }),
  inputs("UnusedIsZero 12", { argument: 5n }),
  inputs("UnusedIsZero 12", { term: 5n }),
  inputs("UnusedIsZero 12", { spare: 5n }),
  inputs("UnusedIsZero 12", { expiryGap: 5n }),
  inputs("SingleOperations 13", { inverse: 5n }, retire(), own),
  // Who escrowed, read as part of the kind.
  inputs("SingleOperations 13", { resource: GOLD + (3n << 56n), sEscrow: 0n }, watchOwn(3), [
    gold([A, 2], 1, 100n, { escrowFrom: C }),
  ]),
  // The same by the bit of what came in.
  inputs("SingleOperations 13", { resource: GOLD + (32n << 56n), sEscrow: 0n }, watchOwn(3), [
    gold([A, 2], 1, 100n, { escrowFrom: 32 }),
  ]),
  inputs("Condition 4", { fired: 1n }),
];

/** Values of bits that are neither 0 nor 1. */
const BITS: readonly ExactRows[] = [
  {
    // A claim by a capability for another resource: subject = subjected · id.
    breaks: "SortOfOperation 1",
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
    breaks: "SortOfOperation 1",
    groups: [[f(watchOwn(9), { inputs: { condition: [-7n, 8n, 0n, 0n, 0n] } })]],
  },
  {
    // −1 and 1 owed are nothing owed.
    breaks: "SortOfOperation 1",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [[f(escrow(1, 100n), { inputs: { sWatch: [-1n, 1n, 0n, 0n] } })]],
  },
  {
    breaks: "SortOfOperation 1",
    cells: [...own, { at: [B, 5], type: "empty", watch: 1 }, watchCell([C, 4], [B, 5])],
    groups: [[f(escrow(1, 100n), { inputs: { dWatch: [-1n, 1n, 0n, 0n] } })]],
  },
  {
    // Number 0, bit 1, one in all.
    breaks: "SortOfOperation 1",
    groups: [[f(watchOwn(3), { inputs: { rank: [-3n, 10n, -8n, 2n] } })]],
  },
  {
    // DeclareEntry − DelegateCapability + JoinWith: all that they open cancels out.
    breaks: "SortOfOperation 1",
    groups: [
      [
        f(rotate(0n), {
          inputs: { is: Array.from({ length: OPS }, (_, op) => (op === 10 ? -1n : BigInt(op === 4 || op === 16))) },
        }),
      ],
    ],
  },
  {
    breaks: "SortOfOperation 1",
    groups: [[f(rotate(0n), { inputs: { is: new Array<bigint>(OPS).fill(0n), argument: 0n } })]],
  },
];

/** Rules. */
const RULES: readonly ExactRows[] = [
  {
    breaks: "Batch 2",
    groups: [[f(issue(5))], [f(issue(6))], [f(issue(7))], [f(issue(8))]],
    open: true,
  },
  {
    breaks: "OpenColumns 4",
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
    breaks: "CellS 9",
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
    breaks: "CellX 11",
    groups: [
      [f(issue(5, C))],
      [f(create(A, 4, C), { inputs: { spare: 4n + (1n << 9n) + (1n << 41n) + (1n << 77n), xSeq: 0n } })],
    ],
  },
  { breaks: "SingleOperations 13", groups: [[f(join(5), { inputs: { spare: 0n } })]] },
  {
    breaks: "Watches 15",
    groups: [[f(watchOwn(9), { inputs: { condition: [1n, 0n, 0n, 0n, 0n] } })]],
  },
  {
    breaks: "Headers 7",
    groups: [[f(issue(), { clock: 7 })]],
  },
  {
    breaks: "Effect 16",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [[f(issue(5))], [f(issue(6))], [f(issue(7))], [f(escrow(1, 100n))]],
  },
  {
    breaks: "Call 3",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD, minimum: 101n }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD }, { nargs: 1 })), f(pass(1, 100n, 1), { inputs: { spare: 0n } })]],
  },
  {
    breaks: "Group 1",
    groups: [[f(issue(5), { inputs: { digest: 5n } }), f(issue(5, B))]],
  },
  {
    // What was lent on, as if it were its own beginning.
    breaks: "CapabilityInUse 8",
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
    breaks: "CellX 11",
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
    breaks: "Group 1",
    cells: [],
    holding: (digest) => [watchCell([A, 4], [A, 1], { state: "fired", trigger: digest })],
    groups: [[f(issue(5)), f(rowOf("Trigger", A, { authority: address(A, 4) }))]],
  },
  {
    breaks: "PendingChecks 1",
    cells: [gold([A, 1], 1, 100n, { watch: 1 }), watchCell([C, 4], [A, 1])],
    groups: [
      [
        f(escrow(1, 100n)),
        f(watchOwn(3)),
        f(rowOf("Check", A, { peer: A, source: address(A, 2), authority: address(A, 9), argument: { condition: 3 } }), {
          inputs: { checkTurn: [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  {
    breaks: "PendingChecks 1",
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
          inputs: { checkTurn: [1n, 0n, 0n, 0n, 0n, 0n, 0n, 0n] },
        }),
      ],
    ],
  },
  ...(
    [
      ["Condition 2", 1, { fired: 1n, spare: 0n }],
      ["Condition 2", 3, { spare: 5n }],
      ["Condition 3", 3, { fired: 1n }],
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
const onTarget = { checkTurn: [0n, 0n, 0n, 0n, 1n, 0n, 0n, 0n] };

/** Checks that a Check owes: the one that is done stays owed, and is done again. */
const AGAIN: ExactRows = {
  breaks: "CellD 10",
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
