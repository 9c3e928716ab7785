/** A constraint that is not linear yet, over signals that are not solved: what it says as it is now. */
import { centred, constantOf, inverse, linearOf, plus, ratio, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Kept } from "./linearSystem.ts";

/** a · b = c. */
export class Product {
  readonly #parts: readonly [Kept, Kept, Kept];
  /** It is linear by now, and among the equations. */
  isDone = false;

  constructor(parts: readonly [Kept, Kept, Kept]) {
    this.#parts = parts;
  }

  get parts(): readonly Kept[] {
    return this.#parts;
  }
  get a(): Sum {
    return this.#parts[0].sum;
  }
  get b(): Sum {
    return this.#parts[1].sum;
  }
  get c(): Sum {
    return this.#parts[2].sum;
  }

  /** The sum that is 0, if it is linear; else the same product with 0 on the right, if it can be written so. */
  folded(): { readonly linear: Sum | null; readonly a: Sum; readonly b: Sum; readonly c: Sum } {
    const { a, b, c } = this;
    const linear = linearOf([a, b, c]);
    if (linear !== null || c.size === 0) return { linear, a, b, c };
    const none: Sum = new Map();
    // a · b = t · a is a · (b − t) = 0.
    const ofA = ratio(c, a);
    if (ofA !== null) return { linear, a, b: plus(b, ONE, -ofA), c: none };
    const ofB = ratio(c, b);
    if (ofB !== null) return { linear, a: plus(a, ONE, -ofB), b, c: none };
    return { linear, a, b, c };
  }
}

const ONE: Sum = new Map([[0, 1n]]);

/** The signal that is 0 or 1 because a · b = 0: x · (x − 1) = 0. */
export function bitIn(a: Sum, b: Sum): number | null {
  const [signal] = [...a.keys()].filter((one) => one !== 0);
  const others = [...a.keys(), ...b.keys()].filter((one) => one !== 0 && one !== signal);
  if (signal === undefined || others.length > 0) return null;
  const roots = [a, b].map((sum) => rootOf(sum, signal));
  return roots.includes(0n) && roots.includes(1n) ? signal : null;
}

/** The value of the only signal of a sum that is 0. */
const rootOf = (sum: Sum, signal: number): bigint | null => {
  const factor = sum.get(signal);
  return factor === undefined ? null : centred(-(sum.get(0) ?? 0n) * inverse(factor));
};

/** The product of two bits, where it is a number, one of them, or what a constraint says that it is. */
export function productIn(products: Iterable<Product>, x: Sum, y: Sum): Sum | null {
  const none: Sum = new Map();
  if (plus(x, y, -1n).size === 0) return x;
  if (constantOf(plus(x, y)) === 1n) return none;
  for (const [one, other] of [
    [x, y],
    [y, x],
  ] as const) {
    const constant = constantOf(one);
    if (constant !== null) return plus(none, other, constant);
  }
  const not = (sum: Sum): Sum => plus(ONE, sum, -1n);
  for (const { a, b, c } of products) {
    const is = (one: Sum, other: Sum): Sum | null => {
      const [s, t] = [ratio(a, one), ratio(b, other)];
      return s === null || t === null ? null : plus(none, c, inverse(centred(s * t)));
    };
    for (const [one, other] of [
      [x, y],
      [y, x],
    ] as const) {
      const both = is(one, other);
      if (both !== null) return both;
      // x · y = x − x · (1 − y)
      const without = is(one, not(other)) ?? is(not(other), one);
      if (without !== null) return plus(one, without, -1n);
    }
    const neither = is(not(x), not(y)) ?? is(not(y), not(x));
    if (neither !== null) return plus(plus(plus(neither, ONE, -1n), x), y);
  }
  return null;
}
