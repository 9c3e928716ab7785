/** For each rule of a draft a small system in which a line of it holds, and the nearest in which it does not. */
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { centred, inverse } from "../../verifier/constraints/sums.ts";
import { bit, product, zero } from "./drafts.ts";
import type { Sums } from "./r1csFile.ts";

export interface Example {
  readonly what: string;
  readonly system: readonly Sums[];
  /** Lines of a draft. */
  readonly draft: readonly Line[];
  /** Signals of the file that are known at the end, besides those that the first lines name. */
  readonly known?: readonly number[];
  /** Between which numbers signals lie. */
  readonly bounds?: Readonly<Record<number, readonly [low: bigint, high: bigint]>>;
  /** Why another number in a line does as well. Elsewhere none does. */
  readonly also?: string;
}

export const within = (signal: number, low: number, high: number): Line => [
  "within",
  "test",
  signal,
  `${low}`,
  `${high}`,
];
export const chosen = (...signals: number[]): Line => ["chosen", "test", signals];
export const given: Line = ["given", [1]];

/** What follows of numbers by one constraint. */
export const NUMBERS: readonly Example[] = [
  {
    what: "follows: one signal is open, and its factor is a number",
    system: [zero({ 2: 3, 1: -1 }), product({ 2: 1, 0: 1 }, { 1: 1 }, { 3: 1, 4: 5 })],
    draft: [given, chosen(4), ["follows", 0, 1]],
    known: [2, 3],
  },
  {
    what: "asserts: no signal is open",
    system: [product({ 1: 1 }, { 1: 1 }, { 2: 1 })],
    draft: [given, chosen(2), ["asserts", 0]],
  },
  {
    what: "assumed: names only what is open",
    system: [zero({ 2: 1, 1: -1 })],
    draft: [given, ["follows", 0], ["assumed", "test", [2, 3, 3]]],
    known: [2, 3],
  },
  {
    what: "divides: the factor is known",
    system: [product({ 2: 1 }, { 1: 1, 3: 1 }, { 4: 1 }), product({ 1: 1 }, { 5: 1 }, { 4: 1 })],
    draft: [given, chosen(3, 4), ["divides", "test", 0, 1]],
    known: [2, 5],
  },
  {
    what: "either: a bit",
    system: [bit(2)],
    draft: [["either", 0, 2]],
    bounds: { 2: [0n, 1n] },
  },
  {
    what: "either: one of two sums is 0",
    system: [product({ 2: 1, 3: -1 }, { 2: 1, 3: 1, 0: -8 })],
    draft: [within(3, 0, 6), ["either", 0, 2]],
  },
  {
    what: "either: the other factor cannot be 0",
    also: "no line of a case that cannot be is looked at",
    system: [product({ 2: 1, 0: -5 }, { 3: 1, 0: 1 })],
    draft: [within(3, 0, 6), ["either", 0, 2]],
    known: [2],
  },
  {
    what: "range: of a sum",
    system: [zero({ 2: 1, 3: 2, 4: -1 })],
    draft: [within(2, 0, 3), within(3, -1, 1), ["range", 0, 4]],
    bounds: { 4: [-2n, 5n] },
  },
  {
    what: "range: of a product",
    system: [product({ 2: 1, 0: -1 }, { 3: 1 }, { 4: -1, 5: 4 })],
    draft: [within(2, 0, 3), within(3, -2, 2), within(5, 0, 0), ["range", 0, 4]],
  },
  {
    what: "range: of several constraints that are added",
    system: [zero({ 2: 1, 3: 1, 4: -1 }), zero({ 3: 1, 5: 1 })],
    draft: [
      within(4, 0, 9),
      within(5, 0, 4),
      [
        "range",
        [
          [0, "1"],
          [1, "-1"],
        ],
        2,
      ],
    ],
    bounds: { 2: [0n, 13n] },
  },
  {
    what: "radix: each part is greater than what the smaller ones make up for",
    system: [zero({ 2: 1, 3: 256, 4: 65536, 1: -1 })],
    draft: [given, within(2, 0, 255), within(3, 0, 255), within(4, 0, 9), ["radix", 0, "1"]],
    known: [2, 3, 4],
  },
  {
    what: "radix: the least part first",
    system: [zero({ 2: 1, 3: 4, 4: 4, 1: -1 })],
    draft: [given, within(2, 0, 3), within(3, 0, 5), within(4, 0, 5), ["radix", 0, "1"]],
    known: [2],
  },
  {
    what: "radix: the least part first, and no other after it",
    system: [zero({ 2: 1, 3: 2, 4: 4, 1: -1 })],
    draft: [given, within(2, 0, 1), within(3, 0, 2), within(4, 0, 1), ["radix", 0, "1"]],
    known: [2],
  },
  {
    what: "radix: in units of a fraction",
    also: "three times the sum does, too",
    system: [zero({ 2: inverse(2n), 3: 1, 1: -1 })],
    draft: [given, within(2, 0, 1), within(3, 0, 1), ["radix", 0, "2"]],
    known: [2, 3],
  },
  {
    what: "positive: a factor of 1",
    system: [product({ 3: 1 }, { 2: 1 }, { 0: 1 })],
    draft: [within(2, 0, 9), ["positive", 0, 2]],
    bounds: { 2: [1n, 9n] },
  },
  {
    what: "positive: there is only one value left",
    system: [product({ 2: 1 }, { 3: 1 }, { 4: 1 })],
    draft: [within(2, 0, 1), within(4, 7, 9), ["positive", 0, 2]],
    known: [2],
  },
];

