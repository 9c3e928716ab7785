/** Checkers of certificates for small circuits: made by hand, or from drafts. */
import { expect } from "vitest";
import type { Line as DraftLine } from "../../prover/certificate/reasoning/reasoner.ts";
import { Checker, type Line } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import type { Interval } from "../../verifier/certificate/field.ts";
import { RULES } from "../../verifier/certificate/rules.ts";
import { HashChecker } from "../../verifier/hashes/check.ts";
import { elaborated } from "./drafts.ts";
import { fileOf, type Sums } from "./r1csFile.ts";

type Term = readonly [signal: number, factor: bigint];

/** A signal as a sum. */
export const one = (signal: number): readonly Term[] => [[signal, 1n]];
/** The product of two signals is a sum. */
export const product = (a: number, b: number, c: readonly Term[]): Sums => [one(a), one(b), c];
/** The sum is 0. */
export const linear = (...terms: Term[]): Sums => [[], [], terms];
/** The signal is 0 or 1. */
export const bit = (signal: number): Sums => [
  [[signal, 1n]],
  [
    [signal, 1n],
    [0, -1n],
  ],
  [],
];
/** The lines that make a bit of a signal by constraint `n`. */
export const isBit = (n: number, signal: number): Line => [
  "either",
  n,
  [[["range", -1, signal]], [["range", -1, signal]]],
];
export const given: Line = ["named", "given", "the statement gives it", [1]];
export const chosen = (...signals: number[]): Line => ["named", "chosen", "test", signals];
export const within = (signal: number, low: number | bigint, high: number | bigint): Line => [
  "named",
  "within",
  "test",
  [signal],
  String(low),
  String(high),
];
export const nonzero = (...signals: number[]): Line => ["named", "nonzero", "test", signals];
/** Ends a case in which the constraint, or the sum of constraints, cannot be. Where it can be, it says nothing. */
export const cannot = (n: unknown): Line => ["either", n, [[]]];

export const derive = (sides: unknown, parts: unknown = [], divisors: number[] = []): Line => [
  "derive",
  sides,
  parts,
  divisors,
];
/** One cut. Two witnesses are in one case if signal `by` is known, and lies elsewhere in each. */
export const cut = (signal: number, by: unknown, start: unknown, ...branches: unknown[]): Line => [
  "cases",
  signal,
  by,
  start,
  branches,
];
/** Parts of a signal's interval, each but the first from one of `starts` on: cuts in cuts. */
export function cases(signal: number, starts: readonly string[], ...branches: readonly Line[][]): Line {
  const [start, ...more] = starts;
  const [first, ...others] = branches;
  if (start === undefined || branches.length !== starts.length + 1) throw new Error("each start has a part");
  return cut(signal, signal, start, first, more.length === 0 ? others[0] : [cases(signal, more, ...others)]);
}
/** Signal 4 is 7. */
export const seven = linear([4, 1n], [0, -7n]);

/** A checker of a circuit that is made by hand: signal 1 is public. */
export const checkerOf = (...constraints: Sums[]): Checker => new Checker(new Circuit(fileOf(constraints, 8)), RULES);

/** The same, with lines that were applied. */
export function checkedOf(constraints: readonly Sums[], ...lines: Line[]): Checker {
  const checker = checkerOf(...constraints);
  for (const line of lines) checker.apply(line);
  return checker;
}

/** What lines leave known, of signals 1 to 5. */
export function knownOf(constraints: readonly Sums[], ...lines: Line[]): number[] {
  const { facts } = checkedOf(constraints, ...lines);
  return [1, 2, 3, 4, 5].filter((signal) => facts.knows(signal));
}
/** Where they leave a signal. */
export const boundsOf = (signal: number, constraints: readonly Sums[], ...lines: Line[]): Interval | undefined =>
  checkedOf(constraints, ...lines).facts.boundsOf(signal);
/** The last of the lines is refused, and those before are not. */
export function refused(why: string, constraints: readonly Sums[], ...lines: Line[]): void {
  const checker = checkedOf(constraints, ...lines.slice(0, -1));
  expect(() => checker.apply(lines.at(-1) as Line)).toThrow(why);
}

/** Lines of the certificate that a draft becomes. @param file of the circuit */
export const elaboratedOf = (file: Buffer, draft: Iterable<DraftLine>): Line[] => elaborated(file, draft).lines;

/** A checker of a circuit's file that has applied lines. */
export function hashCheckerOf(file: Buffer, lines: Iterable<Line>): HashChecker {
  const checker = new HashChecker(new Circuit(file));
  for (const line of lines) checker.apply(line);
  return checker;
}
