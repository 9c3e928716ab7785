/**
 * `npm run certificate`: makes and checks the certificate that a circuit is deterministic
 * (docs/security/certificate.md), then deletes constraints, one at a time. `--profile NAME`: of which circuit (batch-8
 * if none is named). `--json FILE` writes the counts. `--out FILE` writes the certificate. `--deletions all` deletes
 * every constraint, otherwise one in seven. Exits with 1 if a signal is open or the checker refuses the certificate.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { certified } from "../prover/certificate/circuits.ts";
import { circuitNamed, type NamedCircuit } from "../prover/profiles.ts";
import { jsonFile } from "./lib/output.ts";

/** One constraint in so many is deleted, unless all are. */
const STEP = 7;
/** So many open signals are printed. */
const SHOWN = 20;

interface Wanted {
  readonly circuit: NamedCircuit;
  readonly json: string | undefined;
  readonly out: string | undefined;
  readonly step: number;
}

function wanted(): Wanted | null {
  try {
    const { values } = parseArgs({
      options: {
        profile: { type: "string", default: "batch-8" },
        json: { type: "string" },
        out: { type: "string" },
        deletions: { type: "string", default: "some" },
      },
    });
    if (!["some", "all"].includes(values.deletions)) throw new Error("--deletions is some or all");
    const step = values.deletions === "all" ? 1 : STEP;
    return { circuit: circuitNamed(values.profile), json: values.json, out: values.out, step };
  } catch (error) {
    const usage = "usage: npm run certificate -- [--profile NAME] [--json FILE] [--out FILE] [--deletions some|all]";
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    return null;
  }
}

async function main(): Promise<void> {
  const asked = wanted();
  if (asked === null) {
    process.exitCode = 2;
    return;
  }
  const log = process.stderr.isTTY ? (text: string) => process.stderr.write(`${text}\n`) : undefined;
  const { report, certificate, refusal } = await certified(asked.circuit, asked.step, log);
  const { openSignals, deletions, ...counts } = report;
  if (asked.json !== undefined) await writeFile(asked.json, jsonFile(report));
  if (asked.out !== undefined) await writeFile(asked.out, `${JSON.stringify(certificate)}\n`);
  const { profile, constraints, signals, proven, chosen, assumed, open, seconds } = counts;
  const { tried, refused, implied, unused } = deletions;
  const lines = [
    `${profile}: ${constraints} constraints, ${signals} signals`,
    `  ${proven} proven, ${chosen} chosen, ${assumed} assumed, ${open} open`,
    `  ${certificate.lines.length} lines, made and checked in ${seconds} s`,
    `  deletions: ${tried} tried, ${refused} refused, ${implied} implied, ${unused} unused`,
    ...Object.entries(counts.reasons).flatMap(([sort, reasons]) =>
      Object.entries(reasons).map(([reason, count]) => `  ${sort}: ${count}: ${reason}`),
    ),
    ...openSignals.slice(0, SHOWN).map((name) => `  open: ${name}`),
    ...(openSignals.length > SHOWN ? [`  and ${openSignals.length - SHOWN} others`] : []),
    ...(refusal === null ? [] : [`  refused: ${refusal}`]),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  if (open > 0 || refusal !== null) process.exitCode = 1;
}

await main();
