/** Lines of a draft with other signals and constraints in them: what holds of one row holds of another. */

import type { Terms } from "../../verifier/constraints/system.ts";
import { argumentsOf, type Hashes, type Parts } from "./arguments.ts";
import type { Line } from "./reasoning/reasoner.ts";

/** Numbers of signals and constraints in the new place. @throws whatever they throw for one that has none there */
export interface Place {
  signal(n: number): number;
  constraint(n: number): number;
}

export function renamed(line: Line, to: Place): Line {
  const parts = (list: Parts): Parts => list.map(([n, times]) => [to.constraint(n), times]);
  const terms = (list: Terms): Terms => list.map(([n, factor]) => [to.signal(n), factor]);
  const one = ([sort, value]: readonly [string, unknown]): unknown => {
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
        return terms(value as Terms);
      case "T":
        return (value as Terms[]).map(terms);
      case "b":
        return (value as Line[][]).map((lines) => lines.map((inner) => renamed(inner, to)));
      case "H":
        return (value as Hashes).map(([lanes, list]) => [lanes.map(terms), list.map((n) => to.constraint(n))]);
      case "l":
        return (value as Line[]).map((inner) => renamed(inner, to));
      default:
        return value;
    }
  };
  return [line[0], ...argumentsOf(line).map(one)];
}
