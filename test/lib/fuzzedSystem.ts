/** Small random systems of constraints, with witnesses of each: not all of them, but each satisfies all constraints. */
import { centred, inverse, P } from "../../verifier/constraints/sums.ts";
import type { Sums } from "./r1csFile.ts";
import type { Random } from "./random.ts";

/** Values by signal, from 0 to P − 1; that of signal 0 is 1. */
export type Witness = bigint[];
export type Pairs = readonly (readonly [signal: number, factor: bigint])[];

export const modulo = (n: bigint): bigint => ((n % P) + P) % P;
export const valueIn = (sum: Iterable<readonly [number, bigint]>, witness: Witness): bigint => {
  let value = 0n;
  for (const [signal, factor] of sum) value += factor * (witness[signal] as bigint);
  return modulo(value);
};

/** So many witnesses are kept at most: two that differ are enough to show that a fact is false. */
const MOST = 96;
const SMALL = [1n, 1n, 1n, 1n, -1n, -1n, 2n, 2n, 3n, 4n, -2n, 8n] as const;
const LARGE = [inverse(2n), inverse(3n), 1n << 128n, P / 2n, P / 3n, centred(-inverse(4n))] as const;

export class FuzzedSystem {
  readonly constraints: Sums[] = [];
  witnesses: Witness[] = [[1n]];
  signals = 1;
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
    this.#sample();
    const steps = [this.#bit, this.#bit, this.#bit, this.#ternary, this.#twoValues, this.#sample];
    const more = [this.#linear, this.#linear, this.#product, this.#quotient, this.#isZero, this.#signs, this.#choice];
    for (let left = 2 + random.below(3); left > 0; left--) random.pick(steps).call(this);
    for (let left = 1 + random.below(4); left > 0; left--) random.pick(more).call(this);
    for (let left = random.below(4); left > 0; left--) this.#filter();
  }

  /** A new signal, with the values that it may have in each witness. */
  #add(values: (witness: Witness) => readonly bigint[]): number {
    const all = this.witnesses.flatMap((one) => values(one).map((value) => [...one, modulo(value)]));
    this.#keep(all);
    return this.signals++;
  }
  #keep(all: Witness[]): void {
    while (all.length > MOST) all.splice(this.#random.below(all.length), 1);
    this.witnesses = all;
  }
  #any(): number {
    return 1 + this.#random.below(this.signals - 1);
  }
  #factor(): bigint {
    return this.#random.below(12) === 0 ? this.#random.pick(LARGE) : this.#random.pick(SMALL);
  }
  /** A random sum, in which each signal is once. */
  sum(most = 3): Pairs {
    const terms = new Map<number, bigint>();
    if (this.#random.below(3) === 0) terms.set(0, this.#factor());
    for (let left = 1 + this.#random.below(most); left > 0; left--) terms.set(this.#any(), this.#factor());
    return [...terms];
  }
  /** x − value, times a number. */
  #less(signal: number, value: bigint): Pairs {
    const times = this.#factor();
    return value === 0n
      ? [[signal, times]]
      : [
          [signal, times],
          [0, centred(-times * value)],
        ];
  }

  #sample(): void {
    const among = [0n, 1n, 2n, 3n, -1n, 5n, P / 2n];
    const few = among.filter(() => this.#random.below(2) === 0);
    this.#add(() => (few.length > 0 ? few : [0n, 1n]));
  }
  #bit(): void {
    const bit = this.#add(() => [0n, 1n]);
    this.constraints.push([this.#less(bit, 0n), this.#less(bit, 1n), []]);
  }
  #twoValues(): void {
    const [p, q] = [this.#random.pick([0n, 1n, -1n, 3n]), this.#random.pick([0n, 2n, 5n, P / 2n])];
    const one = this.#add(() => [...new Set([p, q])]);
    this.constraints.push([this.#less(one, p), this.#less(one, q), []]);
  }
  #ternary(): void {
    const one = this.#add(() => [0n, 1n, 2n]);
    const two = this.#add((w) => [(w[one] as bigint) * ((w[one] as bigint) - 1n)]);
    const x: Pairs = [[one, 1n]];
    this.constraints.push([x, [...x, [0, -1n]], [[two, 1n]]]);
    this.constraints.push([[[two, 1n]], [...x, [0, -2n]], []]);
  }
  #linear(): void {
    const sum = this.sum(4);
    const one = this.#add((w) => [valueIn(sum, w)]);
    const whole: Pairs = [...sum, [one, -1n]];
    this.constraints.push(this.#random.below(2) === 0 ? [[], [], whole] : [[[0, 2n]], whole, []]);
  }
  #product(): void {
    const [a, b] = [this.sum(2), this.sum(2)];
    const one = this.#add((w) => [valueIn(a, w) * valueIn(b, w)]);
    this.constraints.push([a, b, [[one, 1n]]]);
  }
  /** a · x = c: where a and c are 0, x is anything. */
  #quotient(): void {
    const [a, c] = [this.sum(2), this.sum(2)];
    const one = this.#add((w) => {
      const [bottom, top] = [valueIn(a, w), valueIn(c, w)];
      return bottom === 0n ? (top === 0n ? [0n, 1n, 7n] : []) : [top * inverse(centred(bottom))];
    });
    this.constraints.push([a, [[one, 1n]], c]);
  }
  #isZero(): void {
    const a = this.sum(2);
    const inverted = this.#add((w) => {
      const value = valueIn(a, w);
      return value === 0n ? [0n, 4n] : [inverse(centred(value))];
    });
    const out = this.#add((w) => [valueIn(a, w) === 0n ? 1n : 0n]);
    this.constraints.push([
      a,
      [[inverted, 1n]],
      [
        [0, 1n],
        [out, -1n],
      ],
    ]);
    this.constraints.push([a, [[out, 1n]], []]);
  }
  /** Two roots of one square. */
  #signs(): void {
    const v = this.#any();
    const square = this.#add((w) => [(w[v] as bigint) ** 2n]);
    const x = this.#add((w) => [...new Set([w[v] as bigint, modulo(-(w[v] as bigint))])]);
    for (const one of [v, x]) this.constraints.push([[[one, 1n]], [[one, 1n]], [[square, 1n]]]);
  }
  /** Bits of which one is 1. */
  #choice(): void {
    const before = this.signals;
    for (let left = 2 + this.#random.below(2); left > 0; left--) this.#bit();
    const bits = Array.from({ length: this.signals - before }, (_, i): [number, bigint] => [before + i, 2n]);
    this.#must([[], [], [...bits, [0, -2n]]], false);
  }
  /** One more constraint, that holds in a witness: the others go, in which it does not. */
  #filter(): void {
    const { witnesses } = this;
    if (witnesses.length === 0) return;
    const one = this.#random.pick(witnesses);
    const [a, b] = [this.sum(3), this.sum(2)];
    const level = (sum: Pairs): Pairs => {
      const value = centred(valueIn(sum, one) - (sum.find(([signal]) => signal === 0)?.[1] ?? 0n));
      return [...sum.filter(([signal]) => signal !== 0), ...(value === 0n ? [] : [[0, -value] as const])];
    };
    const kind = this.#random.below(3);
    this.#must(kind === 0 ? [[], [], level(a)] : kind === 1 ? [level(a), b, []] : [level(a), level(b), []], true);
  }
  #must(sums: Sums, isRare: boolean): void {
    const [a, b, c] = sums as [Pairs, Pairs, Pairs];
    const left = this.witnesses.filter((w) => modulo(valueIn(a, w) * valueIn(b, w) - valueIn(c, w)) === 0n);
    // Where few are left, there is little to find.
    if (isRare && left.length < 3) return;
    this.constraints.push(sums);
    this.witnesses = left;
  }
}
