/**
 * A way through the machine, in a row of the circuit: it cannot be taken, or the row leaves what the machine leaves.
 */
import type { Interval } from "../../../verifier/certificate/facts.ts";
import { plus, type Sum } from "../../../verifier/certificate/system.ts";
import type { Condition, Test } from "../equations/explore.ts";
import { type Linear, rangeOfSum } from "../equations/linear.ts";
import type { Path } from "../equations/paths.ts";
import { rangeOf } from "../equations/variables.ts";
import { notHandedOn } from "./handedOn.ts";
import { type RowCase, WIDE } from "./rowCase.ts";
import { bitIn, greaterOf, splitOf } from "./splits.ts";
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

/** What is not shown yet in a case, by name, with the sums that it hangs on. */
type Wanted = (own: RowCase, values: Values) => [string, Sum[]][];

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
  /** Whether a number that a test needs could not be read. */
  #isMissing = false;
  /** A difference whose sign is to be split on. */
  #which: Sum | null = null;

  /** @param own a case of the row, in which the propagator is now */
  prove(own: RowCase, bits: readonly string[] = []): Verdict {
    const values = this.#values(own);
    if (values === null) return { is: "never" };
    const left = this.#wanted === null ? this.#left(own, values) : this.#wanted(own, values);
    if (left.length === 0) return { is: "same" };
    const what = left.map(([name]) => name).join(", ");
    if (bits.length >= DEPTH || this.#cases++ > BUDGET) return { is: "open", what, bits };
    const which = this.#which;
    this.#which = null;
    const split =
      which !== null
        ? greaterOf(which)
        : (bitIn(own, values.unread, this.#nameOf) ??
          (this.#isMissing ? splitOf(own, values.unread, this.#nameOf) : null) ??
          splitOf(
            own,
            left.flatMap(([, sum]) => sum),
            this.#nameOf,
          ));
    if (split === null) return { is: "open", what, bits };
    let result: Verdict = { is: "never" };
    for (const value of split.values) {
      let verdict: Verdict = { is: "never" };
      own.own.inCase([], this.#scope, () => {
        const inner = own.copy();
        if (!value.assume(inner)) return;
        verdict = this.prove(inner, [...bits, value.name]);
      });
      if ((verdict as Verdict).is === "open") return verdict;
      if ((verdict as Verdict).is === "same") result = verdict;
    }
    return result;
  }

  /** Values of the variables, with all tests of the path assumed. @returns null: it cannot be */
  #values(own: RowCase): Values | null {
    for (let before = -1; ; ) {
      if (!own.close()) return null;
      const values = valuesIn(own, this.#words);
      if (values === null) return null;
      for (const [column, type] of values.types) {
        const can = this.#path.found[column];
        if (type !== undefined && can !== undefined && !can.includes(type)) return null;
      }
      let known = 0;
      this.#isMissing = false;
      for (const test of this.#path.conditions) {
        const says = this.#take(own, test, values);
        if (says === "never") return null;
        if (says === "taken") known++;
        else this.#isMissing = true;
      }
      if (known === before) return own.close() ? values : null;
      before = known;
    }
  }

  /** Assumes a test. @returns "open" if it is not known yet what it tests */
  #take(own: RowCase, test: Test, values: Values): "never" | "taken" | "open" {
    if (!("any" in test)) {
      const sum = evaluated(own, test.sum, values);
      if (sum === null) return "open";
      return assume(own, test, sum) ? "taken" : "never";
    }
    const can = test.any.filter(({ conditions, found }) => {
      for (const [column, types] of Object.entries(found)) {
        const type = values.types.get(column as Column);
        if (type !== undefined && !types.includes(type)) return false;
      }
      return conditions.every((one) => "any" in one || this.#canBe(own, one, values));
    });
    const [only, ...others] = can;
    if (only === undefined) return "never";
    if (others.length > 0) return "open";
    const all = only.conditions.map((one) => this.#take(own, one, values));
    return all.includes("never") ? "never" : all.includes("open") ? "open" : "taken";
  }

  #canBe(own: RowCase, { sum, is }: Condition, values: Values): boolean {
    const value = evaluated(own, sum, values);
    if (value === null) return true;
    const normal = own.normal(value);
    const [low, high] = (spanOf(sum) === null ? null : own.interval(normal)) ?? [-1n, 1n];
    if (is === "zero") return !own.isNonzero(normal);
    if (is === "nonzero") return normal.size > 0;
    return is === "negative" ? low < 0n : high >= 0n;
  }

  /** What is not shown yet. */
  #left(own: RowCase, values: Values): [string, Sum[]][] {
    const { outcome, conditions } = this.#path;
    const { types } = values;
    if (!outcome.accepted) {
      const sums = conditions
        .slice(-2)
        .flatMap((test) => sumsIn(test))
        .map((sum) => evaluated(own, sum, values))
        .filter((sum) => sum !== null);
      const missing = [...types]
        .filter(([, type]) => type === undefined)
        .flatMap(([column]) => this.#words.found[column as Column]?.[0] ?? []);
      return [[`${outcome.invariant} at ${outcome.where}`, [...sums, ...missing]]];
    }
    const found: [string, Sum[]][] = [];
    const goal = (name: string, machine: Linear, circuit: Sum): void => {
      const value = evaluated(own, machine, values);
      const rest = value === null ? null : own.normal(plus(value, circuit, -1n));
      if (rest?.size === 0) return;
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

/** Between what a sum of variables lies; null if that is more than the machine compares. */
function spanOf(sum: Linear): Interval | null {
  const [low, high] = rangeOfSum(sum, rangeOf);
  return low < -WIDE || high > WIDE ? null : [low, high];
}

/** @returns false: it cannot be */
function assume(own: RowCase, { is, sum: test }: Condition, sum: Sum): boolean {
  const normal = own.normal(sum);
  if (is === "zero") return own.assumeZero(sum);
  if (is === "nonzero") {
    if (normal.size === 0) return false;
    if (!own.isNonzero(normal)) own.assumeNonzero(sum);
    return true;
  }
  const span = spanOf(test);
  if (span === null) return true;
  const [low, high] = own.interval(normal) ?? span;
  if (is === "negative") {
    if (low >= 0n) return false;
    if (high >= 0n) own.assumeBetween(sum, [low, -1n]);
  } else {
    if (high < 0n) return false;
    if (low < 0n) own.assumeBetween(sum, [0n, high]);
  }
  return true;
}

const sumsIn = (test: Test): Linear[] =>
  "any" in test ? test.any.flatMap(({ conditions }) => conditions.flatMap(sumsIn)) : [test.sum];
