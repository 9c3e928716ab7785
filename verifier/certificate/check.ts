/** The checker of certificates: says yes, or the line that does not hold. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Checker, Line } from "./checker.ts";
import { Refusal, refuse } from "./field.ts";

/** A certificate is a line for the circuit's hash, one for each step, and one with how many steps there are. */
export async function checkFile(checker: Checker, path: string, told = (_lines: number): void => {}): Promise<void> {
  let [number, end] = [0, ""];
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const isForeign = number === 0 && text !== JSON.stringify({ circuit: checker.circuit.hash });
    if (isForeign || end !== "") refuse(isForeign ? "it is of another circuit" : "there is more after its end");
    if (text === JSON.stringify({ lines: number - 1 })) end = text;
    else if (number > 0) check(checker, text, number);
    told(number++);
  }
  if (end === "") refuse(`the certificate ends after line ${number - 1}, and not where it says`);
}
/** Applies a line that is in no case. What is no line at all is refused, too: no rule makes sense of it. */
export function check(checker: Checker, text: string, number: number): void {
  try {
    checker.apply(JSON.parse(text) as Line);
  } catch (error) {
    const why = error instanceof Refusal ? error.message : `this is no such line: ${String(error)}`;
    throw new Refusal(`line ${number} (${text.split('"')[1]}): ${why}`, { cause: error });
  }
}
