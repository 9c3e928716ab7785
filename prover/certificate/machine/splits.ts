/** Case distinctions: all cases of each together are every case. */
import { plus, type Sum } from "../../../verifier/constraints/sums.ts";
import { WIDE } from "./intervals.ts";
import type { Product } from "./product.ts";
import type { RowCase } from "./rowCase.ts";
import type { Values } from "./values.ts";

export interface Split {
  readonly values: readonly { readonly name: string; assume(inner: RowCase): boolean }[];
}

export function greaterOf(difference: Sum): Split {
  const between = (low: bigint, high: bigint) => (inner: RowCase) => {
    inner.assumeBetween(difference, [low, high]);
    return true;
  };
  return {
    values: [
      { name: "a >= b", assume: between(0n, WIDE) },
      { name: "a < b", assume: between(-WIDE, -1n) },
    ],
  };
}

/** The case distinction nearest to these sums: of a bit, or of a product that is 0. Those of the row come first. */
export function splitOf(own: RowCase, sums: readonly Sum[], nameOf: NameOf): Split | null {
  const { products } = own;
  const isOther = ({ a, b, c }: Product): boolean =>
    [a, b, c].some((sum) => [...sum.keys()].some((signal) => OF_OTHER_ROW.test(nameOf(signal))));
  return (
    nearest(
      own,
      products.filter((one) => !isOther(one)),
      sums,
      nameOf,
    ) ?? nearest(own, products, sums, nameOf)
  );
}

/** A case distinction of a product that has a signal of these sums. */
function besides(own: RowCase, sums: readonly Sum[], nameOf: NameOf): Split | null {
  return nearest(own, own.products, sums, nameOf, 1);
}

type NameOf = (signal: number) => string;

/** Most bits of a factor that are split one by one, and their names. */
const FEW = 6;
const OF_CONDITION = /^choice\.condition/;
/** Names of signals of other rows. */
const OF_OTHER_ROW = /^(operations|row|choices|cellsFound)\[/;

function nearest(
  own: RowCase,
  products: readonly Product[],
  sums: readonly Sum[],
  nameOf: NameOf,
  steps = Number.POSITIVE_INFINITY,
): Split | null {
  const reached = new Set<number>();
  for (const sum of sums) for (const one of own.normal(sum).keys()) if (one !== 0) reached.add(one);
  const left = new Set(products);
  for (let [news, step] = [true, 0]; news && step < steps; step++) {
    news = false;
    const near = [...left].filter(({ a, b, c }) =>
      [a, b, c].some((sum) => [...sum.keys()].some((s) => reached.has(s))),
    );
    let ofZero: Split | null = null;
    let ofOne: Split | null = null;
    for (const { a, b, c } of near) {
      for (const factor of [a, b]) {
        const bit = bitOf(own, factor);
        if (bit !== null && !isOfRange(nameOf(bit))) return ofBit(bit, nameOf(bit));
        const signals = [...factor.keys()].filter((one) => one !== 0);
        const [first] = signals;
        const areBits =
          signals.length <= FEW && signals.every((one) => isBit(own, one) && OF_CONDITION.test(nameOf(one)));
        if (areBits && first !== undefined) ofOne ??= ofBit(first, nameOf(first));
        if (bit === null && c.size === 0) ofZero ??= ofFactor(factor, nameOf);
      }
    }
    if (ofOne !== null) return ofOne;
    if (ofZero !== null) return ofZero;
    for (const product of near) {
      left.delete(product);
      for (const sum of [product.a, product.b, product.c]) for (const one of sum.keys()) reached.add(one);
      news = true;
    }
  }
  return null;
}

/** A case distinction that a row needs so that it can be read. */
export function toRead(own: RowCase, { bits, unread }: Values, nameOf: NameOf): Split | null {
  const [bit] = bits;
  return bit === undefined ? (bitIn(own, unread, nameOf) ?? besides(own, unread, nameOf)) : ofBitSum(bit);
}

const ofBitSum = (bit: Sum): Split => ({
  values: [0n, 1n].map((value) => ({
    name: `bit=${value}`,
    assume: (inner) => inner.assumeZero(plus(bit, ONE, -value)),
  })),
});
const ONE: Sum = new Map([[0, 1n]]);

/** A bit of a sum that could not be read: the one with the least factor, which decides of what sort the word is. */
function bitIn(own: RowCase, sums: readonly Sum[], nameOf: NameOf): Split | null {
  for (const sum of sums) {
    let least: readonly [bit: number, size: bigint] | null = null;
    for (const [signal, factor] of own.normal(sum)) {
      const size = factor < 0n ? -factor : factor;
      const isLess = least === null || size < least[1];
      if (isLess && isBit(own, signal) && !isOfRange(nameOf(signal))) least = [signal, size];
    }
    if (least !== null) return ofBit(least[0], nameOf(least[0]));
  }
  return null;
}

const ofBit = (bit: number, name: string): Split => ({
  values: [0n, 1n].map((value) => ({
    name: `${name}=${value}`,
    assume: (inner) => inner.assumeZero(plus(new Map([[bit, 1n]]), new Map([[0, 1n]]), -value)),
  })),
});

/** A factor of a product is 0 or not. */
function ofFactor(factor: Sum, nameOf: (signal: number) => string): Split {
  const name = [...factor.keys()].map(nameOf).slice(0, 3).join("+");
  const isNot = (inner: RowCase): boolean => {
    inner.assumeNonzero(factor);
    return true;
  };
  return {
    values: [
      { name: `${name}=0`, assume: (inner) => inner.assumeZero(factor) },
      { name: `${name}≠0`, assume: isNot },
    ],
  };
}

/** Bits of numbers: there are too many to try them. */
const isOfRange = (name: string): boolean => /Num2Bits|Bits\[|parts\.(fact|resourceEntry)/.test(name);

/** The bit that a sum is, times a number and with one added. */
function bitOf(own: RowCase, sum: Sum): number | null {
  const signals = [...sum.keys()].filter((one) => one !== 0);
  const [bit] = signals;
  return signals.length === 1 && bit !== undefined && isBit(own, bit) ? bit : null;
}

function isBit(own: RowCase, signal: number): boolean {
  const bounds = own.own.checker.facts.bounds.get(signal);
  return bounds !== undefined && bounds[0] === 0n && bounds[1] === 1n;
}
