/** What lines of a certificate are made of: the constraints that they name, and the lines in them. */
import type { Line, Parts } from "../../../verifier/certificate/checker.ts";
import { type Call, CHALLENGE } from "../../../verifier/hashes/check.ts";

const ofParts = (n: unknown): number[] => (typeof n === "number" ? [n] : ((n ?? []) as Parts).map(([one]) => one));

/** Numbers of the constraints that a line names itself; those of cases are negative. The lines in it name theirs. */
export function constraintsIn([rule, ...rest]: Line): number[] {
  switch (rule) {
    case "follows":
      return rest.flatMap(ofParts);
    case "derive":
      return ofParts(rest[1]);
    case "divides":
      return [rest[1] as number, ...ofParts(rest[2])];
    case "range":
    case "radix":
    case "either":
      return ofParts(rest[0]);
    case "named": {
      const [, reason, , , second = [], third = []] = rest;
      if (reason !== CHALLENGE) return third as number[];
      return [...(second as Call[]).flatMap(([, own]) => own), ...(third as Line[]).flatMap(constraintsIn)];
    }
    default:
      return [];
  }
}

/** The lines of the cases of a line. */
export function innerLines([rule, ...rest]: Line): Line[] {
  const branches = rule === "either" ? rest[1] : rule === "cases" ? rest[3] : [];
  return (branches as Line[][]).flat();
}
