/** Constraints of a circuit by the factors that they have. */
import {
  type Constraint,
  centred,
  inverse,
  plus,
  Refusal,
  ratio,
  type Sum,
  ZERO,
} from "../../../verifier/constraints/sums.ts";
import type { System } from "../../../verifier/constraints/system.ts";
import { NumberLists } from "../numberLists.ts";

/** Longer sums are looked for elsewhere. */
const SHORT = 3;

export const one = (signal: number): Sum => new Map([[signal, 1n]]);
export const plusNumber = (sum: Sum, number: bigint): Sum => plus(sum, new Map([[0, number]]));

const first = (sum: Sum): number => [...sum.keys()].find((signal) => signal !== 0) ?? 0;

export class Factors {
  readonly #system: System;
  /** By a signal of a short factor, and by the signal of a short product. */
  readonly #byFactor = new NumberLists();
  readonly #byProduct = new NumberLists();
  /** Long sums that are 0 or 1. */
  readonly #longBits: number[] = [];

  constructor(system: System) {
    this.#system = system;
    for (let n = 0; n < system.own; n++) {
      const [a, b, c] = system.at(n);
      if (c.size === 0 && a.size > SHORT && b.size > SHORT) this.#longBits.push(n);
      const short = [a, b].filter(({ size }) => size <= SHORT);
      for (const signal of new Set(short.flatMap((sum) => [...sum.keys()]))) {
        if (signal !== 0) this.#byFactor.add(signal, n);
      }
      if (c.size < SHORT) for (const signal of c.keys()) if (signal !== 0) this.#byProduct.add(signal, n);
    }
  }

  /** A constraint with these two factors. */
  product(x: Sum, y: Sum): number {
    const isIt = (a: Sum, b: Sum): boolean => ratio(a, x) !== null && ratio(b, y) !== null;
    return this.#find(x, (a, b) => isIt(a, b) || isIt(b, a));
  }

  /** A constraint with this factor and another one. */
  only(x: Sum): number {
    return this.others(x, []);
  }

  /** A constraint with this factor and another one, other than these. */
  others(x: Sum, not: readonly number[]): number {
    return this.#find(x, (a, b, n) => !not.includes(n) && (ratio(a, x) === null) !== (ratio(b, x) === null));
  }

  /** A constraint with this factor, and the difference of two sums. */
  between(x: Sum, from: Sum, to: Sum): number {
    return this.product(x, plus(from, to, -1n));
  }

  /** The constraint that has one signal as its product. */
  leading(x: Sum): number {
    const [signal] = x.keys();
    const found = this.#byProduct.of(signal as number);
    return found[0] ?? lost();
  }

  /** The signal that a constraint squares. */
  root(n: number): Sum {
    return one(first(this.#system.at(n)[0]));
  }

  /** A constraint with a signal as its one factor; the other, a divisor, has another signal in it. */
  quotient(signal: number, inDivisor: Sum): number {
    const isIt = (a: Sum, b: Sum): boolean => ratio(a, one(signal)) !== null && b.has(first(inDivisor));
    return this.#find(one(signal), (a, b) => isIt(a, b) || isIt(b, a));
  }

  /** What q can be, if a constraint is (q.x − p.x) · slope = q.y − p.y, and p.x is one signal. */
  *chords(x: Sum, y: Sum, slope: Sum): Generator<[Sum, Sum]> {
    for (const n of this.#byFactor.of(first(slope))) {
      const [a, b, c] = this.#system.at(n);
      for (const [s, other] of [
        [a, b],
        [b, a],
      ] as const) {
        const times = ratio(s, slope);
        const factor = other.get(first(x));
        if (times === null || factor === undefined) continue;
        const scale = inverse(-factor);
        yield [plus(x, other, scale), plus(y, c, centred(scale * inverse(times)))];
      }
    }
  }

  /** The long sum with this signal that is 0 or 1. */
  longBit(signal: Sum): [bit: Sum, n: number] {
    const n = this.#longBits.find((one) => this.#system.at(one)[0].has(first(signal))) ?? lost();
    const [a, b] = this.#system.at(n);
    // a = s(x − 1) and b = tx
    const times = centred((b.get(first(signal)) as bigint) * inverse(a.get(first(signal)) as bigint));
    const gap = plus(plus(ZERO, a, times), b, -1n).get(0) ?? lost();
    return [plus(ZERO, b, inverse(-gap)), n];
  }

  #find(x: Sum, isIt: (a: Sum, b: Sum, n: number) => boolean): number {
    const fits = (n: number): boolean => {
      const [a, b] = this.#system.at(n) as Constraint;
      return isIt(a, b, n);
    };
    return this.#byFactor.of(first(x)).find(fits) ?? lost();
  }
}

function lost(): never {
  throw new Refusal("the circuit has no such constraint");
}