/** a · b = 0, and t · (a + b − x4) = 0. */
const gap = (a: Record<number, number>, b: Record<number, number>, t: bigint): Sums[] => {
  const sum: Record<number, bigint> = { 4: -t };
  for (const part of [a, b])
    for (const [signal, factor] of Object.entries(part))
      sum[+signal] = centred((sum[+signal] ?? 0n) + BigInt(factor) * t);
  return [product(a, b), zero(sum)];
};
const FRACTION = centred(inverse(7n));
const SAME = "in a case, the constraint of the file says the same as the one that was derived";

const most = (what: string, factor: number, t: bigint, high = 1000): Example => ({
  what: `most: ${what}`,
  also: SAME,
  system: gap({ 2: factor, 3: -factor }, { 2: factor, 5: -factor }, t),
  draft: [given, chosen(3, 5), within(4, 0, high), ["most", 0, 1, 2]],
  known: [2],
});

export const VALUE = "bounds of one value say what the signal is";

/** What follows as a product is 0, and of bits of which one is 1. */
export const PRODUCTS: readonly Example[] = [
  {
    what: "gap: the signal is the first factor",
    system: gap({ 2: 1 }, { 3: 1 }, 1n),
    draft: [within(4, 0, 9), ["gap", 0, 1, 2], ["gap", 0, 1, 3]],
    bounds: { 2: [0n, 9n], 3: [0n, 9n] },
  },
  {
    what: "gap: the signal is in the second factor, with the factor −1",
    system: gap({ 3: 1, 0: -2 }, { 2: -1, 5: 1 }, 3n),
    draft: [within(4, -3, 9), within(5, 0, 4), ["gap", 0, 1, 2]],
  },
  {
    what: "gap: the sum has a fraction as its factor",
    system: gap({ 2: 1 }, { 3: 1 }, FRACTION),
    draft: [within(4, 1, 9), ["gap", 0, 1, 2]],
  },
  most("the greater of two", 1, 1n),
  most("times −1", 1, -1n),
  most("times a number", 3, 5n),
  most("times a fraction", 1, FRACTION),
  most("both are the same", 1, 1n, 0),
  {
    what: "most: twice, in both cases of a bit",
    also: SAME,
    system: [...gap({ 2: 1, 3: -1 }, { 2: 1, 5: -1 }, 1n), bit(1)],
    draft: [
      given,
      ["either", 2, 1],
      chosen(3, 5),
      within(4, 0, 9),
      ["cases", 1, [[["most", 0, 1, 2]], [["most", 0, 1, 2]]]],
    ],
    known: [2],
  },
  {
    what: "most: a product that is 0 only as a signal is",
    also: SAME,
    system: [product({ 2: 1, 3: -1 }, { 2: 1, 5: -1 }, { 1: 1 }), zero({ 2: 2, 3: -1, 5: -1, 4: -1 })],
    draft: [given, chosen(3, 5), within(4, 0, 9), within(1, 0, 0), ["most", 0, 1, 2]],
    known: [2],
  },
  {
    what: "zero: of one signal",
    also: VALUE,
    system: [product({ 1: 1 }, { 2: 1 }, { 0: 1, 3: -1 }), product({ 1: 1 }, { 3: 1 })],
    draft: [given, ["zero", 0, 1, 3]],
    known: [3],
    bounds: { 3: [0n, 1n] },
  },
  {
    what: "zero: of one signal that is the second factor, and open",
    system: [product({ 2: 1 }, { 5: 1 }, { 0: 1, 3: -1 }), product({ 3: 1 }, { 5: 2 })],
    draft: [["zero", 0, 1, 3]],
    bounds: { 3: [0n, 1n] },
  },
  {
    what: "zero: of a sum",
    also: VALUE,
    system: [product({ 1: 1, 4: -1 }, { 2: 1 }, { 0: 1, 3: -1 }), product({ 1: 2, 4: -2 }, { 3: 1 })],
    draft: [given, chosen(4), ["zero", 0, 1, 3]],
    known: [3],
    bounds: { 3: [0n, 1n] },
  },
  {
    what: "zero: of a sum that is the second factor, in both",
    also: VALUE,
    system: [product({ 2: 1 }, { 1: 3, 4: -3 }, { 0: 1, 3: -1 }), product({ 3: 1 }, { 1: 1, 4: -1 })],
    draft: [given, chosen(4), ["zero", 0, 1, 3]],
    known: [3],
    bounds: { 3: [0n, 1n] },
  },
  {
    what: "zero: of a sum, and the other signal has no bounds",
    system: [product({ 1: 1, 0: -4 }, { 2: 1 }, { 4: 1, 3: -1 }), product({ 1: 1, 0: -4 }, { 3: 1, 5: 2 })],
    draft: [given, chosen(4, 5), ["zero", 0, 1, 3]],
    known: [3],
  },
  {
    what: "zero: of a sum, where a product is 0 only as a signal is",
    system: [product({ 1: 1, 0: -4 }, { 2: 1 }, { 4: 1, 3: -1 }), product({ 1: 2, 0: -8 }, { 3: 1 }, { 5: 1 })],
    draft: [given, chosen(4), within(5, 0, 0), ["zero", 0, 1, 3]],
    known: [3],
  },
  {
    what: "zero: twice, in both cases of a bit",
    also: VALUE,
    system: [product({ 1: 1, 4: -1 }, { 2: 1 }, { 0: 1, 3: -1 }), product({ 1: 1, 4: -1 }, { 3: 1 }), bit(4)],
    draft: [given, chosen(4), ["either", 2, 4], ["cases", 4, [[["zero", 0, 1, 3]], [["zero", 0, 1, 3]]]]],
    known: [3],
  },
  {
    what: "index: of three bits",
    system: [bit(2), bit(3), bit(4), zero({ 2: 1, 3: 1, 4: 1, 0: -1 }), zero({ 3: 1, 4: 2, 1: -1 })],
    draft: [given, ["either", 0, 2], ["either", 1, 3], ["either", 2, 4], ["index", 3, 4]],
    known: [2, 3, 4],
  },
  {
    what: "index: of three bits, one of which is known, and another has the number 0",
    system: [bit(2), bit(3), bit(4), zero({ 2: 1, 3: 1, 4: 1, 0: -1 }), zero({ 3: 1, 4: 2, 1: -1 })],
    draft: [given, chosen(4), ["either", 0, 2], ["either", 1, 3], ["either", 2, 4], ["index", 3, 4]],
    known: [2, 3],
  },
  {
    what: "index: of three bits, one of which is known, and the others have numbers",
    system: [bit(2), bit(3), bit(4), zero({ 2: 1, 3: 1, 4: 1, 0: -1 }), zero({ 2: 3, 3: 1, 4: 2, 1: -1 })],
    draft: [given, chosen(4), ["either", 0, 2], ["either", 1, 3], ["either", 2, 4], ["index", 3, 4]],
    known: [2, 3],
  },
  {
    what: "index: of four bits, two of which are known",
    system: [...[2, 3, 4, 5].map(bit), zero({ 2: 1, 3: 1, 4: 1, 5: 1, 0: -1 }), zero({ 3: 1, 4: 2, 5: 3, 1: -1 })],
    draft: [
      ...[given, chosen(4, 2), within(2, 0, 1), within(3, 0, 1), within(4, 0, 1), within(5, 0, 1)],
      ["index", 4, 5],
    ],
    known: [3, 5],
  },
];
