/**
 * Whether a certificate can fail: each constraint is deleted in turn, and the certificate must be refused at a line
 * that names it. What comes before that line is checked once, not once for each constraint.
 */
import { type Certificate, Checker, type Line } from "../../verifier/certificate/check.ts";
import { System as Read, Refusal, type System } from "../../verifier/certificate/system.ts";

export interface Deletions {
  readonly tried: number;
  readonly refused: number;
  /** Constraints that no line needs: without them every signal has one value all the same. */
  readonly implied: number;
}

/** Numbers in a line that are constraints. */
export function constraintsIn(line: Line): number[] {
  const [rule, ...rest] = line;
  const numbers = (list: readonly unknown[]): number[] => list.filter((one): one is number => typeof one === "number");
  switch (rule) {
    case "follows":
    case "asserts":
    case "absurd":
      return numbers(rest);
    case "divides":
      return numbers(rest.slice(1));
    case "digest":
      return numbers(rest[2] as readonly unknown[]);
    case "each":
      return numbers(rest[1] as readonly unknown[]);
    case "add":
      return (rest[0] as [number, string][]).map(([n]) => n);
    case "zero":
    case "sign":
    case "index":
    case "gap":
    case "most":
      return numbers(rest.slice(0, 2));
    case "range":
    case "radix":
      return typeof rest[0] === "number" ? [rest[0]] : (rest[0] as [number, string][]).map(([n]) => n);
    case "rewrite":
    case "either":
    case "cancel":
      return numbers(rest.slice(0, 1));
    case "onehot":
      return [rest[0] as number, ...(rest[1] as Line[][]).flat().flatMap(constraintsIn)];
    case "cases":
      return (rest[1] as Line[][]).flat().flatMap(constraintsIn);
    default:
      return [];
  }
}

/**
 * @param wanted constraints of the file that are deleted, one at a time
 * @returns counts, and of each constraint that is not refused its number
 */
export function deletions(
  file: Buffer,
  certificate: Certificate,
  wanted: readonly number[],
): Deletions & { spared: number[] } {
  const system = new Read(file);
  const first = new Map<number, number>();
  for (const [i, line] of certificate.lines.entries()) {
    for (const n of constraintsIn(line)) if (n < system.own && !first.has(n)) first.set(n, i);
  }
  const by = new Map<number, number[]>();
  const spared: number[] = [];
  for (const n of wanted) {
    const at = first.get(n);
    if (at === undefined) spared.push(n);
    else by.set(at, [...(by.get(at) ?? []), n]);
  }
  const checker = new Checker(system);
  let refused = 0;
  for (const [i, line] of certificate.lines.entries()) {
    for (const n of by.get(i) ?? []) {
      if (isRefused(system, checker, line, n)) refused++;
      else spared.push(n);
    }
    checker.apply(line);
  }
  return { tried: wanted.length, refused, implied: spared.length, spared };
}

function isRefused(system: System, checker: Checker, line: Line, n: number): boolean {
  const mark = checker.facts.trail.length;
  const [count, next] = [system.constraints.length, system.next];
  system.deleted.add(n);
  try {
    checker.apply(line);
    return false;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.message.includes(`constraint ${n} was deleted`);
  } finally {
    system.deleted.delete(n);
    checker.facts.undo(mark);
    system.constraints.length = count;
    system.next = next;
  }
}
