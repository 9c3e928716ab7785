/** What lines of a draft are made of: which of their numbers are signals, and which are constraints. */

import type { Terms } from "../../verifier/constraints/system.ts";
import type { Line } from "./reasoning/reasoner.ts";

/** Constraints of a sum, each with its factor. */
export type Parts = readonly (readonly [n: number, times: string])[];

/**
 * What a rule's arguments are, in their order; before a star, each that follows. s: a signal, S: signals; c: a
 * constraint, C: constraints; n: a constraint, or parts of a sum of some; p: such parts; t: a sum, T: sums; b: the
 * lines of cases; H: hashes, each by its lanes and constraints; l: lines that only its rule reads; -: something else.
 */
const ARGUMENTS: Readonly<Record<string, string>> = {
  given: "S",
  chosen: "-S",
  free: "-S",
  assumed: "-S",
  nonzero: "-S",
  within: "-s--",
  define: "t",
  rewrite: "cttt",
  identity: "ttt",
  add: "p",
  follows: "c*",
  asserts: "c*",
  absurd: "c",
  divides: "-c*",
  transcript: "SHl",
  challenge: "s",
  drawn: "cp",
  either: "cs",
  range: "ns",
  gap: "ccs",
  most: "ccs",
  positive: "cs",
  radix: "n-",
  each: "SC",
  index: "cc",
  zero: "ccs",
  cases: "sb",
  apart: "stb",
  onehot: "cb",
  sign: "ccss",
  cancel: "cs",
  digest: "tTC",
};

/** The arguments of a line, each with its sort. @throws Error for a rule that there is not */
export function argumentsOf([rule, ...rest]: Line): [sort: string, value: unknown][] {
  const sorts = ARGUMENTS[rule];
  if (sorts === undefined)
    throw new Error(`lines of the rule "${rule}" are not renamed: what they hold is not said here`);
  const last = sorts.endsWith("*") ? sorts.length - 2 : sorts.length - 1;
  return rest.map((value, i) => [sorts[Math.min(i, last)] as string, value]);
}

/** Hashes as a line has them. */
export type Hashes = readonly (readonly [lanes: Terms[], constraints: number[]])[];

/** Numbers of the constraints that a line names itself; the lines of its cases name theirs. */
export function constraintsIn(line: Line): number[] {
  return argumentsOf(line).flatMap(([sort, value]): number[] => {
    if (sort === "c" || (sort === "n" && typeof value === "number")) return [value as number];
    if (sort === "C") return value as number[];
    if (sort === "H") return (value as Hashes).flatMap(([, constraints]) => constraints);
    if (sort === "l") return (value as Line[]).flatMap(constraintsIn);
    return sort === "n" || sort === "p" ? (value as Parts).map(([n]) => n) : [];
  });
}

/** The lines of the cases of a line; none if it has no cases. */
export function casesOf(line: Line): Line[][] {
  return argumentsOf(line).flatMap(([sort, value]) => (sort === "b" ? (value as Line[][]) : []));
}

/** Numbers of the constraints that a line names, itself or in its cases. */
export function allConstraintsIn(line: Line): number[] {
  return [...constraintsIn(line), ...casesOf(line).flat().flatMap(allConstraintsIn)];
}
