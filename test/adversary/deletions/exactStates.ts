/**
 * Exact forgeries from states that no genesis and no row can make. The circuit must not depend on a valid state. See
 * `exactRows.ts`.
 */
import { address } from "../../../trace/layout.ts";
import { rowOf } from "../../../trace/machine/rowShape.ts";
import { capability } from "../../lib/build.ts";
import { asProgram0, LAST } from "../lib/nodes.ts";
import { A, B, C, f, watchCell } from "../lib/words.ts";
import { type ExactRows, quotient, rotate } from "./exactRow.ts";

export const EXACT_STATES: readonly ExactRows[] = [
  {
    // A line that leads into the memory of program 0, where the slot alone is the address; behind it, something that
    // uses no capability.
    breaks: "CapabilityInUse 8",
    cells: [
      capability([B, 9], A, 8 + 1),
      capability([LAST, 9], C, 1, { nonce: 5, parent: address(B, 9), parentNonce: 0 }),
      watchCell([C, 9], [A, 1], { state: "spent" }),
    ],
    groups: [
      [
        f(rowOf("Lineage", C, { peer: LAST, source: address(B, 9), authority: address(LAST, 9) }), {
          inputs: { peer: 0n },
        }),
        f(rowOf("Clear", C, { authority: address(C, 9) })),
      ],
    ],
    adapt: asProgram0,
  },
  {
    // A header beside slot 0, and an actor of which 256 times is its address.
    breaks: "Ranges 2",
    cells: [{ at: [A, 5], type: "program", inbox: 4, steps: 0, clock: 0, authority: 0n, log: 0n }],
    groups: [
      [
        f(rotate(9n), {
          elsewhere: { A: address(A, 5) },
          inputs: { actor: quotient(BigInt(address(A, 5)), 256n) },
        }),
      ],
    ],
  },
];
