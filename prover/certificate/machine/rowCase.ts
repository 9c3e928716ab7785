/**
 * A case of a row: some of its bits have a value, some sums are assumed to be 0 or to lie between two numbers. What the
 * constraints say then: linear equations, and between what sums lie.
 */
import { excludesZero, type Interval } from "../../../verifier/certificate/facts.ts";
import {
  centred,
  constantOf,
  inverse,
  linearOf,
  P,
  plus,
  Refusal,
  ratio,
  type Sum,
} from "../../../verifier/certificate/system.ts";
import type { Propagator } from "../propagate.ts";
import { digitsOf } from "./cut.ts";
import { LinearSystem } from "./linearSystem.ts";

/** A constraint that is not linear yet, over signals that are not solved. */
export interface Product {
  readonly n: number;
  readonly a: Sum;
  readonly b: Sum;
  readonly c: Sum;
}

export class RowCase {
  readonly own: Propagator;
  readonly equations: LinearSystem;
  /** Constraints that are not linear yet. */
  #products: Product[];
  #pending: number[];
  /** Sums that are not 0, up to a factor. */
  readonly #nonzero: Sum[];
  /** Sums, and between what they are assumed to lie. */
  readonly #assumed: (readonly [Sum, Interval])[];
  #mark: number;

  constructor(own: Propagator, scope: Iterable<number>, rank: (signal: number) => number, of?: RowCase) {
    this.own = own;
    this.equations = of === undefined ? new LinearSystem(rank) : of.equations.copy();
    this.#products = [...(of?.products ?? [])];
    this.#pending = of === undefined ? [...scope] : [];
    this.#nonzero = [...(of?.nonzero ?? [])];
    this.#assumed = [...(of?.assumed ?? [])];
    this.#mark = of === undefined ? 0 : of.mark;
  }

  get products(): readonly Product[] {
    return this.#products;
  }
  get nonzero(): readonly Sum[] {
    return this.#nonzero;
  }
  get assumed(): readonly (readonly [Sum, Interval])[] {
    return this.#assumed;
  }
  get mark(): number {
    return this.#mark;
  }

  /** Must be called inside a case of the propagator, whose facts are taken back after it. */
  copy(): RowCase {
    return new RowCase(this.own, [], () => 0, this);
  }

