import type { Problem } from "../../verifier/bundleSequence.ts";

/** Problems as lines: which batch, what of it, what is wrong. */
export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map((problem) => `  ${sentence(problem)}`);
}

/**
 * The `error` of a JSON object whose answer is no: the first problem stands for all, a contradiction before what is
 * still to do.
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
