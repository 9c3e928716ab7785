/**
 * A question as SMT-LIB text, in the logic of finite fields: two copies of the constraints. Known signals are shared by
 * the copies, and the signal in question differs. If that cannot be, the signal has one value.
 */
import { excludesZero, type Interval } from "../../../verifier/constraints/intervals.ts";
import { centred, inverse, P, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";
import type { Pair, Question } from "./near.ts";

/** Bounds with as many values are written as such. Of wider ones, only whether 0 is among them. */
const FEW = 16n;

const SIDES = ["x", "y"] as const;
type Side = (typeof SIDES)[number];

/** The text. The same question gives the same bytes. It asks nothing itself: whoever reads it does. */
export function textOf(own: Propagator, { signal, constraints }: Question): string {
  const { facts } = own.checker;
  const declared = new Set<string>();
  const signals = new Set<number>([signal]);
  // Constraints between known signals alone are the same in both copies, and a set has them once.
  const lines = new Set<string>();
  const assert = (text: string): void => void lines.add(`(assert ${text})`);
  const nameOf = (one: number, side: Side): string => {
    const name = `${facts.known.has(one) ? "k" : side}${one}`;
    declared.add(name);
    signals.add(one);
    return name;
  };
  const linearText = (sum: Sum, side: Side): string =>
    sumText([...sum].map(([one, factor]) => (one === 0 ? numberText(factor) : times(factor, nameOf(one, side)))));
  const named = new Map<string, string>();
  /** A factor of a product: a sum of several signals gets a name, so that a bit that is a sum looks like a bit. */
  const factorText = (sum: Sum, side: Side): string => {
    const rest = [...sum].filter(([one]) => one !== 0).sort(([x], [y]) => x - y);
    const [first] = rest;
    if (first === undefined || rest.length === 1) return linearText(sum, side);
    const back = inverse(first[1]);
    const text = linearText(new Map(rest.map(([one, factor]) => [one, centred(factor * back)])), side);
    let name = named.get(text);
    if (name === undefined) {
      name = `s${named.size}`;
      named.set(text, name);
      declared.add(name);
      assert(`(= ${name} ${text})`);
    }
    const constant = sum.get(0);
    return sumText([times(first[1], name), ...(constant === undefined ? [] : [numberText(constant)])]);
  };
  for (const n of constraints) {
    const { a, b, c, linear } = own.folded(n);
    for (const side of SIDES) {
      if (linear !== null) assert(`(= ${linearText(linear, side)} ${numberText(0n)})`);
      else assert(`(= (ff.mul ${factorText(a, side)} ${factorText(b, side)}) ${linearText(c, side)})`);
    }
  }
  assert(`(not (= ${SIDES.map((side) => nameOf(signal, side)).join(" ")}))`);
  for (const one of [...signals].sort((x, y) => x - y)) {
    for (const side of SIDES) {
      const bounds = facts.bounds.get(one);
      if (bounds !== undefined && bounds[1] - bounds[0] < FEW) assert(among(nameOf(one, side), bounds));
      else if (facts.nonzero.has(one) || (bounds !== undefined && excludesZero(bounds)))
        assert(`(not (= ${nameOf(one, side)} ${numberText(0n)}))`);
    }
  }
  const head = ["(set-logic QF_FF)", `(define-sort F () (_ FiniteField ${P}))`];
  return `${[...head, ...[...declared].map((name) => `(declare-fun ${name} () F)`), ...lines].join("\n")}\n`;
}

/** The values of an answer, by signal. A constant that it leaves out is 0. */
export function pairOf(values: ReadonlyMap<string, bigint>): Pair {
  const pair = new Map<number, [bigint, bigint]>();
  for (const [name, value] of values) {
    const signal = Number(name.slice(1));
    // The name of a sum.
    if (name[0] === "s") continue;
    const both = pair.get(signal) ?? [0n, 0n];
    if (name[0] !== "y") both[0] = value;
    if (name[0] !== "x") both[1] = value;
    pair.set(signal, both);
  }
  return pair;
}

const sumText = (parts: readonly string[]): string =>
  parts.length > 1 ? `(ff.add ${parts.join(" ")})` : (parts[0] ?? numberText(0n));

const times = (factor: bigint, name: string): string =>
  factor === 1n ? name : `(ff.mul ${numberText(factor)} ${name})`;

const numberText = (n: bigint): string => `(as ff${((n % P) + P) % P} F)`;

/** Two values as a product, which solvers of equations like better; more of them one by one. */
function among(name: string, [low, high]: Interval): string {
  if (low === 0n && high === 1n) return `(= (ff.mul ${name} ${name}) ${name})`;
  const values = Array.from({ length: Number(high - low) + 1 }, (_, i) => `(= ${name} ${numberText(low + BigInt(i))})`);
  return `(or ${values.join(" ")})`;
}
