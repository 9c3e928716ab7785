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
  for (const [i, line] of lines.entries()) check(checker, line, i + 1);
  return checker;
}

/** What the checker knows less than the draft's engine, or other than it, in words. */
export function differences(engine: Elaboration, { facts }: HashChecker): string[] {
  const found: string[] = [];
  for (let signal = 0; signal < engine.system.next; signal++) {
    const own = engine.numbers.signal(signal);
    const [isKnown, isDrafted] = [facts.knows(own), engine.facts.known.has(signal)];
    if (isKnown !== isDrafted) found.push(`signal ${signal} is ${isKnown ? "" : "not "}known`);
    const [wanted, bounds] = [engine.facts.bounds.get(signal), facts.boundsOf(own)];
    const isThere = wanted === undefined || (bounds && bounds[0] >= wanted[0] && bounds[1] <= wanted[1]);
    if (!isThere) found.push(`signal ${signal} lies in ${bounds}, and not in ${wanted}`);
  }
  return found;
}
