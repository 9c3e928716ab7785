/**
 * A case of a row: some of its bits have a value, some sums are assumed to be 0 or to lie between two numbers. What the
 * constraints say then: linear equations, and between what sums lie.
 */
import { excludesZero, type Interval } from "../../../verifier/constraints/intervals.ts";
import { constantOf, plus, Refusal, ratio, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";
import { cut, digitsOf } from "./cut.ts";
import { haveShared, intersect, intervalBetween, isExact, within } from "./intervals.ts";
import { type Kept, LinearSystem } from "./linearSystem.ts";
import { boundIn, pinIn } from "./narrow.ts";
import { bitIn, Product } from "./product.ts";
import { Trail } from "./trail.ts";

/** Most signals of a sum that is looked at for bounds of each. */
const FEW = 3;

/** A sum, and between what it is assumed to lie. */
interface Assumed {
  readonly kept: Kept;
  readonly interval: Interval;
}

export class RowCase {
  readonly own: Propagator;
  readonly #trail = new Trail();
  readonly equations: LinearSystem;
  readonly #products: Product[] = [];
  readonly #productOf = new Map<Kept, Product>();
  #pending: number[];
  /** Sums that are not 0, up to a factor. */
  readonly #nonzero: Kept[] = [];
  readonly #assumed: Assumed[] = [];
  /** So much of what the propagator has learned is among the equations. */
  #mark = 0;
  /** What is to be looked at: products, solved signals, and assumed sums. */
  #asked = new Set<Product>();
  #changed = new Set<number>();
  #narrowed = new Set<Assumed>();
  /** Sums that must not be 0, and have changed. */
  #doubted = new Set<Kept>();

  constructor(own: Propagator, scope: Iterable<number>, rank: (signal: number) => number) {
    this.own = own;
    this.#pending = [...scope];
    this.equations = new LinearSystem(rank, this.#trail, (signal) => this.#changed.add(signal));
  }

  /** Constraints that are not linear yet. */
  get products(): readonly Product[] {
    return this.#products.filter(({ isDone }) => !isDone);
  }

  /** A case inside this one: what is assumed and found in it is taken back. It begins where this one is closed. */
  inCase(scope: ReadonlySet<number>, inside: () => void): void {
    this.own.inCase([], scope, () => {
      const [to, mark, pending] = [this.#trail.length, this.#mark, this.#pending];
      const [asked, changed] = [this.#asked, this.#changed];
      const [narrowed, doubted] = [this.#narrowed, this.#doubted];
      [this.#asked, this.#changed] = [new Set(asked), new Set(changed)];
      [this.#narrowed, this.#doubted] = [new Set(narrowed), new Set(doubted)];
      try {
        inside();
      } finally {
        this.#trail.undo(to);
        [this.#mark, this.#pending] = [mark, pending];
        [this.#asked, this.#changed] = [asked, changed];
        [this.#narrowed, this.#doubted] = [narrowed, doubted];
      }
    });
  }

  /** Assumes that a sum is 0. @returns false: it cannot be */
  assumeZero(sum: Sum): boolean {
    return !this.isNonzero(sum) && this.#add(this.normal(sum));
  }

  assumeNonzero(sum: Sum): void {
    const kept: Kept = this.equations.keep(sum, () => {
      this.#doubted.add(kept);
    });
    this.#nonzero.push(kept);
    this.#trail.push(() => this.#nonzero.pop());
    this.#doubted.add(kept);
  }

  assumeBetween(sum: Sum, interval: Interval): void {
    const normal = this.normal(sum);
    const isKnown = this.#assumed.some(
      ({ kept, interval: [low, high] }) =>
        low >= interval[0] && high <= interval[1] && plus(kept.sum, normal, -1n).size === 0,
    );
    if (isKnown) return;
    const assumed: Assumed = { kept: this.equations.keep(normal, () => this.#narrowed.add(assumed)), interval };
    this.#assumed.push(assumed);
    this.#trail.push(() => this.#assumed.pop());
    this.#narrowed.add(assumed);
  }

  /** Everything that follows. @returns false: this case cannot be */
  close(): boolean {
    try {
      const { trail } = this.own.checker.facts;
      do {
        if (!this.own.run() || !this.#learned() || !this.#begun()) return false;
        if (!this.#stillNonzero() || !this.#pinned() || !this.#linear() || !this.#checked()) return false;
      } while (this.#mark < trail.length || this.#isBusy());
      return true;
    } catch (error) {
      if (error instanceof Refusal) return false;
      throw error;
    }
  }

  #isBusy(): boolean {
    return [this.#asked, this.#changed, this.#narrowed, this.#doubted].some(({ size }) => size > 0);
  }

  /** Takes the constraints in. */
  #begun(): boolean {
    const pending = this.#pending;
    this.#pending = [];
    for (const n of pending) {
      const { a, b, c, linear } = this.own.folded(n);
      if (linear !== null) {
        if (!this.#add(linear)) return false;
        continue;
      }
      const ask = (): void => {
        if (!product.isDone) this.#asked.add(product);
      };
      const keep = (sum: Sum): Kept => this.equations.keep(sum, ask);
      const product = new Product([keep(a), keep(b), keep(c)]);
      this.#products.push(product);
      for (const part of product.parts) this.#productOf.set(part, product);
      this.#trail.push(() => this.#products.pop());
      ask();
    }
    return true;
  }

  /** What the propagator has learned: signals that have one value now, and those with other bounds. */
  #learned(): boolean {
    const { facts } = this.own.checker;
    for (; this.#mark < facts.trail.length; this.#mark++) {
      const [signal] = facts.trail[this.#mark] as (typeof facts.trail)[number];
      const value = facts.constant(signal);
      if (value === null) {
        for (const kept of this.equations.users(signal)) kept.wake();
        if (this.equations.solved(signal) !== undefined) this.#changed.add(signal);
        continue;
      }
      const sum: Sum = new Map([[signal, 1n], ...(value === 0n ? [] : ([[0, -value]] as const))]);
      if (this.equations.add(sum) === "never") return false;
    }
    return true;
  }

  #add(whole: Sum): boolean {
    const { facts } = this.own.checker;
    return digitsOf(whole, facts).every((sum) => this.equations.add(sum) !== "never");
  }

  /** Constraints that are linear by now, and what a product says whose other factor is not 0. */
  #linear(): boolean {
    for (const product of this.#asked) {
      this.#asked.delete(product);
      if (!this.#take(product)) return false;
    }
    return true;
  }

  #take(product: Product): boolean {
    const { linear, a, b, c } = product.folded();
    if (linear !== null) return this.#done(product, linear);
    if (c.size === 0) {
      const bit = bitIn(a, b);
      if (bit !== null && this.own.checker.facts.bound(bit, [0n, 1n])) this.own.wake(bit);
      if (this.isNonzero(a)) return this.#done(product, b);
      if (this.isNonzero(b)) return this.#done(product, a);
    } else if (this.isNonzero(c)) {
      for (const factor of [a, b]) if (!this.isNonzero(factor)) this.assumeNonzero(factor);
    }
    return true;
  }

  #done(product: Product, sum: Sum): boolean {
    product.isDone = true;
    this.#trail.push(() => {
      product.isDone = false;
    });
    for (const kept of product.parts) this.equations.drop(kept);
    return this.#add(sum);
  }

  /** Solved signals that are another sum now, or lie elsewhere: the propagator hears of those that are a number. */
  #checked(): boolean {
    const { facts } = this.own.checker;
    for (const signal of this.#changed) {
      this.#changed.delete(signal);
      const sum = this.equations.solved(signal);
      if (sum === undefined) continue;
      const bounds = facts.bounds.get(signal);
      const value = constantOf(sum);
      if (value !== null) {
        if (facts.constant(signal) === value) continue;
        const inside = bounds === undefined ? value : within(value, bounds);
        if (inside === null) return false;
        if (facts.bound(signal, [inside, inside])) this.own.wake(signal);
        continue;
      }
      if (sum.size < FEW) boundIn(this.own, this.equations.equation(signal));
      const interval = bounds === undefined ? null : facts.interval(sum);
      if (interval === null || bounds === undefined) continue;
      if (excludesZero([bounds[0] - interval[1], bounds[1] - interval[0]])) return false;
      const whole = this.equations.equation(signal);
      const parts = cut(whole, facts);
      if (parts.length === 1) pinIn(this.own, whole, [0n, 0n]);
      else if (!parts.every((sum) => this.equations.add(sum) !== "never")) return false;
    }
    return true;
  }

  /** Assumed sums that only one number is left for. */
  #pinned(): boolean {
    if (this.#narrowed.size === 0) return true;
    const asked = new Set<Assumed>();
    for (const assumed of this.#narrowed) {
      // It says more of whatever has its signals.
      this.#near(assumed.kept.sum);
      for (const other of this.#assumed) if (haveShared(other.kept.sum, assumed.kept.sum)) asked.add(other);
      asked.add(assumed);
    }
    this.#narrowed.clear();
    for (const { kept, interval } of asked) {
      const [low, high] = intersect(this.interval(kept.sum) ?? interval, interval);
      if (low > high) return false;
      if (constantOf(kept.sum) !== null) continue;
      if (low < high) pinIn(this.own, kept.sum, [low, high]);
      else if (!this.#add(plus(kept.sum, new Map([[0, 1n]]), -low))) return false;
    }
    return true;
  }

  /** Sums that are not 0 are not. */
  #stillNonzero(): boolean {
    for (const kept of this.#doubted) {
      this.#doubted.delete(kept);
      if (kept.sum.size === 0) return false;
      this.#near(kept.sum);
    }
    return true;
  }

  /** Products that have a signal of the sum are to be looked at. */
  #near(sum: Sum): void {
    for (const product of this.productsWith(sum)) this.#asked.add(product);
  }

  /** Products that have a signal of the sum. */
  productsWith(sum: Sum): Set<Product> {
    const found = new Set<Product>();
    for (const signal of this.normal(sum).keys()) {
      for (const kept of this.equations.users(signal)) {
        const product = this.#productOf.get(kept);
        if (product !== undefined) found.add(product);
      }
    }
    return found;
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
    const isApart = (interval: Interval | null): boolean => interval !== null && excludesZero(interval);
    if (isApart(this.own.checker.facts.interval(normal)) || isApart(this.interval(normal))) return true;
    return this.#nonzero.some(({ sum: known }) => ratio(known, normal) !== null);
  }

  /**
   * Between what a sum lies, as the integer that the machine has: one between −WIDE and WIDE, or a number that the
   * signals' bounds give; null if that is not known.
   */
  interval(sum: Sum): Interval | null {
    const { facts } = this.own.checker;
    const normal = this.normal(sum);
    let found = facts.interval(normal);
    for (const { kept, interval } of this.#assumed) {
      // Only a sum that has the same signals is near.
      if (!haveShared(kept.sum, normal)) continue;
      for (const sign of [1n, -1n]) {
        const between = intervalBetween(facts, normal, kept.sum, sign);
        if (between === null) continue;
        const scaledInterval: Interval = sign === 1n ? interval : [-interval[1], -interval[0]];
        const both: Interval = [scaledInterval[0] + between[0], scaledInterval[1] + between[1]];
        found = isExact(both) ? (found !== null && isExact(found) ? intersect(found, both) : both) : found;
      }
    }
    return found !== null && isExact(found) ? found : null;
  }
}
