/** Drafts for systems of a few constraints, what they become, and what the checker makes of that. */
import { Elaboration } from "../../prover/certificate/elaboration/elaborate.ts";
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";
import { check } from "../../verifier/certificate/check.ts";
import type { Terms } from "../../verifier/certificate/checker.ts";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { System } from "../../verifier/constraints/system.ts";
import { HashChecker } from "../../verifier/hashes/check.ts";
import type { Sums } from "./r1csFile.ts";

/** A sum: factors by signal. */
type Factors = Readonly<Record<number, number | bigint>>;

const sumOf = (factors: Factors): [number, bigint][] =>
  Object.entries(factors).map(([signal, factor]) => [Number(signal), BigInt(factor)]);
/** A sum as lines have it. */
export const terms = (factors: Factors): Terms => sumOf(factors).map(([signal, factor]) => [signal, String(factor)]);
/** a · b = c. */
export const product = (a: Factors, b: Factors, c: Factors = {}): Sums => [sumOf(a), sumOf(b), sumOf(c)];
/** The sum is 0. */
export const zero = (sum: Factors): Sums => product({}, {}, sum);
/** x is 0 or 1. */
export const bit = (x: number): Sums => product({ [x]: 1 }, { [x]: 1, 0: -1 });

/** Follows a draft. @returns what it knows, and the certificate as it is read from a file */
export function elaborated(file: Buffer, draft: Iterable<Line>): { engine: Elaboration; lines: Line[] } {
  const lines: Line[] = [];
  const engine = new Elaboration(new System(file), (line) => lines.push(line));
  for (const line of draft) engine.take(line);
  engine.end();
  return { engine, lines: JSON.parse(JSON.stringify(lines)) as Line[] };
}

/** @throws Refusal of the checker */
export function checked(file: Buffer, lines: readonly Line[]): HashChecker {
  const checker = new HashChecker(new Circuit(file));
  for (const [i, line] of lines.entries()) check(checker, JSON.stringify(line), i + 1);
  return checker;
}

/** What the draft's engine knows and the checker does not, in words. */
export function lacking(engine: Elaboration, { facts }: HashChecker): string[] {
  const found: string[] = [];
  for (const signal of engine.facts.known) {
    if (!facts.knows(engine.numbers.signal(signal))) found.push(`signal ${signal} is not known`);
  }
  for (const [signal, [low, high]] of engine.facts.bounds) {
    const bounds = facts.boundsOf(engine.numbers.signal(signal));
    const isThere = bounds !== undefined && bounds[0] >= low && bounds[1] <= high;
    if (!isThere) found.push(`signal ${signal} lies in ${bounds}, and not in ${low},${high}`);
  }
  return found;
}

/** Signals of the draft that only the checker knows. */
export function moreKnown(engine: Elaboration, { facts }: HashChecker): number[] {
  const all = Array.from({ length: engine.system.next }, (_, signal) => signal);
  return all.filter((signal) => !engine.facts.known.has(signal) && facts.knows(engine.numbers.signal(signal)));
}
