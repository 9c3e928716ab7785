/** Case distinctions: all cases of each together are every case. */
import { plus, type Sum } from "../../../verifier/certificate/system.ts";
import { type RowCase, WIDE } from "./rowCase.ts";

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

/** The case distinction nearest to these sums: of a bit, or of a product that is 0. */
export function splitOf(own: RowCase, sums: readonly Sum[], nameOf: (signal: number) => string): Split | null {
  const reached = new Set<number>();
  for (const sum of sums) for (const one of own.normal(sum).keys()) if (one !== 0) reached.add(one);
  const left = new Set(own.products);
  for (let news = true; news; ) {
    news = false;
    const near = [...left].filter(({ a, b, c }) =>
      [a, b, c].some((sum) => [...sum.keys()].some((s) => reached.has(s))),
    );
    let ofZero: Split | null = null;
    for (const { a, b, c } of near) {
      for (const factor of [a, b]) {
        const bit = bitOf(own, factor);
        if (bit !== null && !isOfRange(nameOf(bit))) return ofBit(bit, nameOf(bit));
        if (bit === null && c.size === 0) ofZero ??= ofFactor(factor, nameOf);
      }
    }
    if (ofZero !== null) return ofZero;
    for (const product of near) {
      left.delete(product);
      for (const sum of [product.a, product.b, product.c]) for (const one of sum.keys()) reached.add(one);
      news = true;
    }
  }
  return null;
}

/** A bit that a sum is which could not be read. */
export function bitIn(own: RowCase, sums: readonly Sum[], nameOf: (signal: number) => string): Split | null {
  for (const sum of sums) {
    const bit = bitOf(own, own.normal(sum));
    if (bit !== null && !isOfRange(nameOf(bit))) return ofBit(bit, nameOf(bit));
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
const isOfRange = (name: string): boolean => /Num2Bits|Bits\[/.test(name);

/** The bit that a sum is, times a number and with one added. */
function bitOf(own: RowCase, sum: Sum): number | null {
  const signals = [...sum.keys()].filter((one) => one !== 0);
  const [bit] = signals;
  if (signals.length !== 1 || bit === undefined) return null;
  const bounds = own.own.checker.facts.bounds.get(bit);
  return bounds !== undefined && bounds[0] === 0n && bounds[1] === 1n ? bit : null;
}
