/** What a solver is asked about one signal: some of the constraints, more of them each time. */
import { centred, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";

/** As many constraints are asked about: with more of them, solvers know nothing within their time. */
const MOST = 160;

/** What a set of constraints says of what is unknown in it. */
export type Reach =
  /** More constraints have what is unknown in these. */
  | "part"
  /** All constraints that have what is unknown in these; others have signals that are known. */
  | "closed"
  /** All constraints that have any signal of these. So witnesses of these are witnesses of a circuit that has one. */
  | "whole";

/** Has this signal one value, as far as these constraints say? */
export interface Question {
  readonly signal: number;
  readonly constraints: readonly number[];
  readonly reach: Reach;
  /** How many constraints have what is unknown in these, and are not among them. */
  readonly left: number;
}

/**
 * Questions about a signal, each with more constraints than the one before: those that have the signal, then those that
 * have a signal of these, and so on. The way goes through unknown signals, and when there are no more, through others.
 * Constraints of hashes come last: no solver computes a hash backwards.
 */
export function* questions(own: Propagator, signal: number): Generator<Question> {
  const { system } = own;
  const { facts } = own.checker;
  const constraints = new Set<number>();
  const signalsOf = (n: number): number[] =>
    [...new Set((system.constraints.at(n) as readonly Sum[]).flatMap((sum) => [...sum.keys()]))].filter(
      (one) => facts.constant(one) === null,
    );
  const inside = new Set([signal]);
  const beside = (isMeant: (one: number) => boolean): number[] => {
    const found = new Set<number>();
    for (const one of inside) {
      if (!isMeant(one)) continue;
      // What another form stands for says nothing more.
      for (const n of own.of(one)) if (!constraints.has(n) && !own.passed.has(n)) found.add(n);
    }
    return [...found];
  };
  const isUnknown = (one: number): boolean => !facts.known.has(one);
  const isAny = (): boolean => true;
  const isHash = (n: number): boolean => own.inHash.has(n);
  while (constraints.size < MOST) {
    const open = beside(isUnknown);
    const first = open.filter((n) => !isHash(n));
    const next = [first, open, beside(isAny)].find((list) => list.length > 0);
    if (next === undefined) return;
    const newUnknown = new Map(next.map((n) => [n, signalsOf(n).filter((s) => isUnknown(s) && !inside.has(s)).length]));
    next.sort((x, y) => (newUnknown.get(x) as number) - (newUnknown.get(y) as number) || x - y);
    for (const n of next.slice(0, MOST - constraints.size)) {
      constraints.add(n);
      for (const one of signalsOf(n)) inside.add(one);
    }
    const left = beside(isUnknown).length;
    const reach = left > 0 ? "part" : beside(isAny).length > 0 ? "closed" : "whole";
    yield { signal, constraints: [...constraints].sort((x, y) => x - y), reach, left };
  }
}

/** Values of signals in two lists of values, by signal: both are the same where it is known. */
export type Pair = ReadonlyMap<number, readonly [bigint, bigint]>;

/** Whether two lists of values are an answer to a question: they satisfy its constraints, and the signal differs. */
export function holds(own: Propagator, { signal, constraints }: Question, values: Pair): boolean {
  const { facts } = own.checker;
  const numberAt = (one: number, side: 0 | 1): bigint => facts.constant(one) ?? values.get(one)?.[side] ?? 0n;
  const total = (sum: Sum, side: 0 | 1): bigint =>
    [...sum].reduce((all, [one, factor]) => all + factor * numberAt(one, side), 0n);
  const isSame = (one: number): boolean => centred(numberAt(one, 0) - numberAt(one, 1)) === 0n;
  return (
    !isSame(signal) &&
    [...values.keys()].every((one) => !facts.known.has(one) || isSame(one)) &&
    constraints.every((n) =>
      ([0, 1] as const).every((side) => {
        const [a, b, c] = (own.system.constraints.at(n) as readonly Sum[]).map((sum) => total(sum, side));
        return centred((a as bigint) * (b as bigint) - (c as bigint)) === 0n;
      }),
    )
  );
}
