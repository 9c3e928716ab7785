/**
 * The checker of certificates: says yes, or the line that does not hold. A certificate is a line of JSON for the
 * circuit's hash, one for each step, and one with how many steps there are.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Checker, Line } from "./checker.ts";
import { Refusal, refuse } from "./field.ts";

/** Applies a line that is in no case. @throws Refusal that names it */
export function check(checker: Checker, line: Line, number: number): void {
  try {
    checker.apply(line);
  } catch (error) {
    // What is no line at all is refused as one that does not hold: no rule makes sense of it.
    const why = error instanceof Refusal ? error.message : `this is no such line: ${String(error)}`;
    throw new Refusal(`line ${number} (${line?.[0]}): ${why}`, { cause: error });
  }
}

/** Checks a certificate in a file. @throws Refusal that says which line does not hold, or what else is wrong */
export async function checkFile(checker: Checker, path: string, told = (_lines: number): void => {}): Promise<void> {
  let [number, isWhole] = [0, false];
  for await (const text of createInterface({ input: createReadStream(path) })) {
    if (isWhole) refuse("there is more after the end of the certificate");
    if (number === 0 && text !== JSON.stringify({ circuit: checker.circuit.hash }))
      refuse("this is no certificate of this circuit");
    isWhole = text === JSON.stringify({ lines: number - 1 });
    if (number > 0 && !isWhole) check(checker, parsed(text, number), number);
    told(number++);
  }
  if (!isWhole) refuse(`the certificate ends after line ${number - 1}, and not where it says`);
}

function parsed(text: string, number: number): Line {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return refuse(`line ${number} is cut off, or no JSON`);
  }
}
