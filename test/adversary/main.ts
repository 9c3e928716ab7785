/**
 * `npm run adversary`: attacks the project with forged witnesses, deleted constraints and hostile proofs, compares the
 * circuit with the machine on random programs, and the registry with a model on random histories of moored maps.
 * `-- --quick` takes less than ten minutes. `--json FILE` writes the counts. `--only PART` runs one part (repeatable).
 * `--seed N` changes the random numbers. `--transitions N`, `--cases N`, `--runs N`, `--trees N` and `--actions N` give
 * amounts. `--write` writes the tables of docs/security/attacks.md and docs/security/forgeries.md. Exit code 1 if a
 * forgery was accepted, a deletion survived, or two verdicts differed.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { UsageError } from "../../scripts/lib/failure.ts";
import { jsonFile } from "../../scripts/lib/output.ts";
import { type Progress, startProgress } from "../../scripts/lib/progress.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { runCrossing } from "./crossing/crossing.ts";
import { runDeletions } from "./deletions/deletions.ts";
import { runForgeries } from "./forgeries/runForgeries.ts";
import type { SystematicLine } from "./forgeries/systematic.ts";
import { runDifferential } from "./fuzz/differential.ts";
import { runHostile } from "./hostile/hostile.ts";
import { runImports } from "./imports/imports.ts";
import { type Counted, writeSecurityPages } from "./report.ts";
import { runSigning } from "./signing/runSigning.ts";

const PARTS = ["forgeries", "deletions", "hostile", "differential", "signing", "imports", "crossing"] as const;
type Part = (typeof PARTS)[number];

/** Default numbers of random cases. */
const AMOUNTS = {
  quick: { transitions: 2_000, cases: 10_000, runs: 200, trees: 2_000, actions: 3_000 },
  full: { transitions: 10_000, cases: 100_000, runs: 2_000, trees: 20_000, actions: 100_000 },
} as const;

interface Options {
  quick: boolean;
  json: string | undefined;
  write: boolean;
  seed: number;
  transitions: number;
  cases: number;
  /** Runs whose signers' logs are compared. */
  runs: number;
  /** Call trees from a local chain. */
  trees: number;
  /** Actions around moored maps on a chain. */
  actions: number;
  parts: readonly Part[];
}

/** Result of one part, for people and for the file. */
interface Outcome {
  counts: Readonly<Record<string, number>>;
  tried: number;
  /** As in `0 accepted`. */
  outcome: string;
  /** Faults, in words. */
  wrong: readonly string[];
  systematic?: readonly SystematicLine[];
}

function wholeNumber(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new UsageError(`--${name} is a whole number, not ${text}`);
  return value;
}

function optionsOf(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      write: { type: "boolean", default: false },
      seed: { type: "string" },
      transitions: { type: "string" },
      cases: { type: "string" },
      runs: { type: "string" },
      trees: { type: "string" },
      actions: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
    },
  });
  const stray = values.only.find((part) => !(PARTS as readonly string[]).includes(part));
  if (stray !== undefined) throw new UsageError(`--only is one of ${PARTS.join(", ")}, not ${stray}`);
  const amounts = AMOUNTS[values.quick ? "quick" : "full"];
  return {
    quick: values.quick,
    json: values.json,
    write: values.write,
    seed: wholeNumber("seed", values.seed, 1),
    transitions: wholeNumber("transitions", values.transitions, amounts.transitions),
    cases: wholeNumber("cases", values.cases, amounts.cases),
    runs: wholeNumber("runs", values.runs, amounts.runs),
    trees: wholeNumber("trees", values.trees, amounts.trees),
    actions: wholeNumber("actions", values.actions, amounts.actions),
    parts: PARTS.filter((part) => values.only.length === 0 || values.only.includes(part)),
  };
}

const differing = (examples: readonly string[], disagreements: number): readonly string[] =>
  examples.length > 0 || disagreements === 0 ? examples : [`${disagreements} disagreements`];

