/** Numbers of the circuit's field, sums of signals, polynomials, and intervals of integers. */

/** A sum: factors by signal; signal 0 is the constant 1. No factor is 0, and each lies between −P/2 and P/2. */
export type Sum = ReadonlyMap<number, bigint>;
/** a · b = c. */
export type Constraint = readonly [a: Sum, b: Sum, c: Sum];
/** Factors by monomial: its signals in order, with commas between them. */
export type Polynomial = ReadonlyMap<string, bigint>;
/** All integers from `low` to `high`, fewer than P of them. A number of the field is one of them, modulo P. */
export type Interval = readonly [low: bigint, high: bigint];

/** Order of the circuit's field. */
export const P = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const HALF = P / 2n;
export const ZERO: Sum = new Map();

/** What a file or a line is refused for. */
export class Refusal extends Error {}
/** @throws Refusal always */
export const refuse = (what: string): never => {
  throw new Refusal(what);
};

/** The number from −P/2 to P/2 that stands for `n`. */
export function centred(n: bigint): bigint {
  const rest = n > HALF || n < -HALF ? n % P : n;
  return rest > HALF ? rest - P : rest < -HALF ? rest + P : rest;
}

/** Inverses that were computed: a circuit has few factors, and each of them often. */
const inverses = new Map<bigint, bigint>();
/** 1 / n; n is not 0. */
export function inverse(n: bigint): bigint {
  let [a, b, x, y] = [n, P, 1n, 0n];
  while (!inverses.has(n) && b !== 0n) [a, b, x, y] = [b, a % b, y, x - (a / b) * y];
  const found = inverses.get(n) ?? centred(a === 1n ? x : -x);
  inverses.set(n, found);
  return found;
}

/** Adds times · b to a sum or a polynomial, in place. */
export function add<K>(sum: Map<K, bigint>, b: Iterable<readonly [K, bigint]>, times = 1n): void {
  for (const [key, factor] of b) {
    const now = centred((sum.get(key) ?? 0n) + factor * times);
    if (now === 0n) sum.delete(key);
    else sum.set(key, now);
  }
}
/** a + times · b. */
export function plus<K>(
  a: ReadonlyMap<K, bigint>,
  b: Iterable<readonly [K, bigint]>,
  times = 1n,
): ReadonlyMap<K, bigint> {
  const sum = new Map(a);
  add(sum, b, times);
  return sum;
}

/** The sum that is 0 by a constraint with a factor that is a number; null by any other. */
export function linearOf([a, b, c]: Constraint): Sum | null {
  const [number, other] = [...a.keys()].every((signal) => signal === 0) ? [a, b] : [b, a];
  return [...number.keys()].every((signal) => signal === 0) ? plus(c, other, -(number.get(0) ?? 0n)) : null;
}

/** The product of two monomials. */
export const times = (x: string, y: string): string => (x && y ? `${x},${y}`.split(",").sort().join() : x || y);
export const polynomial = (sum: Sum): Polynomial => new Map([...sum].map(([one, f]) => [one === 0 ? "" : `${one}`, f]));
export function product(p: Polynomial, q: Polynomial): Polynomial {
  const terms = [...p].flatMap(([x, f]) => [...q].map(([y, g]) => [times(x, y), f * g] as const));
  return plus(new Map(), terms);
}

const least = (a: bigint, b: bigint): bigint => (a > b ? b : a);
/** The integers of all, and those between; null if one is not known. */
export const together = (spans: readonly (Interval | null | undefined)[]): Interval | null =>
  spans.reduce((a, b) => a && b && [least(a[0], b[0]), -least(-a[1], -b[1])]) ?? null;
/** Whether both are known, and no number of one is one of the other, modulo P. */
export function areApart(a: Interval | null, b: Interval | null): boolean {
  const low = a && b && (((a[0] - b[1]) % P) + P) % P;
  return a !== null && b !== null && !!low && low + (a[1] - a[0]) + (b[1] - b[0]) < P;
}
