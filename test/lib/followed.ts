/**
 * Follows a real witness through the search: of each case distinction only the case is entered that the witness is in.
 * Nothing that the search finds there may exclude it: each sum that it takes to be a number, each bound, and each case
 * that it says cannot be. So an assumption that is too strong is seen, and a step that does not follow, too.
 */
import type { Path } from "../../prover/certificate/equations/paths.ts";
import { within } from "../../prover/certificate/machine/intervals.ts";
import type { Verdict } from "../../prover/certificate/machine/paths.ts";
import { RowCase } from "../../prover/certificate/machine/rowCase.ts";
import { Walk } from "../../prover/certificate/machine/walk.ts";
import type { Sum } from "../../verifier/constraints/sums.ts";
import type { SignalValues } from "./witnessRow.ts";

/** What was found about a witness. */
export interface Followed {
  /** Ways that were walked, the last time, and what was shown of each. */
  readonly verdicts: ReadonlyMap<Path, Verdict["is"]>;
  /** What the search says that does not hold of the witness. */
  readonly wrong: readonly string[];
  /** Cases that were closed, with the witness in them. */
  readonly cases: number;
}

/** Ways that the witness may take, as far as the search sees, and what was shown of each. There should be one. */
export const waysIn = ({ verdicts }: Followed): [Verdict["is"], Path][] =>
  [...verdicts].filter(([, is]) => is !== "never").map(([path, is]) => [is, path]);

/** @param signals whose values are compared with what the search knows of them */
export function followed(values: SignalValues, signals: readonly number[], search: () => void): Followed {
  const { inCase, assumeZero, assumeNonzero, assumeBetween, close } = RowCase.prototype;
  const { walk } = Walk.prototype;
  const wrong: string[] = [];
  let verdicts = new Map<Path, Verdict["is"]>();
  let cases = 0;
  /** The witness is not in this case. */
  let isOther = false;
  Object.assign(RowCase.prototype, {
    inCase(this: RowCase, scope: ReadonlySet<number>, inside: () => void): void {
      const before = isOther;
      try {
        inCase.call(this, scope, inside);
      } finally {
        isOther = before;
      }
    },
    assumeZero(this: RowCase, sum: Sum): boolean {
      isOther ||= values.of(sum) !== 0n;
      if (isOther) return false;
      const may = assumeZero.call(this, sum);
      if (!may) wrong.push("a sum that is 0 is said not to be");
      return may;
    },
    assumeNonzero(this: RowCase, sum: Sum): void {
      isOther ||= values.of(sum) === 0n;
      if (!isOther) assumeNonzero.call(this, sum);
    },
    assumeBetween(this: RowCase, sum: Sum, interval: readonly [bigint, bigint]): void {
      isOther ||= within(values.of(sum), interval) === null;
      if (!isOther) assumeBetween.call(this, sum, interval);
    },
    close(this: RowCase): boolean {
      if (isOther) return false;
      cases++;
      const may = close.call(this);
      if (!may) wrong.push("a case is said not to be, and the witness is in it");
      else wrong.push(...excluded(this, values, signals));
      return may;
    },
  });
  Object.assign(Walk.prototype, {
    walk(this: Walk, own: RowCase, paths: readonly Path[], ...more: []): Verdict[] {
      const found = walk.call(this, own, paths, ...more);
      verdicts = new Map(paths.map((path, i) => [path, (found[i] as Verdict).is]));
      return found;
    },
  });
  try {
    search();
  } finally {
    Object.assign(RowCase.prototype, { inCase, assumeZero, assumeNonzero, assumeBetween, close });
    Object.assign(Walk.prototype, { walk });
  }
  return { verdicts, wrong, cases };
}

/** What is known in a case and does not hold of the witness. */
function excluded({ own, equations, products }: RowCase, values: SignalValues, signals: readonly number[]): string[] {
  const { bounds } = own.checker.facts;
  const found: string[] = [];
  for (const signal of signals) {
    const [interval, sum] = [bounds.get(signal), equations.solved(signal)];
    const value = values.signal(signal);
    if (interval !== undefined && within(value, interval) === null) found.push(`signal ${signal} lies elsewhere`);
    if (sum !== undefined && values.of(sum) !== value) found.push(`signal ${signal} is another sum`);
  }
  for (const { a, b, c } of products) {
    const [x, y, z] = [a, b, c].map((sum) => values.of(sum)) as [bigint, bigint, bigint];
    if (values.of(new Map([[0, x * y - z]])) !== 0n) found.push("a product is another one");
  }
  return found;
}
