/** Examples of drafts: signs, what is added by algebra, and cases. */
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { chosen, type Example, given, VALUE, within } from "./draftExamples.ts";
import { bit, product, terms, zero } from "./drafts.ts";
import type { Sums } from "./r1csFile.ts";

/** x2² = x3² and x5² = x3², by x4; and x3 · x1 = x2 + 2 · x5. */
const SQUARES: readonly Sums[] = [
  product({ 2: 2 }, { 2: 3 }, { 4: 6 }),
  product({ 3: 1 }, { 3: -1 }, { 4: -1 }),
  product({ 5: 1 }, { 5: 1 }, { 4: 1 }),
  product({ 3: 1 }, { 1: 1 }, { 2: 1, 5: 2 }),
];
const ROOT: Line = ["nonzero", "test", [3]];

export const SIGNS: readonly Example[] = [
  {
    what: "sign: and the bit that says which",
    system: SQUARES,
    draft: [ROOT, ["sign", 0, 1, 2, 3], ["assumed", "test", [6, 3]], ["follows", 4]],
    known: [3, 2],
  },
  {
    what: "cancel: a sum of signs",
    system: SQUARES,
    draft: [ROOT, ["sign", 0, 1, 2, 3], ["sign", 2, 1, 5, 3], ["cancel", 3, 3], ["range", 6, 1]],
    bounds: { 1: [-3n, 3n] },
  },
  {
    what: "cancel: signs that are digits",
    also: "a square says as well what x is, if the other sign is known",
    system: SQUARES,
    draft: [
      ...[given, chosen(3), ROOT],
      ...([
        ["sign", 0, 1, 2, 3],
        ["sign", 2, 1, 5, 3],
        ["cancel", 3, 3],
      ] as Line[]),
      ...([
        ["radix", 6, "1"],
        ["follows", 4, 5],
      ] as Line[]),
    ],
    known: [2, 5],
  },
];

export const ALGEBRA: readonly Example[] = [
  {
    what: "define, rewrite: a constraint with a sum as a signal",
    system: [product({ 2: 1, 3: 1 }, { 2: 1, 3: 1, 0: -1 }), zero({ 2: 1, 3: 1, 1: -1 })],
    draft: [
      ["define", terms({ 2: 1, 3: 1 })],
      ["rewrite", 0, terms({ 6: 1 }), terms({ 6: 1, 0: -1 }), []],
      ["either", 3, 6],
      ["rewrite", 1, [], [], terms({ 6: 1, 1: -1 })],
      ["range", 4, 1],
    ],
    bounds: { 1: [0n, 1n], 6: [0n, 1n] },
  },
  {
    what: "define: a sum of signals that were defined",
    also: "any sum of known signals is known",
    system: [zero({ 2: 1, 1: -4 })],
    draft: [given, ["define", terms({ 2: 3 })], ["define", terms({ 6: 2, 1: 1 })], ["follows", 0, 1, 2]],
    known: [2, 6, 7],
  },
  {
    what: "define: after a signal that only the certificate has",
    system: [
      product({ 1: 1, 4: -1 }, { 2: 1 }, { 0: 1, 3: -1 }),
      product({ 1: 1, 4: -1 }, { 3: 1 }),
      zero({ 5: 1, 3: 2 }),
    ],
    draft: [
      ...([given, chosen(4), ["zero", 0, 1, 3]] as Line[]),
      ["define", terms({ 5: 1, 3: 1 })],
      ["rewrite", 2, [], [], terms({ 6: 1, 3: 1 })],
      ["range", 4, 6],
    ],
    known: [3],
    bounds: { 6: [-1n, 0n] },
    also: VALUE,
  },
  {
    what: "identity: both sides are the same sum",
    also: "the definition says the same",
    system: [bit(2)],
    draft: [
      ["define", terms({ 2: 2, 0: 5 })],
      ["either", 0, 2],
      ["identity", [], [], terms({ 2: 2, 0: 5, 6: -1 })],
      ["range", 2, 6],
    ],
    bounds: { 6: [5n, 7n] },
  },
  {
    what: "add: linear constraints, also such as have a number as a factor",
    system: [product({ 0: 3 }, { 2: 1, 3: -1 }, { 1: 1 }), zero({ 3: 1, 4: 2 })],
    draft: [
      given,
      chosen(4),
      [
        "add",
        [
          [0, "1"],
          [1, "-3"],
        ],
      ],
      ["follows", 2],
    ],
    known: [2],
  },
];

/** x1 = 10 · x2 + x3, and more. */
const DIGITS: readonly Sums[] = [zero({ 2: 10, 3: 1, 1: -1 }), bit(2), zero({ 4: 1, 2: 3, 3: 5 }), bit(4), bit(5)];
const RANGE: Line = ["range", 0, 1];
const FOLLOWS: Line = ["follows", 4];

