/** Numbers of the circuit's field, sums of signals, and intervals of integers. */

/** A sum: factors by signal; signal 0 is the constant 1. No factor is 0, and each lies between −P/2 and P/2. */
export type Sum = ReadonlyMap<number, bigint>;
/** a · b = c. */
export type Constraint = readonly [a: Sum, b: Sum, c: Sum];
/** All integers from `low` to `high`, fewer than P of them. A number of the field is one of them, modulo P. */
export type Interval = readonly [low: bigint, high: bigint];

/** Order of the circuit's field. */
export const P = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;
const HALF = P / 2n;
export const ZERO: Sum = new Map();

/** What a file or a line is refused for. */
export class Refusal extends Error {}
export function refuse(what: string): never {
  throw new Refusal(what);
}

/** The number from −P/2 to P/2 that stands for `n`. */
export function centred(n: bigint): bigint {
  const rest = n > HALF || n < -HALF ? n % P : n;
  return rest > HALF ? rest - P : rest < -HALF ? rest + P : rest;
}
/** a + times · b, of sums, or of other factors by key. Of several factors for one key, their sum counts. */
export function plus<K>(a: Iterable<readonly [K, bigint]>, b: Iterable<readonly [K, bigint]>, times = 1n) {
  const sum = new Map(a);
  for (const [key, factor] of b) {
    const now = centred((sum.get(key) ?? 0n) + (times === 1n ? factor : factor * times));
    if (now === 0n) sum.delete(key);
    else sum.set(key, now);
  }
  return sum;
}

const least = (a: bigint, b: bigint): bigint => (a > b ? b : a);
/** The integers of all, and those between; null if one is not known. */
export const together = ([first = null, ...more]: readonly (Interval | null | undefined)[]): Interval | null =>
  more.reduce<Interval | null>((a, b) => (a && b ? [least(a[0], b[0]), -least(-a[1], -b[1])] : null), first);
/** Whether both are known, and no number of one is one of the other, modulo P. */
export function areApart(a: Interval | null | undefined, b: Interval | null | undefined): boolean {
  const low = a && b && (((a[0] - b[1]) % P) + P) % P;
  return !!a && !!b && !!low && low + (a[1] - a[0]) + (b[1] - b[0]) < P;
}
