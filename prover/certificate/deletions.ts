/**
 * Whether a certificate can fail: each constraint is deleted in turn, and the certificate must be refused at a line
 * that names it. What comes before that line is checked once, not once for each constraint, and lines are read once.
 */
import type { Line } from "../../verifier/certificate/checker.ts";
import type { Circuit } from "../../verifier/certificate/circuit.ts";
import { Facts } from "../../verifier/certificate/facts.ts";
import { type Constraint, Refusal, refuse } from "../../verifier/certificate/field.ts";
import { HashChecker } from "../../verifier/hashes/check.ts";
import { constraintsIn, innerLines } from "./elaboration/lineParts.ts";
import { areTwins } from "./twins.ts";

export interface Deletions {
  readonly tried: number;
  readonly refused: number;
  /** Not refused, as another constraint says the same. */
  readonly implied: number;
}

/** Constraints that no line needs: other constraints that say the same, and those that nothing is shown of. */
export interface Spared {
  readonly twins: readonly number[];
  readonly spared: readonly number[];
}

/** Checks a certificate, and at the first line that names a constraint tries it without. */
class Trial extends HashChecker {
  readonly refused = new Set<number>();
  /** Constraints that are still to be deleted. */
  readonly #open: Set<number>;
  /** Those that a line names first, by the line or a line of its cases. */
  readonly #first = new Map<Line, readonly number[]>();
  /** The one that is not there. */
  #deleted = -1;

  constructor(circuit: Circuit, wanted: Iterable<number>) {
    super(circuit);
    this.#open = new Set(wanted);
  }

  /** Before a line that is in no case. */
  look(line: Line): void {
    this.#first.clear();
    if (this.#open.size > 0) this.#visit(line);
  }

  override at(n: number): Constraint {
    return n >= 0 && n === this.#deleted ? refuse(`constraint ${n} was deleted`) : super.at(n);
  }

  override apply(line: Line): void {
    for (const n of this.#first.get(line) ?? []) if (this.#isRefused(line, n)) this.refused.add(n);
    super.apply(line);
  }

  #visit(line: Line): void {
    const own = constraintsIn(line).filter((n) => this.#open.delete(n));
    if (own.length > 0) this.#first.set(line, own);
    for (const inner of innerLines(line)) this.#visit(inner);
  }

  #isRefused(line: Line, n: number): boolean {
    const { facts, next, transcript, challenge } = this;
    const [count, depth] = [this.added.length, this.zeros.length];
    this.facts = new Facts(facts);
    this.#deleted = n;
    try {
      super.apply(line);
      return false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.message.includes(`constraint ${n} was deleted`);
    } finally {
      this.#deleted = -1;
      [this.facts, this.next] = [facts, next];
      [this.transcript, this.challenge] = [transcript, challenge];
      [this.added.length, this.zeros.length] = [count, depth];
    }
  }
}

/**
 * @param wanted constraints of the file that are deleted, one at a time
 * @returns counts, and the numbers of those that are not refused
 */
export function deletions(circuit: Circuit, lines: Iterable<Line>, wanted: readonly number[]): Deletions & Spared {
  const trial = new Trial(circuit, wanted);
  for (const line of lines) {
    trial.look(line);
    trial.apply(line);
  }
  const unneeded = wanted.filter((n) => !trial.refused.has(n));
  const twins = unneeded.filter((n) => hasTwin(circuit, n));
  const spared = unneeded.filter((n) => !twins.includes(n));
  return { tried: wanted.length, refused: trial.refused.size, implied: twins.length, twins, spared };
}

/** Whether another constraint of the file has the same factors and the same product, or multiples of them. */
function hasTwin(circuit: Circuit, n: number): boolean {
  const own = circuit.at(n);
  for (let other = 0; other < circuit.count; other++) if (other !== n && areTwins(circuit.at(other), own)) return true;
  return false;
}
