/**
 * `npm run curve`: shows that the divisors on the curve, which a certificate assumes not to be 0, are not
 * (docs/security/curve.md). `--profile NAME`: of which circuit (batch-8 if none is named). `--certificate FILE`:
 * its certificate, which is made if none is named. `--json FILE` writes the counts. Exits with 1 if one is not shown,
 * or there is none.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { curveShown } from "../prover/certificate/curve/shown.ts";
import { circuitNamed, type NamedCircuit } from "../prover/profiles.ts";
import { Refusal } from "../verifier/constraints/sums.ts";
import { jsonFile } from "./lib/output.ts";
import { wantedBy } from "./lib/wanted.ts";

interface Wanted {
  readonly circuit: NamedCircuit;
  readonly certificate: string | undefined;
  readonly json: string | undefined;
}

const USAGE = "usage: npm run curve -- [--profile NAME] [--certificate FILE] [--json FILE]";

const wanted = (): Wanted | null =>
  wantedBy(USAGE, () => {
    const { values } = parseArgs({
      options: {
        profile: { type: "string", default: "batch-8" },
        certificate: { type: "string" },
        json: { type: "string" },
      },
    });
    return { circuit: circuitNamed(values.profile), certificate: values.certificate, json: values.json };
  });

async function main(): Promise<void> {
  const asked = wanted();
  if (asked === null) return;
  const log = (text: string): void => void process.stderr.write(`curve: ${text}\n`);
  const report = await curveShown(asked.circuit, log, { certificate: asked.certificate });
  if (asked.json !== undefined) await writeFile(asked.json, jsonFile(report));
  const { profile, constraints, signatures, steps, curve, reasons, others, open, seconds, stopped } = report;
  const lines = [
    `${profile}: ${constraints} constraints, ${signatures} signatures`,
    `  ${steps} steps, found and checked in ${seconds} s`,
    `  divisors on the curve: ${curve.shown} of ${curve.divisors} are shown not to be 0`,
    ...Object.entries(reasons).map(([reason, { assumed, shown }]) => `  ${shown} of ${assumed}: ${reason}`),
    ...Object.entries(others).map(([reason, count]) => `  not looked at: ${count}: ${reason}`),
    ...(open === 0 ? [] : [`  ${open} signals are open`]),
    ...stopped.map((text) => `  stopped: ${text}`),
    `  circuit ${report.r1cs}`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  const isWhole = curve.shown === curve.divisors && curve.shown > 0 && open === 0 && stopped.length === 0;
  if (!isWhole) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  process.stderr.write(`refused: ${error.message}\n`);
  process.exitCode = 1;
}
