/** Lines of a certificate with one number changed: of a constraint, or a factor. */
import type { Line } from "../../prover/certificate/reasoning/reasoner.ts";

/** Where a number stands in a line, by steps from outside, and what it is. */
type At = readonly number[];
type Place = readonly [path: At, sort: "constraint" | "factor"];

/** A sum: signals with factors. */
const inTerms = (value: unknown, at: At): Place[] =>
  Array.isArray(value) ? value.map((_, i) => [[...at, i, 1], "factor"]) : [];
/** A constraint, or constraints with factors; those of the rule `derive` are polynomials. */
function inParts(value: unknown, at: At): Place[] {
  if (typeof value === "number") return [[at, "constraint"]];
  if (!Array.isArray(value)) return [];
  return value.flatMap(([, times], i): Place[] => [
    [[...at, i, 0], "constraint"],
    ...(typeof times === "string"
      ? [[[...at, i, 1], "factor"] as const]
      : (times as unknown[]).map((_, j) => [[...at, i, 1, j, 0], "factor"] as const)),
  ]);
}
const inBranches = (value: unknown, at: At): Place[] =>
  (value as Line[][]).flatMap((lines, i) => lines.flatMap((line, j) => placesIn(line, [...at, i, j])));

function placesIn(line: Line, at: At): Place[] {
  const of = (i: number, find: (value: unknown, at: At) => Place[]): Place[] => find(line[i], [...at, i]);
  switch (line[0]) {
    case "define":
      return of(1, inTerms);
    case "derive":
      return [
        ...of(1, (sides, to) => (sides as unknown[]).flatMap((sum, i) => inTerms(sum, [...to, i]))),
        ...of(2, inParts),
      ];
    case "follows":
      return line.slice(1).flatMap((_, i) => of(i + 1, inParts));
    case "divides":
      return [...of(2, inParts), ...of(3, inParts)];
    case "range":
    case "radix":
      return of(1, inParts);
    case "either":
      return [...of(1, inParts), ...of(2, inBranches)];
    case "cases":
      return of(4, inBranches);
    default:
      return [];
  }
}

/** A copy with another value in one place. */
function changed(value: unknown, [step, ...path]: At, to: number | string): unknown {
  if (step === undefined) return to;
  const list = value as unknown[];
  return list.with(step, changed(list[step], path, to));
}
const valueAt = (line: unknown, path: At): unknown => path.reduce((value, i) => (value as unknown[])[i], line);

/** Numbers of constraints in a line and in those of its cases. */
export const constraintsOf = (line: Line): number[] =>
  placesIn(line, []).flatMap(([path, sort]) => (sort === "constraint" ? [valueAt(line, path) as number] : []));

/**
 * Every change of one number.
 *
 * @param count constraints that there are at the end
 */
export function* changes(lines: readonly Line[], count: number): Generator<{ lines: Line[]; what: string }> {
  for (const [i, line] of lines.entries()) {
    for (const [path, sort] of placesIn(line, [])) {
      const own = valueAt(line, path);
      const others =
        sort === "factor"
          ? [String(BigInt(own as string) + 1n), "0"].filter((one) => one !== own)
          : Array.from({ length: count + 1 }, (_, n) => n - 1).filter((n) => n !== own);
      for (const other of others) {
        const one = changed(line, path, other) as Line;
        yield { lines: lines.with(i, one), what: `${JSON.stringify(line)} → ${JSON.stringify(one)}` };
      }
    }
  }
}
