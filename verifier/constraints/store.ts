/**
 * Sums and constraints in little memory. A large circuit has more of them than fit as objects, and a certificate looks
 * at few at a time: so they are kept as numbers, and become objects where somebody asks for them.
 */
import type { Constraint, Sum } from "./sums.ts";

/** So many constraints are kept as objects, or twice as many. */
const RECENT = 1 << 14;

/** A list of numbers below 2^31. */
class Numbers {
  #values = new Int32Array(1 << 8);
  length = 0;

  at(i: number): number {
    return this.#values[i] as number;
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const longer = new Int32Array(Math.ceil(1.5 * this.length));
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.length++] = value;
  }
}

/** A list of sums. Each has its signals in the order in which it came. */
export class Sums {
  readonly #ends = new Numbers();
  readonly #signals = new Numbers();
  readonly #factors = new Numbers();
  /** Factors that there are: few, and each of them often. */
  readonly #values: bigint[] = [];
  /** Their places by what is nearest to them among the numbers that a key can be, and those that share it. */
  readonly #places = new Map<number, number>();
  readonly #others = new Map<bigint, number>();

  get length(): number {
    return this.#ends.length;
  }

  set length(length: number) {
    this.#ends.length = length;
    this.#signals.length = this.#factors.length = length === 0 ? 0 : this.#ends.at(length - 1);
  }

  push(sum: Sum): void {
    for (const [signal, factor] of sum) {
      this.#signals.push(signal);
      this.#factors.push(this.#placeOf(factor));
    }
    this.#ends.push(this.#signals.length);
  }

  /** One that is there. */
  at(i: number): Sum {
    const sum = new Map<number, bigint>();
    const end = this.#ends.at(i);
    for (let at = i === 0 ? 0 : this.#ends.at(i - 1); at < end; at++) {
      sum.set(this.#signals.at(at), this.#values[this.#factors.at(at)] as bigint);
    }
    return sum;
  }

  #placeOf(factor: bigint): number {
    const key = Number(factor);
    const place = this.#places.get(key);
    if (place !== undefined && this.#values[place] === factor) return place;
    const other = place === undefined ? undefined : this.#others.get(factor);
    if (other !== undefined) return other;
    const next = this.#values.push(factor) - 1;
    if (place === undefined) this.#places.set(key, next);
    else this.#others.set(factor, next);
    return next;
  }
}

/** A list of constraints. */
export class Constraints {
  readonly #sums = new Sums();
  #recent = new Map<number, Constraint>();
  #before = new Map<number, Constraint>();

  get length(): number {
    return this.#sums.length / 3;
  }

  /** Takes away those from a number on. */
  set length(length: number) {
    for (let n = length; n < this.length; n++) {
      this.#recent.delete(n);
      this.#before.delete(n);
    }
    this.#sums.length = 3 * length;
  }

  push(constraint: Constraint): void {
    for (const sum of constraint) this.#sums.push(sum);
  }

  *keys(): Generator<number> {
    for (let n = 0; n < this.length; n++) yield n;
  }

  at(n: number): Constraint | undefined {
    const known = this.#recent.get(n);
    if (known !== undefined) return known;
    // "7" would be found, too, but not among those that were deleted.
    if (!Number.isInteger(n) || n < 0 || n >= this.length) return undefined;
    const found: Constraint = this.#before.get(n) ?? [
      this.#sums.at(3 * n),
      this.#sums.at(3 * n + 1),
      this.#sums.at(3 * n + 2),
    ];
    if (this.#recent.size >= RECENT) [this.#before, this.#recent] = [this.#recent, new Map()];
    this.#recent.set(n, found);
    return found;
  }
}
