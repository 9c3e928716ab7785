/** Numbers of the circuit's field, and sums of signals: each has one form, with factors nearest to 0. */

/** A sum: factors by signal; signal 0 is the constant 1. No factor is 0. */
export type Sum = ReadonlyMap<number, bigint>;

/** a · b = c. */
export type Constraint = readonly [a: Sum, b: Sum, c: Sum];

/** Order of the circuit's field. */
export const P = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const HALF = P / 2n;

/** What a file or a line of a certificate is refused for. */
export class Refusal extends Error {}

/** @throws Refusal always */
export const refuse = (what: string): never => {
  throw new Refusal(what);
};

/** The number between −P/2 and P/2 that stands for `n`. */
export function centred(n: bigint): bigint {
  // Most numbers are there already, and a division costs more than two comparisons.
  if (n <= HALF && n >= -HALF) return n;
  const rest = n % P;
  return rest > HALF ? rest - P : rest < -HALF ? rest + P : rest;
}

/** Inverses that were computed: a circuit has few factors, and each of them often. */
const inverses = new Map<bigint, bigint>();
const MOST_INVERSES = 1 << 16;

/** 1 / n; n is not 0. */
export function inverse(n: bigint): bigint {
  if (n === 1n || n === -1n) return n;
  const known = inverses.get(n);
  if (known !== undefined) return known;
  let [a, b, x, y] = [centred(n), P, 1n, 0n];
  while (b !== 0n) {
    const times = a / b;
    [a, b, x, y] = [b, a - times * b, y, x - times * y];
  }
  if (inverses.size >= MOST_INVERSES) inverses.clear();
  const found = centred(a === 1n ? x : -x);
  inverses.set(n, found);
  return found;
}

/** Adds times · b to a sum, in place. Of several factors of one signal, their sum counts. */
export function gather(sum: Map<number, bigint>, b: Iterable<readonly [number, bigint]>, times = 1n): void {
  for (const [signal, factor] of b) {
    const now = centred((sum.get(signal) ?? 0n) + (times === 1n ? factor : factor * times));
    if (now === 0n) sum.delete(signal);
    else sum.set(signal, now);
  }
}

/** The sum 0. */
export const ZERO: Sum = new Map();

/** a + times · b. */
export function plus(a: Sum, b: Sum, times = 1n): Sum {
  const sum = new Map(a);
  gather(sum, b, times);
  return sum;
}

/** The number that a sum is; null if it has signals. */
export function constantOf(sum: Sum): bigint | null {
  return sum.size === 0 ? 0n : sum.size > 1 ? null : (sum.get(0) ?? null);
}

/** The t such that a = t · b; null if there is none, or if one of them is empty. */
export function ratio(a: Sum, b: Sum): bigint | null {
  if (a.size !== b.size || a.size === 0) return null;
  let times: bigint | null = null;
  for (const [signal, factor] of b) {
    const other = a.get(signal);
    if (other === undefined) return null;
    if (times === null) times = centred(other * inverse(factor));
    else if (centred(times * factor - other) !== 0n) return null;
  }
  return times;
}

/** The sum that is 0 by a constraint with a factor that is a number; null by any other. */
export function linearOf([a, b, c]: Constraint): Sum | null {
  for (const [x, y] of [
    [a, b],
    [b, a],
  ] as const) {
    const number = constantOf(x);
    if (number !== null) return number === 0n ? c : plus(c, y, -number);
  }
  return null;
}

/** An integer as certificates write it: in decimal. */
export function integer(text: unknown): bigint {
  if (typeof text === "string" && /^-?\d+$/.test(text)) return BigInt(text);
  return refuse(`${JSON.stringify(text)} is no integer in decimal`);
}
