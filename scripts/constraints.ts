/**
 * `npm run constraints`: prints the cost of a transition in each profile, by part of the circuit. `--profile NAME`
 * prints one profile alone, or the circuit of exits or cells. With `--json`, one object `{ "schemaVersion", "profiles":
 * [{ "name", "rows", "constraints", "perTransition", "parts" }], "circuits": [{ "name", "levels", "constraints",
 * "parts" }] }` and nothing else on standard output.
 */
import { parseArgs } from "node:util";
import { buildCircuit } from "../prover/circuit/build.ts";
import {
  type CircuitPart,
  constraintParts,
  PARTS,
  STATE_PARTS,
  type StatePart,
  statePartsOf,
} from "../prover/circuit/constraintParts.ts";
import { circuitNamed, mainSource, NAMED_CIRCUITS, type NamedCircuit, type Profile } from "../prover/profiles.ts";
import type { StateCircuit } from "../prover/stateCircuits.ts";
import { jsonFile } from "./lib/output.ts";

/** Cost of a profile. The parts sum up to all its constraints. */
interface Cost {
  name: string;
  rows: number;
  constraints: number;
  perTransition: number;
  parts: Record<CircuitPart, number>;
}

/** Cost of a circuit over one state. */
interface StateCost {
  name: string;
  levels: number;
  constraints: number;
  parts: Record<StatePart, number>;
}

async function built(named: NamedCircuit) {
  if (process.stderr.isTTY) process.stderr.write(`${named.name} …\n`);
  return await buildCircuit(named.name, mainSource(named));
}

async function stateCostOf({ name, levels, ...rest }: StateCircuit): Promise<StateCost> {
  const circuit = await built({ name, levels, ...rest });
  return { name, levels, constraints: circuit.constraints, parts: await statePartsOf(circuit) };
}

async function costOf(profile: Profile): Promise<Cost> {
  const circuit = await built(profile);
  const { constraints } = circuit;
  const parts = await constraintParts(circuit);
  const { name, rows } = profile;
  return { name, rows, constraints, perTransition: round(constraints / rows), parts };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

const number = (value: number, width: number): string => value.toLocaleString("en-US").padStart(width);

/** A table for people: each part's constraints, and its share. */
function stateTable({ name, levels, constraints, parts }: StateCost): string {
  const share = (count: number): string => `${round((100 * count) / constraints)} %`.padStart(10);
  return [
    `${name}: ${levels} levels: ${number(constraints, 0)} constraints`,
    `  ${"part".padEnd(14)}${"all".padStart(9)}${"share".padStart(10)}`,
    ...STATE_PARTS.filter((part) => parts[part] > 0).map(
      (part) => `  ${part.padEnd(14)}${number(parts[part], 9)}${share(parts[part])}`,
    ),
  ].join("\n");
}

/** A table for people: each part's constraints, the same per transition, and its share. */
function table(profile: Profile, { name, rows, constraints, perTransition, parts }: Cost): string {
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
  let wanted: readonly NamedCircuit[];
  try {
    const options = { json: { type: "boolean", default: false }, profile: { type: "string" } } as const;
    const { values } = parseArgs({ options });
    json = values.json;
    wanted = values.profile === undefined ? NAMED_CIRCUITS : [circuitNamed(values.profile)];
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\nusage: npm run constraints [-- --json --profile NAME]\n`,
    );
    process.exitCode = 2;
    return;
  }
  const profiles: Cost[] = [];
  const circuits: StateCost[] = [];
  const tables: string[] = [];
  for (const circuit of wanted) {
    if ("rows" in circuit) {
      const cost = await costOf(circuit);
      profiles.push(cost);
      tables.push(table(circuit, cost));
    } else {
      const cost = await stateCostOf(circuit);
      circuits.push(cost);
      tables.push(stateTable(cost));
    }
  }
  process.stdout.write(json ? jsonFile({ profiles, circuits }) : `${tables.join("\n\n")}\n`);
}

await main();
