/**
 * Constraints of a circuit. Lines of a certificate may add signals that are sums of others, and constraints that follow
 * by algebra alone.
 */
import { readR1cs } from "./read.ts";
import { type Constraints, Sums } from "./store.ts";
import { type Constraint, gather, integer, linearOf, plus, refuse, type Sum, ZERO } from "./sums.ts";

/** A sum in a certificate: signals and factors in decimal. */
export type Terms = readonly (readonly [signal: number, factor: string])[];
/** Linear constraints that are added, each times a number. */
export type Parts = readonly (readonly [n: number, times: string])[];

export class System {
  readonly constraints: Constraints;
  /** Constraints that are there no more, though they keep their number: certificates must do without them. */
  readonly deleted = new Set<number>();
  /** What signals that lines defined are, over the signals of the file; and where that stands, by signal. */
  readonly #sums = new Sums();
  readonly #places = new Map<number, number>();
  readonly hash: string;
  /** Signals of the file, 0 included; and of those 1..`given`, the public ones. */
  readonly signals: number;
  readonly given: number;
  /** Constraints of the file. */
  readonly own: number;
  /** The number that the next signal gets. */
  next: number;

  /** @throws Refusal if it is no `.r1cs` file over this field */
  constructor(file: Buffer) {
    const read = readR1cs(file);
    this.constraints = read.constraints;
    this.hash = read.hash;
    this.signals = this.next = read.signals;
    this.given = read.given;
    this.own = read.constraints.length;
  }

  /** A constraint by its number. */
  at(n: number): Constraint {
    const constraint = this.constraints.at(n) ?? refuse(`there is no constraint ${n}`);
    if (this.deleted.has(n)) refuse(`constraint ${n} was deleted`);
    return constraint;
  }

  /** @throws Refusal if one of them is no signal */
  exist(signals: Iterable<number>): void {
    for (const signal of signals) {
      if (!Number.isInteger(signal) || signal < 0 || signal >= this.next) refuse(`there is no signal ${signal}`);
    }
  }

  /** A sum as certificates write it. Every rule relies on it that no factor is 0. */
  sumOf(terms: Terms): Sum {
    const sum = new Map<number, bigint>();
    this.exist(terms.map(([signal]) => signal));
    for (const [signal, factor] of terms) gather(sum, [[signal, integer(factor)]]);
    return sum;
  }

  /** `sum` over the signals of the file alone. */
  expanded(sum: Sum): Sum {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) gather(whole, this.definition(signal) ?? [[signal, 1n]], factor);
    return whole;
  }

  /** Whether two sums are the same over the signals of the file. */
  isSame(a: Sum, b: Sum): boolean {
    return this.expanded(plus(a, b, -1n)).size === 0;
  }

  /** What a signal that a line defined is, over the signals of the file; undefined for any other. */
  definition(signal: number): Sum | undefined {
    const place = signal < this.signals ? undefined : this.#places.get(signal);
    return place === undefined ? undefined : this.#sums.at(place);
  }

  /** A constraint that says nothing: over the signals of the file both sides are the same sum. */
  identity(sides: readonly Terms[]): void {
    const constraint = this.#constraintOf(sides);
    const linear = linearOf(constraint.map((sum) => this.expanded(sum)) as [Sum, Sum, Sum]);
    if (linear?.size !== 0) refuse("this is no identity");
    this.constraints.push(constraint);
  }

  /** A new signal that is this sum, and the constraint that says so. */
  define(terms: Terms): void {
    const sum = this.sumOf(terms);
    this.#places.set(this.next, this.#sums.length);
    this.#sums.push(this.expanded(sum));
    this.constraints.push([ZERO, ZERO, plus(sum, new Map([[this.next, -1n]]))]);
    this.next++;
  }

  /** The same constraint in other signals. */
  rewrite(n: number, sides: readonly Terms[]): void {
    const [old, constraint] = [this.at(n), this.#constraintOf(sides)];
    if (!constraint.every((sum, i) => this.isSame(sum, old[i] as Sum))) {
      refuse(`constraint ${n} is not what it is rewritten as`);
    }
    this.constraints.push(constraint);
  }

  /** Sum of linear constraints, each times a number. */
  add(parts: Parts): void {
    this.constraints.push([
      ZERO,
      ZERO,
      parts.reduce((whole, [n, times]) => plus(whole, this.linear(n), integer(times)), ZERO),
    ]);
  }

  /** The sum that is 0 by a linear constraint. */
  linear(n: number): Sum {
    return linearOf(this.at(n)) ?? refuse(`constraint ${n} is not linear`);
  }

  #constraintOf(sides: readonly Terms[]): Constraint {
    if (sides.length !== 3) refuse("a constraint has three sums");
    return sides.map((terms) => this.sumOf(terms)) as [Sum, Sum, Sum];
  }
}
