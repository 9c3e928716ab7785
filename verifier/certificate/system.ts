/**
 * The constraints of an `.r1cs` file, read here and nowhere else: the checker of certificates shares no code with
 * whoever makes them. Lines of a certificate may add signals that are sums of others, and constraints that follow by
 * algebra alone.
 */
import { createHash } from "node:crypto";
import { type Constraint, Constraints, type Sum, Sums } from "./constraints.ts";

export type { Constraint, Sum } from "./constraints.ts";

/** Order of the circuit's field. */
export const P = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

const HALF = P / 2n;

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
  let found = inverses.get(n);
  if (found === undefined) {
    if (inverses.size >= MOST_INVERSES) inverses.clear();
    found = computedInverse(n);
    inverses.set(n, found);
  }
  return found;
}

function computedInverse(n: bigint): bigint {
  let [a, b, x, y] = [centred(n), P, 1n, 0n];
  while (b !== 0n) {
    const times = a / b;
    [a, b, x, y] = [b, a - times * b, y, x - times * y];
  }
  return centred(a === 1n ? x : -x);
}

/** Adds times · b to a sum, in place. Of several factors of one signal, their sum counts. */
export function gather(
  sum: Map<number, bigint>,
  b: Iterable<readonly [signal: number, factor: bigint]>,
  times = 1n,
): void {
  for (const [signal, factor] of b) {
    const now = centred((sum.get(signal) ?? 0n) + (times === 1n ? factor : factor * times));
    if (now === 0n) sum.delete(signal);
    else sum.set(signal, now);
  }
}

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

/** What a line of a certificate is refused for. */
export class Refusal extends Error {}

/** An integer as certificates write it: in decimal. */
export function integer(text: unknown): bigint {
  if (typeof text === "string" && /^-?\d+$/.test(text)) return BigInt(text);
  throw new Refusal(`${JSON.stringify(text)} is no integer in decimal`);
}

/** So many bytes are hashed at once: fewer than are too many. */
const PART = 1 << 30;

export class System {
  readonly constraints = new Constraints();
  /** Constraints that are there no more, though they keep their number: certificates must do without them. */
  readonly deleted = new Set<number>();
  /** What signals that lines defined are, over the signals of the file; and where that stands, by signal. */
  readonly #sums = new Sums();
  readonly #places = new Map<number, number>();
  readonly hash: string;
  /** Signals of the file, 0 included; and of those 1..`given`, the public ones. */
  readonly signals: number;
  readonly given: number;
  readonly own: number;
  next: number;

  constructor(file: Buffer) {
    const hash = createHash("sha256");
    for (let at = 0; at < file.length; at += PART) hash.update(file.subarray(at, at + PART));
    this.hash = hash.digest("hex");
    if (file.toString("latin1", 0, 4) !== "r1cs") throw new Refusal("this is not an .r1cs file");
    const sections = new Map<number, Buffer>();
    let at = 12;
    for (let left = file.readUInt32LE(8); left > 0; left--) {
      const length = Number(file.readBigUInt64LE(at + 4));
      const type = file.readUInt32LE(at);
      if (sections.has(type)) throw new Refusal(`the .r1cs file has two sections ${type}`);
      sections.set(type, file.subarray(at + 12, at + 12 + length));
      at += 12 + length;
    }
    const header = sections.get(1);
    const body = sections.get(2);
    if (header === undefined || body === undefined) throw new Refusal("the .r1cs file has no header or no constraints");
    const number = (from: Buffer, place: number): bigint =>
      [24, 16, 8, 0].reduce((high, low) => (high << 64n) | from.readBigUInt64LE(place + low), 0n);
    if (header.readUInt32LE(0) !== 32 || number(header, 4) !== P) throw new Refusal("the .r1cs file has another field");
    this.signals = header.readUInt32LE(36);
    this.given = header.readUInt32LE(40) + header.readUInt32LE(44);
    this.own = header.readUInt32LE(60);
    this.next = this.signals;
    at = 0;
    // A factor that comes again is the same object: the files of large circuits have few, and each of them often.
    const factors = new Map<string, bigint>();
    const factorAt = (place: number): bigint => {
      const bytes = body.toString("latin1", place, place + 32);
      let found = factors.get(bytes);
      if (found === undefined) {
        found = centred(number(body, place));
        factors.set(bytes, found);
      }
      return found;
    };
    const sum = (): Sum => {
      const terms = new Map<number, bigint>();
      const count = body.readUInt32LE(at);
      at += 4;
      for (let i = 0; i < count; i++, at += 36) {
        const [signal, factor] = [body.readUInt32LE(at), factorAt(at + 4)];
        // A signal of no number here would be one that a line adds; of two factors, who reads the file may take one.
        if (signal >= this.signals)
          throw new Refusal(`the .r1cs file has a signal ${signal}, which is none of its own`);
        if (terms.has(signal)) throw new Refusal(`the .r1cs file has signal ${signal} twice in a sum`);
        if (factor !== 0n) terms.set(signal, factor);
      }
      return terms;
    };
    for (let i = 0; i < this.own; i++) this.constraints.push([sum(), sum(), sum()]);
    if (at !== body.length) throw new Refusal("the .r1cs file has more constraints than it says");
  }

