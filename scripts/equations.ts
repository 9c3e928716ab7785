/**
 * `npm run equations`: the state machine beside the circuit (docs/security/equations.md). For each way through the
 * machine's rules it shows that a row of the circuit leaves the same, or that no row takes it. `--profile NAME`: in
 * which circuit (batch-8 if none is named). `--effect NAME`, repeated: which operations (all if none is named).
 * `--row N`: which row. Then all rows of the circuit are laid beside that one. `--rows NAME`, repeated: those of which
 * circuits; operations are then looked at only where `--effect` names them. `--json FILE` writes the counts. Exits with
 * 1 if something is not shown.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EFFECTS } from "../prover/certificate/equations/paths.ts";
import { CircuitRows } from "../prover/certificate/machine/circuitRows.ts";
import { type Comparison, compared, isShown } from "../prover/certificate/machine/compare.ts";
import { notPadding } from "../prover/certificate/machine/padding.ts";
import { isNoRows, type ReadyRow, readCircuit, readyRow } from "../prover/certificate/machine/ready.ts";
import { areSame, beside, patternOf, type RowsBeside } from "../prover/certificate/machine/sameRows.ts";
import { type Profile, profileOf } from "../prover/profiles.ts";
import type { RowName } from "../trace/machine/transition.ts";
import { jsonFile } from "./lib/output.ts";
import { rowLines } from "./lib/rowLines.ts";
import { wantedBy } from "./lib/wanted.ts";

interface Wanted {
  readonly profile: Profile;
  readonly effects: readonly RowName[];
  readonly row: number;
  /** Circuits whose rows are laid beside the row. */
  readonly rows: readonly Profile[];
  readonly json: string | undefined;
}

const USAGE =
  "usage: npm run equations -- [--profile NAME] [--effect NAME]... [--row N] [--rows NAME]... [--json FILE]";

const wanted = (): Wanted | null =>
  wantedBy(USAGE, () => {
    const { values } = parseArgs({
      options: {
        profile: { type: "string", default: "batch-8" },
        effect: { type: "string", multiple: true },
        row: { type: "string", default: "2" },
        rows: { type: "string", multiple: true },
        json: { type: "string" },
      },
    });
    const effects = EFFECTS.filter((effect) => values.effect?.includes(effect) ?? values.rows === undefined);
    const strange = values.effect?.find((name) => !EFFECTS.some((effect) => effect === name));
    if (strange !== undefined) throw new Error(`${strange} is no operation; they are ${EFFECTS.join(", ")}`);
    const profile = profileOf(values.profile);
    const row = Number(values.row);
    if (!(Number.isInteger(row) && row >= 0 && row < profile.rows)) {
      throw new Error(`${values.row} is no row of ${profile.name}; they run from 0 to ${profile.rows - 1}`);
    }
    const rows = values.rows?.map(profileOf) ?? [profile];
    return { profile, effects, row, rows, json: values.json };
  });

async function main(): Promise<void> {
  const asked = wanted();
  if (asked === null) return;
  const { profile } = asked;
  const ready = await readyRow(profile, asked.row);
  const { own, names, row } = ready;
  const found: Comparison[] = [];
  for (const effect of asked.effects) {
    const one = compared(own, names, row, effect, profile.levels);
    found.push(one);
    process.stdout.write(`${lines(one).join("\n")}\n`);
  }
  const padding = asked.effects.length === 0 ? [] : notPadding(own, names, row, profile.levels);
  for (const what of padding) process.stdout.write(`not shown of a row that pads a batch: ${what}\n`);
  const rows = [];
  for (const other of asked.rows) rows.push({ profile: other.name, ...(await besideAll(ready, profile, other)) });
  if (asked.json !== undefined)
    await writeFile(asked.json, jsonFile({ profile: profile.name, row: asked.row, effects: found, padding, rows }));
  const isWhole = found.every((one) => isShown(one, asked.row)) && padding.length === 0 && rows.every(areSame);
  if (!isWhole) process.exitCode = 1;
}

async function besideAll(ready: ReadyRow, profile: Profile, other: Profile): Promise<RowsBeside> {
  const { system, names, source } = await readCircuit(other);
  const found = beside(
    patternOf(ready, profile.levels),
    new CircuitRows(system, names, source, isNoRows),
    other.levels,
  );
  if (found.rows.length !== other.rows)
    throw new Error(`${other.name} has ${other.rows} rows, not ${found.rows.length}`);
  process.stdout.write(`${rowLines(other.name, `row ${ready.row.number} of ${profile.name}`, found).join("\n")}\n`);
  return found;
}

const lines = ({ effect, same, untaken, refused, elsewhere, open }: Comparison): string[] => [
  `${effect}: ${same} ways leave the same, ${refused} are refused by the row`,
  ...(untaken === 0 ? [] : [`  ${untaken} accepted by the machine, and no row takes them`]),
  ...Object.entries(elsewhere).map(([reason, count]) => `  ${count} elsewhere: ${reason}`),
  ...Object.entries(open).map(([what, count]) => `  ${count} not shown: ${what}`),
];

await main();