function run(
  part: Part,
  { quick, seed, transitions, cases, runs, trees, actions }: Options,
  progress: Progress,
): Promise<Outcome> {
  const onProgress = (done: number, all: number): void => progress.say(`${part}: ${done} of ${all}`);
  const say = (what: string, done: number, all: number): void => progress.say(`${part}: ${what}, ${done} of ${all}`);
  switch (part) {
    case "forgeries":
      return runForgeries({ quick, seed, onProgress: say }).then(({ tried, accepted, examples, systematic }) => {
        const outcome = `${accepted} accepted`;
        return { counts: { tried, accepted }, tried, outcome, wrong: examples, systematic };
      });
    case "deletions":
      return runDeletions({ quick, seed, onProgress }).then(({ tried, caught, survivors }) => {
        return { counts: { tried, caught }, tried, outcome: `${caught} caught`, wrong: survivors };
      });
    case "hostile":
      return runHostile({ cases, seed, onProgress }).then(({ tried, disagreements, examples }) => {
        const outcome = `${disagreements} disagreements`;
        return { counts: { tried, disagreements }, tried, outcome, wrong: differing(examples, disagreements) };
      });
    case "differential":
      return runDifferential({ transitions, seed, onProgress }).then((result) => {
        const { disagreements, examples } = result;
        const counts = { transitions: result.transitions, disagreements };
        const outcome = `${disagreements} disagreements`;
        return { counts, tried: result.transitions, outcome, wrong: differing(examples, disagreements) };
      });
    case "signing":
      return runSigning({ tried: runs, seed, onProgress }).then(({ tried, shifted, examples }) => {
        return {
          counts: { tried, shifted },
          tried,
          outcome: `${shifted} shifted`,
          wrong: differing(examples, shifted),
        };
      });
    case "imports":
      return runImports({ cases: trees, seed, onProgress }).then(({ tried, wrong, examples }) => {
        return { counts: { tried, wrong }, tried, outcome: `${wrong} wrong`, wrong: differing(examples, wrong) };
      });
    case "crossing":
      return runCrossing({ actions, seed, onProgress }).then((result) => {
        const { wrong, examples, counts } = result;
        const outcome = `${wrong} wrong`;
        return { counts: { ...Object.fromEntries(counts), wrong }, tried: result.actions, outcome, wrong: examples };
      });
  }
}

async function main(): Promise<void> {
  const options = optionsOf(process.argv.slice(2));
  const progress = await startProgress(true);
  const found: Partial<Record<Part, Outcome["counts"]>> = {};
  const counted: Counted[] = [];
  let systematic: readonly SystematicLine[] | undefined;
  try {
    for (const part of options.parts) {
      const begun = performance.now();
      const outcome = await run(part, options, progress);
      const seconds = (performance.now() - begun) / 1000;
      found[part] = outcome.counts;
      systematic ??= outcome.systematic;
      const how = `${options.quick ? "quick" : "full"}, seed ${options.seed}`;
      counted.push({ part, tried: outcome.tried, outcome: outcome.outcome, how, seconds });
      progress.stop();
      const text = `${part.padEnd(13)}${outcome.tried.toLocaleString("en-US").padStart(9)} tried, ${outcome.outcome}`;
      process.stdout.write(`${text}, ${seconds.toFixed(0)} s\n`);
      for (const what of outcome.wrong) process.stdout.write(`  ${what}\n`);
      if (outcome.wrong.length > 0) process.exitCode = 1;
    }
  } finally {
    progress.stop();
  }
  if (options.json !== undefined) writeFileSync(options.json, jsonFile(found));
  if (options.write) writeSecurityPages(counted, systematic);
}

const USAGE =
  "usage: npm run adversary -- [--quick] [--json FILE] [--seed N] [--only PART]… [--transitions N] [--cases N] [--runs N] [--trees N] [--actions N] [--write]";

try {
  await main();
} catch (error) {
  const misread = error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
  if (!misread && !(error instanceof TimeBanditsError)) throw error;
  process.stderr.write(`adversary: ${error.message}\n`);
  process.exitCode = misread ? 2 : (error as TimeBanditsError).exitCode;
  if (process.exitCode === 2) process.stderr.write(`${USAGE}\n`);
}
