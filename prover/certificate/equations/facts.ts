/**
 * What is known of the variables on a path: between what they lie, which sums are 0 or not, and which are not negative.
 */
import {
  areSame,
  constant,
  divisor,
  isConstant,
  type Linear,
  plus,
  rangeOfSum,
  substituted,
  times,
  variable,
} from "./linear.ts";

/** The least and the greatest value of a variable. */
export type Range = readonly [low: bigint, high: bigint];

/** What a sum is. */
export type Sign = "zero" | "nonzero" | "negative" | "nonnegative";

/** Thrown where what is known cannot all be true. */
export class ContradictionError extends Error {}

export class Facts {
  readonly #ranges: Map<string, Range>;
  readonly #declared: (name: string) => Range;
  readonly #solved: Map<string, Linear>;
  #nonzero: Linear[];
  #nonnegative: Linear[];
  /** Something new is known, from which more may follow. */
  #changed = false;

  /** @param declared the range of each variable */
  constructor(declared: (name: string) => Range, of?: Facts) {
    this.#declared = declared;
    this.#ranges = new Map(of?.ranges);
    this.#solved = new Map(of?.solved);
    this.#nonzero = [...(of?.nonzero ?? [])];
    this.#nonnegative = [...(of?.nonnegative ?? [])];
  }

  get ranges(): ReadonlyMap<string, Range> {
    return this.#ranges;
  }
  get solved(): ReadonlyMap<string, Linear> {
    return this.#solved;
  }
  get nonzero(): readonly Linear[] {
    return this.#nonzero;
  }
  get nonnegative(): readonly Linear[] {
    return this.#nonnegative;
  }

