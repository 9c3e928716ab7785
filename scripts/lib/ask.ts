/** Questions to the user at the terminal. */
import { createInterface } from "node:readline/promises";

/** Where questions are written and answers are read. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** Whether input and output are terminals, so that a user can read and answer. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Asks a question. Only `y` and `yes` mean yes; the end of the input and an interruption mean no. */
export async function saysYes(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stdout },
): Promise<boolean> {
  const terminal = createInterface({ input, output });
  try {
    const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^\s*y(es)?\s*$/i.test(answer);
  } catch {
    // Ctrl-C at the question.
    return false;
  } finally {
    terminal.close();
  }
}