  /** A constraint by its number. */
  at(n: number): Constraint {
    const constraint = this.constraints.at(n);
    if (constraint === undefined) throw new Refusal(`there is no constraint ${n}`);
    if (this.deleted.has(n)) throw new Refusal(`constraint ${n} was deleted`);
    return constraint;
  }

  /** @throws Refusal if one of them is no signal */
  exist(signals: Iterable<number>): void {
    for (const signal of signals) {
      if (Number.isInteger(signal) && signal >= 0 && signal < this.next) continue;
      throw new Refusal(`there is no signal ${signal}`);
    }
  }

  /** A sum as certificates write it. Every rule relies on it that no factor is 0. */
  sumOf(terms: readonly (readonly [signal: number, factor: string])[]): Sum {
    this.exist(terms.map(([signal]) => signal));
    const sum = new Map<number, bigint>();
    gather(
      sum,
      terms.map(([signal, factor]) => [signal, integer(factor)]),
    );
    return sum;
  }

  /** `sum` over the signals of the file alone. */
  expanded(sum: Sum): Sum {
    const whole = new Map<number, bigint>();
    for (const [signal, factor] of sum) gather(whole, this.definition(signal) ?? [[signal, 1n]], factor);
    return whole;
  }

  /** What a signal that a line defined is, over the signals of the file; undefined for any other. */
  definition(signal: number): Sum | undefined {
    const place = signal < this.signals ? undefined : this.#places.get(signal);
    return place === undefined ? undefined : this.#sums.at(place);
  }

  /** A constraint that says nothing: over the signals of the file both sides are the same sum. */
  identity(constraint: Constraint): void {
    for (const sum of constraint) this.exist(sum.keys());
    const [a, b, c] = constraint.map((sum) => this.expanded(sum)) as [Sum, Sum, Sum];
    if (linearOf([a, b, c])?.size !== 0) throw new Refusal("this is no identity");
    this.constraints.push(constraint);
  }

  /** A new signal that is this sum, and the constraint that says so. */
  define(sum: Sum): void {
    this.exist(sum.keys());
    this.#places.set(this.next, this.#sums.length);
    this.#sums.push(this.expanded(sum));
    this.constraints.push([new Map(), new Map(), plus(sum, new Map([[this.next, -1n]]))]);
    this.next++;
  }

  /** The same constraint in other signals. */
  rewrite(n: number, constraint: Constraint): void {
    const old = this.at(n);
    for (const [i, sum] of constraint.entries()) {
      if (plus(this.expanded(sum), this.expanded(old[i] as Sum), -1n).size > 0) {
        throw new Refusal(`constraint ${n} is not what it is rewritten as`);
      }
    }
    this.constraints.push(constraint);
  }

  /** Sum of linear constraints, each times a number. */
  add(parts: readonly (readonly [n: number, times: bigint])[]): void {
    let whole: Sum = new Map();
    for (const [n, times] of parts) whole = plus(whole, this.linear(n), times);
    this.constraints.push([new Map(), new Map(), whole]);
  }

  /** The sum that is 0 by a linear constraint. */
  linear(n: number): Sum {
    const sum = linearOf(this.at(n));
    if (sum === null) throw new Refusal(`constraint ${n} is not linear`);
    return sum;
  }
}
