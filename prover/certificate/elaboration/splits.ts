/** Lines with cases: the branches are translated while the draft is followed through them. */
import type { Terms } from "../../../verifier/constraints/system.ts";
import type { Line } from "../reasoning/reasoner.ts";
import type { Followed, Later, Translations } from "./followed.ts";
import { cut, ranged } from "./linear.ts";

/** Each value of a signal is a part of its interval, which the certificate cuts where a value begins. */
function startsOf(on: Followed, signal: number): string[] {
  const [low, high] = on.boundsOf(signal);
  return Array.from({ length: Number(high - low) }, (_, i) => String(low + 1n + BigInt(i)));
}

/** A signal whose value decides the case, and the line that says where it lies; the sum may be one already. */
function decider(on: Followed, by: Terms): [signal: number, known: Line[], placed: Line[]] {
  const own = on.numbers.terms(by);
  const [signalOf = 0] = own.map(([signal]) => signal);
  if (own.length === 1 && signalOf !== 0) return [signalOf, [], []];
  const [signal, defined] = on.shared(`decider ${JSON.stringify(own)}`, () => on.define(own));
  return [signal, [["follows", defined]], [["range", defined, signal]]];
}

/** Bits of which one is 1, in their order. Where one is, the others are 0; the last one is 1 if no other is. */
interface Bits {
  /** Of the constraint that says so, in the certificate's numbers; and what each bit has for a factor there. */
  readonly n: number;
  readonly scale: bigint;
  readonly bits: readonly number[];
}

/** @param by which signal decides whether a bit is 1 */
function oneOf({ n, scale, bits }: Bits, by: (bit: number) => number, branches: readonly Line[][]): Line[] {
  const [bit = 0, ...others] = bits;
  const [own = [], ...rest] = branches;
  if (others.length === 0) return [ranged(n, bit, scale), ...own];
  const isOne = [...others.map((one) => ranged(n, one, scale)), ...own];
  return cut(bit, by(bit), ["1"], [oneOf({ n, scale, bits: others }, by, rest), isOne]);
}

/** The bits of a constraint of the draft. */
function bitsOf(on: Followed, n: number, among: readonly number[]): Bits {
  const scale = on.linear(n).get(among[0] ?? 0) ?? 1n;
  return { n: on.numbers.constraint(n), scale, bits: on.numbers.signals(among) };
}

export const SPLITS: Translations = {
  cases: (on, signal: number): Later => {
    const [own, starts] = [on.numbers.signal(signal), startsOf(on, signal)];
    return () => cut(own, own, starts, on.branches);
  },
  apart: (on, signal: number, by: Terms): Later => {
    const [[decides, known, placed], starts] = [decider(on, by), startsOf(on, signal)];
    return () => [
      ...known,
      ...cut(
        on.numbers.signal(signal),
        decides,
        starts,
        on.branches.map((lines) => [...lines, ...placed]),
      ),
    ];
  },
  onehot: (on, n: number): Later => {
    const bits = bitsOf(on, n, on.oneOf(n));
    return () => oneOf(bits, (bit) => bit, on.branches);
  },
  /**
   * Each bit in turn is 1. The second constraint leaves a known number to the bits that are open: t, which is defined
   * as the sum of them, each times its factor there. So t lies elsewhere in each case, and above those that are left.
   */
  index: (on, ones: number, number: number) => {
    const [all, numbered] = [on.oneOf(ones), on.linear(number)];
    const factorOf = (bit: number): bigint => numbered.get(bit) ?? 0n;
    const known = all.filter((bit) => on.facts.known.has(bit));
    const open = all.filter((bit) => !known.includes(bit)).sort((x, y) => (factorOf(x) < factorOf(y) ? 1 : -1));
    const bits = bitsOf(on, ones, [...known, ...open]);
    if (open.length < 2) return oneOf(bits, (bit) => bit, []);
    const sum: Terms = open
      .filter((bit) => numbered.has(bit))
      .map((bit) => [on.numbers.signal(bit), String(factorOf(bit))]);
    const [t, defined] = on.shared(`index ${JSON.stringify(sum)}`, () => on.define(sum));
    const follows: Line = [
      "follows",
      [
        [on.numbers.constraint(number), "1"],
        [defined, "-1"],
      ],
    ];
    const isKnown = new Set(on.numbers.signals(known));
    const placed = bits.bits.map((): Line[] => [["range", defined, t]]);
    return [follows, ...oneOf(bits, (bit) => (isKnown.has(bit) ? bit : t), placed)];
  },
};