  /** Assumes that a sum is 0. @returns false: it cannot be */
  assumeZero(sum: Sum): boolean {
    return this.equations.add(sum) !== "never";
  }
  assumeNonzero(sum: Sum): void {
    this.#nonzero.push(sum);
  }
  assumeBetween(sum: Sum, interval: Interval): void {
    const isKnown = this.#assumed.some(
      ([one, [low, high]]) => low >= interval[0] && high <= interval[1] && plus(one, sum, -1n).size === 0,
    );
    if (!isKnown) this.#assumed.push([sum, interval]);
  }

  /** Everything that follows. @returns false: this case cannot be */
  close(): boolean {
    try {
      for (let news = true; news; ) {
        if (!this.own.run()) return false;
        const learned = this.#learned();
        const linear = this.#linear();
        const constants = this.#constants();
        const pinned = this.#pinned();
        if (learned === null || linear === null || constants === null || pinned === null) return false;
        news = learned || linear || constants || pinned;
      }
      return this.#canBe();
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  /** Signals that have one value now. */
  #learned(): boolean | null {
    const { facts } = this.own.checker;
    let news = false;
    for (; this.#mark < facts.trail.length; this.#mark++) {
      const [signal] = facts.trail[this.#mark] as (typeof facts.trail)[number];
      const value = facts.constant(signal);
      if (value === null) continue;
      const added = this.equations.add(new Map([[signal, 1n], ...(value === 0n ? [] : ([[0, -value]] as const))]));
      if (added === "never") return null;
      news ||= added !== null;
    }
    return news;
  }

  /** Constraints that are linear by now, and what a product says whose other factor is not 0. */
  #linear(): boolean | null {
    const { own } = this;
    let news = false;
    const rest: Product[] = [];
    const add = (whole: Sum): boolean => {
      for (const sum of digitsOf(whole, (one) => own.checker.facts.interval(one))) {
        const added = this.equations.add(sum);
        if (added === "never") return false;
        news ||= added !== null;
      }
      return true;
    };
    const take = (n: number, a: Sum, b: Sum, c: Sum): boolean => {
      const linear = linearOf([a, b, c]);
      if (linear !== null) return add(linear);
      if (c.size === 0) {
        this.#bit(a, b);
        if (this.isNonzero(a)) return add(b);
        if (this.isNonzero(b)) return add(a);
      } else if (this.isNonzero(c)) {
        for (const factor of [a, b]) {
          if (this.isNonzero(factor)) continue;
          this.#nonzero.push(factor);
          news = true;
        }
      }
      rest.push({ n, a, b, c });
      return true;
    };
    for (const n of this.#pending) {
      const { a, b, c, linear } = own.folded(n);
      if (linear !== null) {
        if (!add(linear)) return null;
        continue;
      }
      if (!take(n, this.normal(a), this.normal(b), this.normal(c))) return null;
    }
    this.#pending = [];
    for (const { n, a, b, c } of this.#products) {
      if (!take(n, this.normal(a), this.normal(b), this.normal(c))) return null;
    }
    this.#products = rest;
    return news;
  }

  /** x · (x − 1) = 0: x is a bit. */
  #bit(a: Sum, b: Sum): void {
    const [signal] = [...a.keys()].filter((one) => one !== 0);
    const others = [...a.keys(), ...b.keys()].filter((one) => one !== 0 && one !== signal);
    if (signal === undefined || others.length > 0) return;
    const roots = [a, b].map((sum) => rootOf(sum, signal));
    if (!roots.includes(0n) || !roots.includes(1n)) return;
    if (this.own.checker.facts.bound(signal, [0n, 1n])) this.own.wake(signal);
  }

  /** Signals that are a number by the equations: the propagator hears of them. */
  #constants(): boolean | null {
    const { facts } = this.own.checker;
    let news = false;
    for (const [signal, sum] of this.equations.solved) {
      const value = constantOf(sum);
      if (value === null || facts.constant(signal) === value) continue;
      const bounds = facts.bounds.get(signal);
      const inside = bounds === undefined ? value : within(value, bounds);
      if (inside === null) return null;
      if (facts.bound(signal, [inside, inside])) {
        this.own.wake(signal);
        news = true;
      }
    }
    return news;
  }

  /** Assumed sums that only one number is left for. */
  #pinned(): boolean | null {
    let news = false;
    for (const [sum] of this.#assumed) {
      const [low, high] = this.interval(sum) ?? [0n, 1n];
      if (low > high) return null;
      if (low < high || constantOf(this.normal(sum)) !== null) continue;
      if (this.equations.add(plus(sum, new Map([[0, 1n]]), -low)) === "never") return null;
      news = true;
    }
    return news;
  }

  #canBe(): boolean {
    const { facts } = this.own.checker;
    for (const sum of this.#nonzero) if (this.normal(sum).size === 0) return false;
    for (const [sum, [low, high]] of this.#assumed) {
      const interval = this.interval(sum);
      if (interval !== null && (interval[0] > high || interval[1] < low)) return false;
    }
    for (const [signal, sum] of this.equations.solved) {
      const bounds = facts.bounds.get(signal);
      const interval = bounds === undefined ? null : facts.interval(sum);
      if (interval === null || bounds === undefined) continue;
      const between: Interval = [bounds[0] - interval[1], bounds[1] - interval[0]];
      if (excludesZero(between)) return false;
    }
    return true;
  }

  normal(sum: Sum): Sum {
    if (this.#version !== this.equations.version) {
      this.#normal.clear();
      this.#version = this.equations.version;
    }
    let normal = this.#normal.get(sum);
    if (normal === undefined) {
      normal = this.equations.normal(sum);
      this.#normal.set(sum, normal);
    }
    return normal;
  }
  /** Sums as they are over signals that are not solved, since the last equation. */
  readonly #normal = new Map<Sum, Sum>();
  #version = -1;

  isNonzero(sum: Sum): boolean {
    const normal = this.normal(sum);
    const constant = constantOf(normal);
    if (constant !== null) return constant !== 0n;
    for (const interval of [this.own.checker.facts.interval(normal), this.interval(normal)]) {
      if (interval !== null && excludesZero(interval)) return true;
    }
    return this.#nonzero.some((one) => {
      const known = this.normal(one);
      return ratio(known, normal) !== null;
    });
  }

  /**
   * Between what a sum lies, as the integer that the machine has: one between −WIDE and WIDE, or a number that the
   * signals' bounds give; null if that is not known.
   */
  interval(sum: Sum): Interval | null {
    const { facts } = this.own.checker;
    const normal = this.normal(sum);
    let found = facts.interval(normal);
    for (const [other, interval] of this.#assumed) {
      const known = this.normal(other);
      // Only a sum that has the same signals is near.
      if (![...known.keys()].some((one) => one !== 0 && normal.has(one))) continue;
      for (const sign of [1n, -1n]) {
        const rest = plus(normal, known, -sign);
        const between = facts.interval(rest);
        if (between === null) continue;
        const scaledInterval: Interval = sign === 1n ? interval : [-interval[1], -interval[0]];
        const both: Interval = [scaledInterval[0] + between[0], scaledInterval[1] + between[1]];
        found = isExact(both) ? (found !== null && isExact(found) ? intersect(found, both) : both) : found;
      }
    }
    return found !== null && isExact(found) ? found : null;
  }
}

/** The value of the only signal of a sum that is 0. */
const rootOf = (sum: Sum, signal: number): bigint | null => {
  const factor = sum.get(signal);
  return factor === undefined ? null : centred(-(sum.get(0) ?? 0n) * inverse(factor));
};

/** Above each difference of two numbers that the machine compares. */
export const WIDE = 1n << 140n;
/** Whether it has one representative of each number of the field that the machine may mean. */
const isExact = ([low, high]: Interval): boolean => (high > WIDE ? high : WIDE) - (low < -WIDE ? low : -WIDE) < P;

const greater = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const intersect = (a: Interval, b: Interval): Interval => [greater(a[0], b[0]), -greater(-a[1], -b[1])];

/** The number of an interval that stands for a value of the field; null if there is none. */
function within(value: bigint, [low, high]: Interval): bigint | null {
  for (const one of [value, value + P, value - P]) if (one >= low && one <= high) return one;
  return null;
}
