/**
 * `npm run equations`: the state machine beside the circuit (docs/security/equations.md). For each way through the
 * machine's rules it shows that a row of the circuit leaves the same, or that no row takes it. `--profile NAME`: in
 * which circuit (batch-8 if none is named). `--effect NAME`, repeated: which operations (all if none is named).
 * `--row N`: which row. `--json FILE` writes the counts. Exits with 1 if something is not shown.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { EFFECTS } from "../prover/certificate/equations/paths.ts";
import { type Comparison, compared, isShown } from "../prover/certificate/machine/compare.ts";
import { readyRow } from "../prover/certificate/machine/ready.ts";
import { type Profile, profileOf } from "../prover/profiles.ts";
import type { RowName } from "../trace/machine/transition.ts";
import { jsonFile } from "./lib/output.ts";

interface Wanted {
  readonly profile: Profile;
  readonly effects: readonly RowName[];
  readonly row: number;
  readonly json: string | undefined;
}

function wanted(): Wanted | null {
  try {
    const { values } = parseArgs({
      options: {
        profile: { type: "string", default: "batch-8" },
        effect: { type: "string", multiple: true },
        row: { type: "string", default: "2" },
        json: { type: "string" },
      },
    });
    const effects = EFFECTS.filter((effect) => values.effect?.includes(effect) ?? true);
    const strange = values.effect?.find((name) => !EFFECTS.some((effect) => effect === name));
    if (strange !== undefined) throw new Error(`${strange} is no operation; they are ${EFFECTS.join(", ")}`);
    const profile = profileOf(values.profile);
    const row = Number(values.row);
    if (!(Number.isInteger(row) && row >= 0 && row < profile.rows)) {
      throw new Error(`${values.row} is no row of ${profile.name}; they run from 0 to ${profile.rows - 1}`);
    }
    return { profile, effects, row, json: values.json };
  } catch (error) {
    const usage = "usage: npm run equations -- [--profile NAME] [--effect NAME]... [--row N] [--json FILE]";
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
  const { profile } = asked;
  const { own, names, row } = await readyRow(profile, asked.row);
  const found: Comparison[] = [];
  for (const effect of asked.effects) {
    const one = compared(own, names, row, effect, profile.levels);
    found.push(one);
    process.stdout.write(`${lines(one).join("\n")}\n`);
  }
  if (asked.json !== undefined)
    await writeFile(asked.json, jsonFile({ profile: profile.name, row: asked.row, effects: found }));
  if (!found.every((one) => isShown(one, asked.row))) process.exitCode = 1;
}

const lines = ({ effect, same, untaken, refused, elsewhere, open }: Comparison): string[] => [
  `${effect}: ${same} ways leave the same, ${refused} are refused by the row`,
  ...(untaken === 0 ? [] : [`  ${untaken} accepted by the machine, and no row takes them`]),
  ...Object.entries(elsewhere).map(([reason, count]) => `  ${count} elsewhere: ${reason}`),
  ...Object.entries(open).map(([what, count]) => `  ${count} not shown: ${what}`),
];

await main();
