/** Exact forgeries of fields that are too wide and borrow from their neighbour in a word: see `exactRows.ts`. */
import { address } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability, GOLD } from "../../lib/build.ts";
import { A, B, C, call, entry, f, gold, id, pass, T, thing, watchCell } from "../lib/words.ts";
import { type ExactRows, issue, join, own, quotient, retire } from "./exactRow.ts";

/** Numbers that are too wide and borrow from their neighbour in the word. */
export const EXACT_RANGES: readonly ExactRows[] = [
  {
    breaks: "Ranges 2",
    cells: [gold([B, 1], 1, 100n)],
    groups: [[f(rowOf("Retire", A, { source: address(B, 1), ...thing(1, 100n) }), { inputs: { sSlot: 257n } })]],
  },
  {
    breaks: "Ranges 2",
    groups: [[f({ ...issue(), destination: address(B, 1) }, { inputs: { dSlot: 257n } })]],
  },
  {
    breaks: "Ranges 2",
    cells: [watchCell([B, 4], [C, 1], { state: "spent" })],
    groups: [[f(rowOf("Clear", A, { authority: address(B, 4) }), { inputs: { xSlot: 260n } })]],
  },
  {
    breaks: "Ranges 2",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A, deadline: T + 1 })],
    groups: [
      [
        f(
          rowOf("RevokeResource", A, {
            peer: B,
            source: address(B, 5),
            destination: address(A, 6),
            ...thing(1, 100n),
            resource: id(1) + (1n << 64n),
          }),
          { inputs: { after: 1n, term: 0n } },
        ),
      ],
    ],
  },
  {
    // Held in escrow from program 1, and shown as held outright.
    breaks: "Ranges 2",
    cells: [gold([B, 1], 1, 100n, { escrowFrom: A })],
    groups: [
      [
        f(rowOf("Retire", B, { source: address(B, 1), ...thing(1, 100n), kind: GOLD + (1n << 56n) }), {
          inputs: { sEscrow: 0n },
        }),
      ],
    ],
  },
  {
    breaks: "Ranges 2",
    cells: own,
    groups: [[f({ ...retire(), quantity: 100n + (1n << 130n), resource: id(0) })]],
  },
  {
    // An entry that takes another kind: 2^32 of scope are one of kind.
    breaks: "Ranges 2",
    cells: [entry([B, 3], { nargs: 1, accepts: GOLD + 1n, minimum: 0n }), gold([A, 1], 1, 100n)],
    groups: [[f(call({ kind: GOLD + 1n }, { nargs: 1 })), f(pass(1, 100n, 1), { inputs: { scope: 1n << 32n } })]],
  },
  {
    breaks: "Ranges 2",
    cells: [
      capability([B, 9], A, 2),
      entry([B, 3], { nargs: 1, guard: 1, accepts: GOLD, minimum: 0n }),
      gold([A, 1], 1, 100n),
    ],
    groups: [
      [
        f(call({ kind: GOLD, source: address(B, 9) }, { nargs: 1, guard: 1 })),
        f(pass(1, 100n, 1), { inputs: { scope: 0n, rights: 257n } }),
      ],
    ],
  },
  {
    breaks: "Ranges 2",
    cells: [gold([B, 5], 1, 100n), capability([B, 9], C, 1)],
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
          { inputs: { capRights: 1n + (1n << 72n), xSeq: -1n } },
        ),
      ],
    ],
  },
  {
    breaks: "Ranges 2",
    cells: [gold([B, 5], 1, 100n, { escrowFrom: A })],
    groups: [
      [
        f(rowOf("ClaimFromProgram", B, { peer: B, source: address(B, 5), ...thing(1, 100n) }), {
          inputs: { sEscrow: 1n + (1n << 68n), sSeq: -1n },
        }),
      ],
    ],
  },
  {
    // A clock that goes back.
    breaks: "Ranges 2",
    groups: [[f(issue(5))], [f(issue(6), { clock: 1, inputs: { aLow: 4n + (1n << 9n) + (1n << 41n), aClock: 0n } })]],
  },
  {
    // Steps that the peer has not made, from its inbox.
    breaks: "Ranges 2",
    groups: [[f(join(1), { inputs: { bInbox: 4n - 512n, bSteps: 1n, spare: 0n } })]],
  },
  {
    // And from its clock.
    breaks: "Ranges 2",
    groups: [
      [f(issue(5, B))],
      [f(join(7), { clock: 1, inputs: { bClock: 0n, bSteps: 1n + (1n << 32n), spare: 1n + (1n << 32n) - 7n } })],
    ],
  },
  {
    breaks: "Ranges 2",
    cells: [{ at: [A, 0], type: "program", inbox: 4, steps: 0, clock: 2 ** 32 - 1, authority: 0n, log: 0n }],
    groups: [[f(issue())]],
  },
  {
    breaks: "Headers 7",
    cells: [{ at: [A, 0], type: "program", inbox: 4, steps: 0, clock: 9, authority: 0n, log: 0n }],
    groups: [[f(join(), { clock: 1 })]],
  },
  {
    breaks: "Headers 7",
    cells: [{ at: [B, 0], type: "program", inbox: 4, steps: 0, clock: 9, authority: 0n, log: 0n }],
    groups: [[f(join(), { clock: 1 })]],
  },
  {
    // The capability that is lent on, under a holder and a slot that make the same address.
    breaks: "Ranges 2",
    cells: [capability([B, 9], A, 8 + 1)],
    groups: [
      [
        f(
          rowOf("DelegateCapability", A, {
            peer: C,
            destination: address(A, 9),
            authority: address(B, 9),
            argument: { scope: 0, rights: 1 },
          }),
          { inputs: { holder: quotient(256n * BigInt(B) - 1n, 256n), xSlot: 10n } },
        ),
      ],
    ],
  },
  {
    // The capability above the one in use, under a peer and a slot that make the same address.
    breaks: "Ranges 2",
    cells: [
      gold([B, 5], 1, 100n),
      capability([B, 9], A, 8 + 1),
      capability([A, 9], C, 1, { nonce: 5, parent: address(B, 9), parentNonce: 0 }),
    ],
    groups: [
      [
        f(rowOf("Lineage", C, { peer: A, source: address(B, 9), authority: address(A, 9) }), {
          inputs: { peer: quotient(256n * BigInt(A) - 1n, 256n), xSlot: 10n },
        }),
        f(
          rowOf("ClaimFromProgram", C, {
            peer: B,
            source: address(B, 5),
            destination: address(C, 1),
            authority: address(A, 9),
            ...thing(1, 100n),
          }),
        ),
      ],
    ],
  },
];
