/**
 * The checker of certificates: says yes, or the line that does not hold. A certificate is a line of JSON for the
 * circuit's hash, one for each step, and one with how many steps there are.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Checker, Line } from "./checker.ts";
import { Refusal, refuse } from "./field.ts";

/** Applies a line that is in no case, or its text. @throws Refusal that names it */
export function check(checker: Checker, line: Line | string, number: number): void {
  let rule = "no line";
  try {
    const found = typeof line === "string" ? (JSON.parse(line) as Line) : line;
    rule = found[0];
    checker.apply(found);
  } catch (error) {
    // What is no line at all is refused as one that does not hold: no rule makes sense of it.
    const why = error instanceof Refusal ? error.message : `this is no such line: ${String(error)}`;
    throw new Refusal(`line ${number} (${rule}): ${why}`, { cause: error });
  }
}

/** Checks a certificate in a file. @throws Refusal that says which line does not hold, or what the file lacks */
export async function checkFile(checker: Checker, path: string, told = (_lines: number): void => {}): Promise<void> {
  let [number, isWhole] = [0, false];
  for await (const text of createInterface({ input: createReadStream(path) })) {
    const isForeign = number === 0 && text !== JSON.stringify({ circuit: checker.circuit.hash });
    if (isForeign) refuse("this is no certificate of this circuit");
    if (isWhole) refuse("there is more after the end of the certificate");
    isWhole = text === JSON.stringify({ lines: number - 1 });
    if (number > 0 && !isWhole) check(checker, text, number);
    told(number++);
  }
  if (!isWhole) refuse(`the certificate ends after line ${number - 1}, and not where it says`);
}
