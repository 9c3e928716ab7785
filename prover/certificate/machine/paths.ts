/**
 * A way through the machine, in a row of the circuit: it cannot be taken, or the row leaves what the machine leaves.
 */
import { plus, type Sum } from "../../../verifier/constraints/sums.ts";
import type { Either, Test } from "../equations/explore.ts";
import type { Linear } from "../equations/linear.ts";
import type { Path } from "../equations/paths.ts";
import { notHandedOn } from "./handedOn.ts";
import type { RowCase } from "./rowCase.ts";
import { greaterOf, splitOf, toRead } from "./splits.ts";
import { fit, sumsIn, take } from "./tests.ts";
import { COLUMNS, type Column, evaluated, type RowWords, undecidedIn, type Values, valuesIn } from "./values.ts";

/** Most bits that are split one inside the other, and most cases that are looked at for a way. */
const DEPTH = 14;
const BUDGET = 96;

export type Verdict =
  /** No witness takes this way. */
  | { readonly is: "never" }
  /** The machine accepts, and the row leaves the same. */
  | { readonly is: "same" }
  /** The row may take a way that the machine refuses, or leave something else: these sums say so. */
  | { readonly is: "open"; readonly what: string; readonly bits: readonly string[] };

/** What was read in a case, and which tests are assumed in it: both hold in all cases inside. */
export interface Taken {
  readonly values: Values | null;
  readonly tests: ReadonlySet<Test>;
}
interface Read extends Taken {
  readonly values: Values;
}
const NOTHING: Taken = { values: null, tests: new Set() };

/** What is not shown yet in a case, by name, with the sums that it hangs on. */
export type Wanted = (own: RowCase, values: Values) => [string, Sum[]][];

export class PathProof {
  readonly #path: Path;
  readonly #words: RowWords;
  readonly #nameOf: (signal: number) => string;
  readonly #scope: ReadonlySet<number>;
  readonly #wanted: Wanted | null;

  constructor(
    path: Path,
    words: RowWords,
    scope: ReadonlySet<number>,
    nameOf: (signal: number) => string,
    wanted: Wanted | null = null,
  ) {
    this.#path = path;
    this.#words = words;
    this.#scope = scope;
    this.#nameOf = nameOf;
    this.#wanted = wanted;
  }

  #cases = 0;
  /** A difference whose sign is to be split on. */
  #which: Sum | null = null;
  /** Whether the row certainly leaves something else than the machine. */
  #isOther = false;

  /**
   * @param own a case of the row, in which the propagator is now
   * @param before what was read in the case around this one, and which tests were taken
   */
  prove(own: RowCase, bits: readonly string[] = [], before: Taken = NOTHING): Verdict {
    const now = this.#taken(own, before);
    if (now === null) return { is: "never" };
    const { values } = now;
    const left = this.#wanted === null ? this.#left(own, values) : this.#wanted(own, values);
    if (left.length === 0) return { is: "same" };
    const what = left.map(([name]) => name).join(", ");
    if (bits.length >= DEPTH || this.#cases++ > BUDGET) return { is: "open", what, bits };
    // Where the row leaves something else, no row may take the way: whether its condition holds is to be known.
    const either = this.#isOther ? this.#undecided(now) : null;
    if (either !== null) return this.#proveNone(own, bits, now, either, what);
    const read = toRead(own, values, this.#nameOf);
    const which = this.#which;
    const split =
      which !== null
        ? greaterOf(which)
        : (read ??
          splitOf(
            own,
            left.flatMap(([, sums]) => sums),
            this.#nameOf,
          ) ??
          splitOf(own, this.#lastTests(own, values, 4), this.#nameOf));
    if (split === null) return { is: "open", what, bits };
    return this.#inEach(own, split.values, ({ name, assume }) =>
      assume(own) ? this.prove(own, [...bits, name], now) : { is: "never" },
    );
  }

  /** What holds of all cases together: they are every case. */
  #inEach<T>(own: RowCase, cases: Iterable<T>, prove: (one: T) => Verdict): Verdict {
    let result: Verdict = { is: "never" };
    for (const one of cases) {
      let verdict: Verdict = { is: "never" };
      own.inCase(this.#scope, () => {
        verdict = prove(one);
      });
      if ((verdict as Verdict).is === "open") return verdict;
      if ((verdict as Verdict).is === "same") result = verdict;
    }
    return result;
  }

  /** A test of a watch's condition that is not assumed: it has several alternatives. */
  #undecided({ tests }: Taken): Either | null {
    const open = this.#path.conditions.filter((test): test is Either => "any" in test && !tests.has(test));
    return open.find((test) => sumsIn(test).some(({ terms }) => terms.has("owed.after.quantity"))) ?? null;
  }

