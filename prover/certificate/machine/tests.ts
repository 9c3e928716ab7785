/** The tests of a way through the machine, in a case of the row. */
import type { Interval } from "../../../verifier/constraints/intervals.ts";
import type { Sum } from "../../../verifier/constraints/sums.ts";
import type { CellType, Condition, Test } from "../equations/explore.ts";
import { type Linear, rangeOfSum } from "../equations/linear.ts";
import { rangeOf } from "../equations/variables.ts";
import { WIDE } from "./intervals.ts";
import type { RowCase } from "./rowCase.ts";
import { evaluated, type Values } from "./values.ts";

/** Whether cells may have these types, as far as theirs are known. */
export function fit(found: Readonly<Record<string, readonly CellType[]>>, { types }: Values): boolean {
  for (const [column, can] of Object.entries(found)) {
    const type = types.get(column);
    if (type !== undefined && !can.includes(type)) return false;
  }
  return true;
}

/** Assumes a test. @returns "open" if it is not known yet what it tests */
export function take(own: RowCase, test: Test, values: Values): "never" | "taken" | "open" {
  if (!("any" in test)) {
    const sum = evaluated(own, test.sum, values);
    if (sum === null) return "open";
    return assume(own, test, sum) ? "taken" : "never";
  }
  const can = test.any.filter(
    ({ conditions, found }) => fit(found, values) && conditions.every((one) => "any" in one || canBe(own, one, values)),
  );
  const [only, ...others] = can;
  if (only === undefined) return "never";
  if (others.length > 0) return "open";
  const all = only.conditions.map((one) => take(own, one, values));
  return all.includes("never") ? "never" : all.includes("open") ? "open" : "taken";
}

/** Whether a test may be passed, as far as that is seen without assuming it. */
export function canBe(own: RowCase, { sum, is }: Condition, values: Values): boolean {
  const value = evaluated(own, sum, values);
  if (value === null) return true;
  const normal = own.normal(value);
  const [low, high] = (spanOf(sum) === null ? null : own.interval(normal)) ?? [-1n, 1n];
  if (is === "zero") return !own.isNonzero(normal);
  if (is === "nonzero") return normal.size > 0;
  return is === "negative" ? low < 0n : high >= 0n;
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

export const sumsIn = (test: Test): Linear[] =>
  "any" in test ? test.any.flatMap(({ conditions }) => conditions.flatMap(sumsIn)) : [test.sum];