  copy(): Facts {
    return new Facts(this.#declared, this);
  }

  /** Adds a fact. @throws ContradictionError if it cannot be true */
  assume(sum: Linear, is: Sign): void {
    this.#changed = false;
    const simple = this.#simple(sum);
    if (is === "zero") this.#zero(simple);
    else if (is === "nonzero") this.#addNonzero(simple);
    else {
      this.#addNonnegative(is === "nonnegative" ? simple : times(simple, -1n, -1n));
      // It may say more of what is not 0.
      this.#changed = true;
    }
    if (this.#changed) this.#settle();
  }

  /** Whether the fact can be true. */
  allows(sum: Linear, is: Sign): boolean {
    const [low, high] = this.range(this.#simple(sum));
    if (
      is === "nonnegative" ? low >= 0n : is === "negative" ? high < 0n : is === "nonzero" && (low > 0n || high < 0n)
    ) {
      return true;
    }
    if (is === "nonnegative" ? high < 0n : is === "negative" ? low >= 0n : is === "zero" && (low > 0n || high < 0n)) {
      return false;
    }
    const copy = this.copy();
    try {
      copy.assume(sum, is);
      return true;
    } catch (error) {
      if (error instanceof ContradictionError) return false;
      throw error;
    }
  }

  /** Between what the sum lies. */
  range(sum: Linear): Range {
    return rangeOfSum(sum, (name) => this.#rangeOf(name));
  }

  #rangeOf(name: string): Range {
    return this.#ranges.get(name) ?? this.#declared(name);
  }

  #simple(sum: Linear): Linear {
    return substituted(sum, (name) => this.#solved.get(name));
  }

  /** Uses what is known until nothing new follows. */
  #settle(): void {
    do {
      this.#changed = false;
      const nonnegative = this.#nonnegative.map((sum) => this.#simple(sum));
      this.#nonnegative = [];
      for (const sum of nonnegative) this.#addNonnegative(sum);
      const nonzero = this.#nonzero.map((sum) => this.#simple(sum));
      this.#nonzero = [];
      for (const sum of nonzero) this.#addNonzero(sum);
    } while (this.#changed);
  }

  #addNonnegative(whole: Linear): void {
    const by = divisor(whole);
    const sum = by <= 1n ? whole : divided(whole, by);
    const [low, high] = this.range(sum);
    if (high < 0n) throw new ContradictionError();
    if (low >= 0n) return;
    if (this.#nonnegative.some((known) => areLinked(known, sum) && this.range(plus(known, sum))[1] < 0n))
      throw new ContradictionError();
    if (high === 0n) {
      this.#zero(sum);
      return;
    }
    const [only] = sum.terms;
    if (sum.terms.size === 1 && only !== undefined) this.#bound(only[0], only[1], sum.constant);
    else if (!this.#nonnegative.some((known) => areSame(known, sum))) this.#nonnegative.push(sum);
  }

  /** `by · name + offset` is not negative, where `by` is 1 or −1. */
  #bound(name: string, by: bigint, offset: bigint): void {
    const [low, high] = this.#rangeOf(name);
    let range: Range = [low, high];
    // The sum is more than its bounds allow, or it would not be looked at: so this end moves.
    if (by > 0n) range = [-offset, high];
    else range = [low, offset];
    if (range[0] > range[1]) throw new ContradictionError();
    this.#ranges.set(name, range);
    this.#changed = true;
    if (range[0] === range[1]) this.#solve(name, constant(range[0]));
  }

  #addNonzero(sum: Linear): void {
    const [low, high] = this.range(sum);
    if (low === 0n && high === 0n) throw new ContradictionError();
    if (low > 0n || high < 0n) return;
    const by = divisor(sum);
    if (by !== 0n && sum.constant % by !== 0n) return;
    // An integer that is not 0 and not negative is 1 at least.
    for (const one of [sum, times(sum, -1n)]) {
      if (!this.#isNonnegative(one)) continue;
      this.#changed = true;
      this.#addNonnegative(plus(one, constant(-1n)));
      return;
    }
    this.#nonzero.push(sum);
  }

  #isNonnegative(sum: Linear): boolean {
    if (this.range(sum)[0] >= 0n) return true;
    return this.#nonnegative.some((known) => areLinked(known, sum) && this.range(plus(sum, known, -1n))[0] >= 0n);
  }

  #zero(sum: Linear): void {
    const [low, high] = this.range(sum);
    if (low > 0n || high < 0n) throw new ContradictionError();
    if (isConstant(sum)) return;
    const by = divisor(sum);
    if (sum.constant % by !== 0n) throw new ContradictionError();
    const whole = divided(sum, by);
    const parts = this.#digits(whole);
    if (parts !== undefined) {
      for (const part of parts) this.#zero(this.#simple(part));
      return;
    }
    for (const [name, coefficient] of whole.terms) {
      if (coefficient !== 1n && coefficient !== -1n) continue;
      this.#solve(name, times(plus(whole, variable(name), -coefficient), -coefficient));
      return;
    }
    for (const one of [whole, times(whole, -1n)]) {
      if (this.#nonnegative.some((known) => areSame(known, one))) continue;
      this.#nonnegative.push(one);
    }
  }

  /** Two parts of a sum that is 0: the lesser one is too small to make up for the other, so both are 0. */
  #digits(sum: Linear): readonly [Linear, Linear] | undefined {
    const sizes = [...new Set([...sum.terms.values()].map((by) => (by < 0n ? -by : by)))];
    for (const size of sizes.sort((a, b) => (a < b ? -1 : 1)).slice(1)) {
      const upper = [...sum.terms].filter(([, by]) => by % size === 0n);
      const lower = [...sum.terms].filter(([, by]) => by % size !== 0n);
      if (lower.length === 0) continue;
      const rest = ((sum.constant % size) + size) % size;
      for (const low of [rest, rest - size]) {
        const small = { constant: low, terms: new Map(lower) };
        const [least, most] = this.range(small);
        if (least > -size && most < size) return [small, { constant: sum.constant - low, terms: new Map(upper) }];
      }
    }
    return undefined;
  }

  #solve(name: string, value: Linear): void {
    const [low, high] = this.#rangeOf(name);
    for (const [other, of] of this.#solved) {
      this.#solved.set(
        other,
        substituted(of, (one) => (one === name ? value : undefined)),
      );
    }
    this.#solved.set(name, value);
    this.#changed = true;
    this.#nonnegative.push(plus(value, constant(-low)), times(value, -1n, high));
  }
}

/** The sum, divided. The constant is rounded down: the sum stays 0 where it was, or not negative. */
function divided(sum: Linear, by: bigint): Linear {
  const rounded = (sum.constant - (((sum.constant % by) + by) % by)) / by;
  return { constant: rounded, terms: new Map([...sum.terms].map(([name, of]) => [name, of / by])) };
}

/** Whether the sums have a variable in common. Where they have none, one says nothing of the other. */
function areLinked(a: Linear, b: Linear): boolean {
  for (const name of a.terms.keys()) if (b.terms.has(name)) return true;
  return false;
}
