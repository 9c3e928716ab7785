/**
 * Whether a certificate can fail: each constraint is deleted in turn, and the certificate must be refused at a line
 * that names it. What comes before that line is checked once, not once for each constraint, and lines are read once.
 */
import { type Certificate, Checker } from "../../verifier/certificate/check.ts";
import type { Line } from "../../verifier/certificate/reasoner.ts";
import { type Constraint, plus, Refusal, ratio, type Sum } from "../../verifier/constraints/sums.ts";
import { System } from "../../verifier/constraints/system.ts";
import { casesOf, constraintsIn } from "./arguments.ts";

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
class Trial extends Checker {
  readonly refused = new Set<number>();
  /** Constraints that are still to be deleted. */
  readonly #open: Set<number>;
  /** Those that a line names first, by the line or a line of its cases. */
  readonly #first = new Map<Line, readonly number[]>();

  constructor(system: System, wanted: Iterable<number>) {
    super(system);
    this.#open = new Set(wanted);
  }

  /** A line that is in no case. */
  check(line: Line): void {
    this.#visit(line);
    this.apply(line);
    this.#first.clear();
    this.facts.keep();
  }

  override apply(line: Line): void {
    for (const n of this.#first.get(line) ?? []) if (this.#isRefused(line, n)) this.refused.add(n);
    super.apply(line);
  }

  #visit(line: Line): void {
    if (this.#open.size === 0) return;
    const own = constraintsIn(line).filter((n) => this.#open.delete(n));
    if (own.length > 0) this.#first.set(line, own);
    for (const lines of casesOf(line)) for (const inner of lines) this.#visit(inner);
  }

  #isRefused(line: Line, n: number): boolean {
    const { facts, system } = this;
    const [mark, count, next, dead] = [facts.trail.length, system.constraints.length, system.next, this.dead];
    system.deleted.add(n);
    try {
      super.apply(line);
      return false;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return error.message.includes(`constraint ${n} was deleted`);
    } finally {
      system.deleted.delete(n);
      facts.undo(mark);
      this.dead = dead;
      system.constraints.length = count;
      system.next = next;
    }
  }
}

/**
 * @param file of the circuit, or what was read from it: that is not to be used any more
 * @param wanted constraints of the file that are deleted, one at a time
 * @returns counts, and the numbers of those that are not refused
 */
export function deletions(
  file: Buffer | System,
  certificate: Certificate,
  wanted: readonly number[],
): Deletions & Spared {
  const system = file instanceof System ? file : new System(file);
  const trial = new Trial(system, wanted);
  for (const line of certificate.lines) trial.check(line);
  const unneeded = wanted.filter((n) => !trial.refused.has(n));
  const twins = unneeded.filter((n) => hasTwin(system, n));
  const spared = unneeded.filter((n) => !twins.includes(n));
  return { tried: wanted.length, refused: trial.refused.size, implied: twins.length, twins, spared };
}

/** Whether another constraint of the file has the same factors and the same product, or multiples of them. */
function hasTwin(system: System, n: number): boolean {
  const [a, b, c] = system.constraints.at(n) as Constraint;
  for (let other = 0; other < system.own; other++) {
    if (other === n) continue;
    const [x, y, z] = system.constraints.at(other) as Constraint;
    if (x.size + y.size !== a.size + b.size || z.size !== c.size) continue;
    const isTwin = [
      [x, y],
      [y, x],
    ].some(([p, q]) => {
      const [s, t] = [ratio(p as Sum, a), ratio(q as Sum, b)];
      return s !== null && t !== null && plus(z, c, -s * t).size === 0;
    });
    if (isTwin) return true;
  }
  return false;
}