  /** That no row takes the path, which is as many paths as the test has alternatives. */
  #proveNone(own: RowCase, bits: readonly string[], now: Read, either: Either, what: string): Verdict {
    const can = [...either.any.entries()].filter(([, { found }]) => fit(found, now.values));
    return this.#inEach(own, can, ([i, { conditions, found }]) => {
      const tests = [...this.#path.conditions.filter((test) => test !== either), ...conditions];
      const types = Object.entries(found).map(([cell, can]) => {
        const former = this.#path.found[cell];
        return [cell, former === undefined ? can : can.filter((type) => former.includes(type))] as const;
      });
      const path = { ...this.#path, conditions: tests, found: { ...this.#path.found, ...Object.fromEntries(types) } };
      const proof = new PathProof(path, this.#words, this.#scope, this.#nameOf, () => [
        [what, [...this.#words.condition]],
      ]);
      return proof.prove(own, [...bits, `alternative ${i}`], now);
    });
  }

  /** Reads the row, with all tests of the path assumed. @returns null: it cannot be */
  #taken(own: RowCase, before: Taken): Read | null {
    const tests = new Set(before.tests);
    let { values } = before;
    for (let known = -1; ; known = tests.size) {
      if (!own.close()) return null;
      if (tests.size === known && values !== null) return { values, tests };
      values = valuesIn(own, this.#words, values);
      if (values === null || !fit(this.#path.found, values)) return null;
      for (const test of this.#path.conditions) {
        if (tests.has(test)) continue;
        const says = take(own, test, values);
        if (says === "never") return null;
        if (says === "taken") tests.add(test);
      }
    }
  }

  /** What the last tests of the path are about. */
  #lastTests(own: RowCase, values: Values, count: number): Sum[] {
    return this.#path.conditions
      .slice(-count)
      .flatMap((test) => sumsIn(test))
      .map((sum) => evaluated(own, sum, values))
      .filter((sum) => sum !== null);
  }

  /** What is not shown yet. */
  #left(own: RowCase, values: Values): [string, Sum[]][] {
    const { outcome } = this.#path;
    const { types } = values;
    if (!outcome.accepted) {
      const sums = this.#lastTests(own, values, 2);
      const missing = [...types]
        .filter(([, type]) => type === undefined)
        .flatMap(([column]) => this.#words.found[column as Column]?.[0] ?? []);
      return [[`${outcome.invariant} at ${outcome.where}`, [...sums, ...missing]]];
    }
    const found: [string, Sum[]][] = [];
    [this.#which, this.#isOther] = [null, false];
    const goal = (name: string, machine: Linear, circuit: Sum): void => {
      const value = evaluated(own, machine, values);
      const rest = value === null ? null : own.normal(plus(value, circuit, -1n));
      if (rest?.size === 0) return;
      if (rest !== null && own.isNonzero(rest)) this.#isOther = true;
      const which = undecidedIn(own, machine, values);
      if (which !== null) this.#which = which;
      found.push([name, [rest ?? own.normal(circuit)]]);
    };
    const zero: Linear = { constant: 0n, terms: new Map() };
    for (const column of COLUMNS) {
      const address = outcome.addresses[column];
      goal(`open ${column}`, { ...zero, constant: address === undefined ? 0n : 1n }, this.#words.open[column]);
      const left = outcome.left[column];
      if (address === undefined || left === undefined) continue;
      goal(`address ${column}`, address, this.#words.address[column]);
      for (const [i, word] of left.entries()) goal(`${column}[${i}] left`, word, this.#words.left[column][i] as Sum);
    }
    found.push(...notHandedOn(own, outcome, values, this.#words));
    return found;
  }
}
