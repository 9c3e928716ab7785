import type { Problem } from "../../verifier/bundleSequence.ts";

/** Problems as lines: the batch, the field, and the fault. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `  ${sentence(problem)}`);
}

/**
 * The `error` of a JSON object whose answer is no. It names the first problem and counts the others; a contradiction
 * comes before unfinished work.
 */
export function noAnswer(code: string, problems: readonly Problem[]) {
  const first = problems.find(({ kind }) => kind === "wrong") ?? problems[0];
  const message = first === undefined ? "something is wrong" : sentence(first);
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return { error: { code, message: `${message}${more}` } };
}

function sentence({ where, field, message }: Problem): string {
  return field === where ? `${where}: ${message}` : `${where}, ${field}: ${message}`;
}
