/**
 * `npm run certificate:check -- CIRCUIT.r1cs CERTIFICATE`: checks a certificate that is there, with nothing of what
 * makes one (docs/security/certificate.md). Prints what it takes as given and what it assumes. Exits with 1 if a line
 * does not hold, or if a signal is open.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { checkFile } from "../verifier/certificate/check.ts";
import { Circuit } from "../verifier/certificate/circuit.ts";
import { Refusal } from "../verifier/certificate/field.ts";
import { HashChecker } from "../verifier/hashes/check.ts";
import { outcomeOf } from "../verifier/outcome.ts";
import { wantedBy } from "./lib/wanted.ts";

const USAGE = "usage: npm run certificate:check -- CIRCUIT.r1cs CERTIFICATE";
/** A line of progress for so many lines. */
const TOLD = 20_000;

const wanted = (): [r1cs: string, certificate: string] | null =>
  wantedBy(USAGE, () => {
    const { positionals } = parseArgs({ allowPositionals: true });
    const [r1cs, certificate, ...others] = positionals;
    if (r1cs === undefined || certificate === undefined || others.length > 0) throw new Error("two files are wanted");
    return [r1cs, certificate];
  });

async function main(): Promise<void> {
  const asked = wanted();
  if (asked === null) return;
  const checker = new HashChecker(new Circuit(readFileSync(asked[0])));
  await checkFile(checker, asked[1], (lines) => {
    if (lines > 0 && lines % TOLD === 0) process.stderr.write(`${lines} lines are checked\n`);
  });
  const { circuit } = checker;
  const { given, open, reasons } = outcomeOf(checker);
  const lines = [
    `circuit ${circuit.hash}: ${circuit.count} constraints, ${circuit.signals - 1} signals`,
    `  given: signals ${given.join(" ")}`,
    ...Object.entries(reasons).flatMap(([sort, counts]) =>
      Object.entries(counts).map(([reason, count]) => `  ${sort}: ${count}: ${reason}`),
    ),
    open.length === 0
      ? "every line holds, and no signal is open"
      : `every line holds, and ${open.length} signals are open`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (open.length > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  // A file that is cut off ends where a number should be.
  if (!(error instanceof Refusal || error instanceof RangeError)) throw error;
  const why = error instanceof Refusal ? error.message : `the .r1cs file is cut off: ${error.message}`;
  process.stderr.write(`refused: ${why}\n`);
  process.exitCode = 1;
}
