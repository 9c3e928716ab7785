/**
 * `npm run constraints`: prints the cost of a transition in each profile, by part of the circuit. `--profile NAME`
 * prints one profile alone. With `--json`, one object `{ "schemaVersion", "profiles": [{ "name", "rows", "constraints",
 * "perTransition", "parts" }] }` and nothing else on standard output.
 */
import { parseArgs } from "node:util";
import { buildCircuit } from "../prover/circuit/build.ts";
import { type CircuitPart, constraintParts, PARTS } from "../prover/circuit/constraintParts.ts";
import { mainSource, PROFILES, type Profile, profileOf } from "../prover/profiles.ts";
import { jsonFile } from "./lib/output.ts";

/** Cost of a profile. The parts sum up to all its constraints. */
interface Cost {
  name: string;
  rows: number;
  constraints: number;
  perTransition: number;
  parts: Record<CircuitPart, number>;
}

async function costOf(profile: Profile): Promise<Cost> {
  if (process.stderr.isTTY) process.stderr.write(`${profile.name} …\n`);
  const circuit = await buildCircuit(profile.name, mainSource(profile));
  const { constraints } = circuit;
  const parts = await constraintParts(circuit);
  const { name, rows } = profile;
  return { name, rows, constraints, perTransition: round(constraints / rows), parts };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A table for people: each part's constraints, the same per transition, and its share. */
function table(profile: Profile, { name, rows, constraints, perTransition, parts }: Cost): string {
  const number = (value: number, width: number): string => value.toLocaleString("en-US").padStart(width);
  const line = (what: string, count: number): string =>
    `  ${what.padEnd(14)}${number(count, 9)}${number(round(count / rows), 11)}${`${round((100 * count) / constraints)} %`.padStart(10)}`;
  return [
    `${name}: ${rows} rows, ${profile.nodes} nodes, ${profile.levels} levels, ${profile.signatures} signatures: ${number(constraints, 0)} constraints, ${number(perTransition, 0)} a transition`,
    `  ${"part".padEnd(14)}${"all".padStart(9)}${"per row".padStart(11)}${"share".padStart(10)}`,
    ...PARTS.map((part) => line(part, parts[part])),
  ].join("\n");
}

async function main(): Promise<void> {
  let json: boolean;
  let wanted: readonly Profile[];
  try {
    const options = { json: { type: "boolean", default: false }, profile: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    json = values.json;
    wanted = values.profile === undefined ? PROFILES : [profileOf(values.profile)];
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nusage: npm run constraints [-- --json --profile NAME]\n`,
    );
    process.exitCode = 2;
    return;
  }
  const costs: Cost[] = [];
  for (const profile of wanted) costs.push(await costOf(profile));
  const text = json
    ? jsonFile({ profiles: costs })
    : `${costs.map((cost, i) => table(wanted[i] as Profile, cost)).join("\n\n")}\n`;
  process.stdout.write(text);
}

await main();
