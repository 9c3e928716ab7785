/**
 * Whether a certificate can fail: each constraint is deleted in turn, and the certificate must be refused at a line
 * that names it. What comes before that line is checked once, not once for each constraint.
 */
import { type Certificate, Checker, type Line } from "../../verifier/certificate/check.ts";
import { type Constraint, plus, Refusal, ratio, type Sum, System } from "../../verifier/certificate/system.ts";
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
  readonly #first: ReadonlyMap<Line, readonly number[]>;

  constructor(system: System, first: ReadonlyMap<Line, readonly number[]>) {
    super(system);
    this.#first = first;
  }

  override apply(line: Line): void {
    for (const n of this.#first.get(line) ?? []) if (this.#isRefused(line, n)) this.refused.add(n);
    super.apply(line);
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
 * @param wanted constraints of the file that are deleted, one at a time
 * @returns counts, and the numbers of those that are not refused
 */
export function deletions(file: Buffer, certificate: Certificate, wanted: readonly number[]): Deletions & Spared {
  const system = new System(file);
  const open = new Set(wanted);
  const first = new Map<Line, number[]>();
  const visit = (line: Line): void => {
    const own = constraintsIn(line).filter((n) => open.delete(n));
    if (own.length > 0) first.set(line, own);
    for (const lines of casesOf(line)) for (const inner of lines) visit(inner);
  };
  for (const line of certificate.lines) visit(line);
  const trial = new Trial(system, first);
  for (const line of certificate.lines) trial.apply(line);
  const unneeded = wanted.filter((n) => !trial.refused.has(n));
  const twins = unneeded.filter((n) => hasTwin(system, n));
  const spared = unneeded.filter((n) => !twins.includes(n));
  return { tried: wanted.length, refused: trial.refused.size, implied: twins.length, twins, spared };
}

/** Whether another constraint of the file has the same factors and the same product, or multiples of them. */
function hasTwin(system: System, n: number): boolean {
  const [a, b, c] = system.constraints[n] as Constraint;
  return system.constraints.slice(0, system.own).some(([x, y, z], other) => {
    if (other === n || x.size + y.size !== a.size + b.size || z.size !== c.size) return false;
    return [
      [x, y],
      [y, x],
    ].some(([p, q]) => {
      const [s, t] = [ratio(p as Sum, a), ratio(q as Sum, b)];
      return s !== null && t !== null && plus(z, c, -s * t).size === 0;
    });
  });
}
