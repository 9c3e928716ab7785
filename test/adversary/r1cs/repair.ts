/**
 * Tells whether a refused forgery is accepted without a constraint. If the constraint gave a wire its value, the wire
 * is free, and its new value may let the forgery pass.
 */
import type { Evaluator, Outcome } from "./evaluate.ts";
import { inverse, mod } from "./field.ts";
import type { Step } from "./schedule.ts";
import type { SecondWitness } from "./secondWitness.ts";

/** A forgery as the circuit sees it. */
export interface Refused {
  readonly name: string;
  readonly values: readonly bigint[];
  /** The constraints that it breaks. */
  readonly broken: readonly number[];
  /** A witness from which a freed wire may take its value. */
  readonly honest?: readonly bigint[];
  /** The value that a freed wire should have. */
  readonly wanted?: bigint;
  /** It is made for this wire, so it is tried also if a small change of the wire has no effect. */
  readonly directed?: boolean;
}

/**
 * Where (p·x + q) / (x + s) is 0, given its values at 0, 1 and 2; null if it is nowhere. With s at infinity it is
 * affine.
 */
function zeroOf([r0, r1, r2]: readonly [bigint, bigint, bigint]): bigint | null {
  const bend = mod(2n * r1 - r0 - r2);
  if (bend === 0n) return r0 === r1 ? null : mod(r0 * inverse(mod(r0 - r1)));
  const s = mod(2n * (r2 - r1) * inverse(bend));
  const p = mod(r1 + (r1 - r0) * s);
  return p === 0n ? null : mod(-r0 * s * inverse(p));
}

/** Whether a refused forgery is accepted once `row` is gone and the wire that it gave has another value. */
export function passes(evaluator: Evaluator, search: SecondWitness, row: number, refused: Refused): boolean {
  const { values, broken, honest, wanted, directed = false } = refused;
  const { steps, stepOf, setter } = evaluator.schedule;
  const step = steps[stepOf[row] as number] as Step;
  if (step.kind !== "gives") return false;
  const { wire } = step;
  const value = values[wire] as bigint;
  const run = (forced: ReadonlyMap<number, bigint>, gone: (row: number) => boolean): Outcome =>
    evaluator.changed(values, forced, gone);
  const only = (other: number): boolean => other === row;
  const mends = (forced: ReadonlyMap<number, bigint>): boolean => {
    const outcome = run(forced, only);
    return (
      outcome.broken === null &&
      broken.every((b) => b === row || outcome.visited.has(b)) &&
      // A mended batch that keeps the constraint is an honest one.
      !evaluator.holds(row, (at) => (at === 0 ? 1n : (outcome.differ.get(at) ?? (values[at] as bigint))))
    );
  };

  // Whether the broken constraint depends on the wire.
  const moved = run(new Map([[wire, mod(value + 1n)]]), (other) => other === row || broken.includes(other));
  if (directed || broken.some((b) => moved.visited.has(b))) {
    const own = [wanted, honest?.[wire]].filter((each) => each !== undefined);
    for (const other of [...own, 0n, 1n, mod(-1n), mod(value - 1n), mod(value + 1n)]) {
      if (other !== value && mends(new Map([[wire, other]]))) return true;
    }
    const b = broken[0] as number;
    const unless = (other: number): boolean => other === row || broken.includes(other);
    const residues = [0n, 1n, 2n].map((by) => {
      const { differ } = run(new Map([[wire, mod(value + by)]]), unless);
      return evaluator.residue(b, (at) => (at === 0 ? 1n : (differ.get(at) ?? (values[at] as bigint))));
    });
    const by = zeroOf(residues as [bigint, bigint, bigint]);
    if (by !== null && mends(new Map([[wire, mod(value + by)]]))) return true;
  }
  // The wire keeps its value, and one of its inputs gets the value that the forgery needs.
  const inputs = search.upstream(row).filter((at) => at !== wire && (setter[at] as number) < 0);
  for (const input of inputs.slice(0, 4)) {
    const old = values[input] as bigint;
    for (const other of [0n, 1n, mod(old + 1n), mod(old - 1n)]) {
      const forced = new Map([
        [wire, value],
        [input, other],
      ]);
      if (other !== old && mends(forced)) return true;
    }
  }
  return false;
}
