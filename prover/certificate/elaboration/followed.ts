/** What translations of lines work on: the draft as far as it was followed, and what the certificate has by then. */
import type { System, Terms } from "../../../verifier/constraints/system.ts";
import { Checker } from "../reasoning/check.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { Numbers } from "./numbers.ts";

/** A polynomial in a line: factors, each with the signals that it is multiplied by. */
export type Monomials = readonly (readonly [factor: string, ...signals: number[]])[];
/** Constraints, each with what it is multiplied by. */
export type Multiples = readonly (readonly [n: number, times: Monomials])[];
/** The factor 1. */
export const ONE: Monomials = [["1"]];

/** What a line becomes, if that is only known once the draft's line was followed. */
export type Later = () => readonly Line[];
/**
 * By the draft's rule, what a line becomes, or is preceded by. A translation is asked before the line is followed: so
 * it sees what is known without it.
 */
export type Translations = Readonly<Record<string, (on: Followed, ...rest: never[]) => readonly Line[] | Later>>;

export class Followed extends Checker {
  readonly numbers: Numbers;
  /**
   * Lines that add signals and constraints. They are algebra, which holds in all cases, and the certificate's checker
   * takes none in a case: so they stand before the outermost line that they are needed in.
   */
  readonly before: Line[] = [];
  /** Branches of the line that was followed last. */
  branches: readonly Line[][] = [];
  /** By x, a constraint b · v = (x + v) / 2 in which b is 0 or 1: of lines of the rule `sign`. */
  readonly quotients = new Map<number, number>();
  /** What the first challenge is drawn from, until it is. */
  transcribed: readonly unknown[] = [];
  /** What was added for several lines: numbers by what it says. */
  readonly #shared = new Map<string, readonly number[]>();

  constructor(system: System) {
    super(system);
    this.numbers = new Numbers(system);
  }

  /** Adds a signal that is a sum, or a sum divided by a signal that is not 0. */
  define(sum: Terms, ...divisor: number[]): [signal: number, constraint: number] {
    this.before.push(["define", sum, ...divisor]);
    return [this.numbers.newSignal(), this.numbers.newConstraint()];
  }

  /** Adds a constraint: times the divisors, it is a sum of multiples of others. */
  derive(sides: readonly Terms[], parts: Multiples, divisors: readonly number[] = []): number {
    this.before.push(["derive", sides, parts, divisors]);
    return this.numbers.newConstraint();
  }

  /** Numbers of what `make` adds, which it does only once. */
  shared<T extends readonly number[]>(key: string, make: () => T): T {
    const found = (this.#shared.get(key) as T | undefined) ?? make();
    this.#shared.set(key, found);
    return found;
  }
}
