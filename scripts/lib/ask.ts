/** Questions to whoever sits at the terminal. */
import { createInterface } from "node:readline/promises";

/** Where questions go, and where answers come from. */
export interface Terminal {
  input: NodeJS.ReadableStream;
  output: NodeJS.WritableStream;
}

/** Whether somebody sits there who reads what we print and can answer it. */
export function hasTerminal(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Asks; only `y` and `yes` mean yes. An input that ends, or is interrupted, has not said so. */
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
