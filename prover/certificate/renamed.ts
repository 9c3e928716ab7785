/** Lines of a certificate with other signals and constraints in them: what holds of one row holds of another. */
import type { Line, Terms } from "../../verifier/certificate/check.ts";

/** Numbers of signals and constraints in the new place. @throws whatever they throw for one that has none there */
export interface Place {
  signal(n: number): number;
  constraint(n: number): number;
}

type Parts = readonly (readonly [number, string])[];

/** What a rule's arguments are, in their order; the last one repeats. */
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
};

export function renamed(line: Line, to: Place): Line {
  const [rule, ...rest] = line;
  const sorts = ARGUMENTS[rule];
  if (sorts === undefined) throw new Error(`lines of the rule "${rule}" are not renamed`);
  const parts = (list: Parts): Parts => list.map(([n, times]) => [to.constraint(n), times]);
  const one = (sort: string, value: unknown): unknown => {
    switch (sort) {
      case "s":
        return to.signal(value as number);
      case "S":
        return (value as number[]).map((n) => to.signal(n));
      case "c":
        return to.constraint(value as number);
      case "C":
        return (value as number[]).map((n) => to.constraint(n));
      case "n":
        return typeof value === "number" ? to.constraint(value) : parts(value as Parts);
      case "p":
        return parts(value as Parts);
      case "t":
        return (value as Terms).map(([n, factor]) => [to.signal(n), factor]);
      case "b":
        return (value as Line[][]).map((lines) => lines.map((inner) => renamed(inner, to)));
      default:
        return value;
    }
  };
  const repeats = sorts.endsWith("*");
  return [
    rule,
    ...rest.map((value, i) => one((repeats && i >= sorts.length - 1 ? sorts.at(-2) : sorts[i]) ?? "-", value)),
  ];
}