export const SPLITS: readonly Example[] = [
  {
    what: "cases: of a signal that is known",
    system: [product({ 2: 1 }, { 3: 1 }, { 1: 1, 4: 1 }), product({ 2: 1, 0: -1 }, { 3: 1 }, { 4: 2, 1: 1 })],
    draft: [given, chosen(2, 4), within(2, 0, 1), ["cases", 2, [[["follows", 1]], [["follows", 0]]]]],
    known: [3],
  },
  {
    what: "cases: of a signal that is not known give bounds, and no more",
    system: [product({ 2: 1 }, { 3: 1 }, { 4: 1 })],
    draft: [within(2, 2, 4), within(3, -1, 5), ["cases", 2, [[["range", 0, 4]], [["range", 0, 4]], [["range", 0, 4]]]]],
    bounds: { 4: [-4n, 20n] },
  },
  {
    what: "absurd: a value that cannot be",
    system: [zero({ 2: 1, 3: 1, 0: -1 })],
    draft: [within(3, 0, 1), within(2, 0, 2), ["cases", 2, [[], [], [["absurd", 0]]]]],
    bounds: { 2: [0n, 1n] },
  },
  {
    what: "absurd: a product of what is not 0",
    system: [product({ 2: 1, 5: 1 }, { 3: 1, 0: 4 })],
    draft: [within(5, 0, 5), within(3, 1, 9), within(2, 0, 1), ["cases", 2, [[], [["absurd", 0]]]]],
    known: [2],
  },
  {
    what: "absurd: only one case can be, and is known by that",
    system: [product({ 2: 1, 0: 1 }, { 3: 1, 0: 4 })],
    draft: [within(3, 1, 9), within(2, -1, 0), ["cases", 2, [[], [["absurd", 0]]]]],
    known: [2],
  },
  {
    what: "apart: a known number lies elsewhere in each case",
    system: DIGITS,
    draft: [given, ["either", 1, 2], within(3, 0, 9), ["apart", 2, terms({ 1: 1 }), [[RANGE], [RANGE]]]],
    known: [2],
  },
  {
    what: "apart: and what follows in each case",
    system: DIGITS,
    draft: [
      ...[given, within(2, 0, 2), within(3, 0, 9)],
      ["apart", 2, terms({ 1: 2 }), [0, 1, 2].map((): Line[] => [RANGE, ["follows", 0, 2]])],
    ],
    known: [2, 3, 4],
  },
  {
    what: "onehot: each of three bits in turn",
    system: [bit(2), bit(3), bit(4), zero({ 2: 5, 3: 5, 4: 5, 0: -5 }), zero({ 2: 1, 3: 7, 4: 4, 5: -1 })],
    draft: [
      ...([
        ["either", 0, 2],
        ["either", 1, 3],
        ["either", 2, 4],
      ] as Line[]),
      ["onehot", 3, [[["range", 4, 5]], [["range", 4, 5]], [["range", 4, 5]]]],
    ],
    bounds: { 5: [1n, 7n] },
  },
  {
    what: "cases in cases: a factor that is 0 in none of them",
    system: [bit(2), bit(3), bit(4), zero({ 3: 1, 4: 1, 0: -1 }), product({ 2: 2, 3: 4, 0: -3 }, { 5: 1 }, { 1: 1 })],
    draft: [
      ...[given, chosen(2, 3, 4), within(2, 0, 1), within(3, 0, 1), within(4, 0, 1)],
      ["cases", 2, [[["cases", 3, [[FOLLOWS], [FOLLOWS]]]], [["onehot", 3, [[FOLLOWS], [FOLLOWS]]]]]],
    ],
    known: [5],
  },
  {
    what: "free: in one case, and known in the other",
    also: "what is known in one case only is not known",
    system: [bit(2), product({ 2: 1 }, { 3: 1 }, { 1: 1 })],
    draft: [given, chosen(2), ["either", 0, 2], ["cases", 2, [[["free", "no use", [3]]], [["follows", 1]]]]],
  },
  {
    what: "free: and known afterwards",
    system: [bit(2), zero({ 1: 1, 3: 2 })],
    draft: [given, chosen(2), ["free", "no use", [3, 4]], ["follows", 1]],
    known: [3],
  },
  {
    what: "define, rewrite, add: in a case",
    also: "a sum of definitions says the same",
    system: [bit(2), zero({ 3: 1, 4: 1, 1: -1 }), zero({ 4: 2, 5: 1 })],
    draft: [
      ...([given, chosen(2), ["either", 0, 2]] as Line[]),
      [
        "cases",
        2,
        [
          [
            ["define", terms({ 3: 1, 4: 1 })],
            ["rewrite", 1, [], [], terms({ 6: 1, 1: -1 })],
            ["follows", 4],
          ],
          [
            ["follows", 4],
            [
              "add",
              [
                [1, "2"],
                [2, "-1"],
              ],
            ],
            ["assumed", "test", [5]],
            ["follows", 5],
          ],
        ],
      ],
    ],
    known: [6],
  },
];
