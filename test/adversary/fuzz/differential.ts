/**
 * Differential fuzzing: random programs, open and keyed, whose effects interleave, some of them spoiled. Machine,
 * replay, witness calculator and constraints must agree on all that is accepted, on all that is refused, and on every
 * root.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { loadR1cs, type R1cs } from "../../../prover/formats/r1cs.ts";
import { mainSource, type Profile } from "../../../prover/profiles.ts";
import { threadCount } from "../../../prover/storage/threads.ts";
import { SMALL } from "../../lib/circuit.ts";
import { fuzzRuns, genesisFrom } from "./fuzzRun.ts";
import { type Case, Court, Disagreement, type Judge, judge, type Tally } from "./judge.ts";
import { WAYS } from "./mutations.ts";
import { play } from "./player.ts";

/**
 * For many transitions: several times cheaper for each than {@link SMALL}, but it takes its time to compile. No map
 * uses it.
 */
const WIDE: Profile = { name: "test-32", rows: 32, nodes: 20, levels: SMALL.levels, signatures: 4 };
/** Number of transitions from which the wide circuit and processes are worth their start. */
const MANY = 1000;
/** Steps of one run, at most. */
const STEPS = { few: 12, many: 160 };
/** How long a failing run is made smaller, in ms. */
const SHRINKING = 90_000;
const FOLDER = new URL("../regressions/", import.meta.url);

export interface DifferentialOptions {
  /** How many are put to all of them: transitions that the machine accepts, and groups that it refuses. */
  transitions: number;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}

export interface DifferentialResult {
  transitions: number;
  disagreements: number;
  /** Why, and the shrunk case, as it is kept in `regressions/`. */
  examples: string[];
  tally: Tally;
}

/** One run of a process: from which seed, and whether it is small. */
export interface RunTask {
  seed: number;
  many: boolean;
}
export interface RunAnswer {
  tally: Tally;
  /** What differs, and the smallest case that shows it, as text. */
  found: string | null;
}

export const emptyTally = (): Tally => {
  return { accepted: 0, refused: 0, batches: 0, checked: 0, unstatable: 0, invariants: {} };
};

const judges = new Map<boolean, Promise<readonly Judge[]>>();

/** The circuits to ask: the small one alone, or for what is refused only. */
function judgesFor(many: boolean): Promise<readonly Judge[]> {
  const known = judges.get(many);
  if (known !== undefined) return known;
  const made = Promise.all((many ? [SMALL, WIDE] : [SMALL]).map(judgeOf));
  judges.set(many, made);
  return made;
}

async function judgeOf(profile: Profile): Promise<Judge> {
  const circuit = await buildCircuit(profile.name, mainSource(profile));
  let r1cs: Promise<R1cs> | undefined;
  const read = (): Promise<R1cs> => {
    r1cs ??= loadR1cs(circuit.r1cs);
    return r1cs;
  };
  return { profile, circuit, r1cs: read };
}

/** One run from a seed; if anything disagrees, the smallest that does. */
export async function fuzzOnce({ seed, many }: RunTask): Promise<RunAnswer> {
  const all = await judgesFor(many);
  const tally = emptyTally();
  // Smaller and smaller ones are tried: the last that fails is the smallest.
  let found: string | null = null;
  const property = fc.asyncProperty(fuzzRuns(many ? STEPS.many : STEPS.few, WAYS.length), async (run) => {
    const court = new Court({ genesis: genesisFrom(run.genesis, SMALL.levels), check: run.check }, all, tally);
    try {
      await play(run, court);
    } catch (error) {
      const why = error instanceof Disagreement ? error.message : String((error as Error).stack);
      found = caseText({ why, ...court.case });
      throw error;
    }
  });
  await fc.check(property, { seed, numRuns: 1, interruptAfterTimeLimit: SHRINKING });
  return { tally, found };
}

/**
 * @returns what was tried, and where machine, replay, witness calculator and constraints differ: nowhere, if all is
 *   well. What differs is shrunk, and kept in `regressions/`, which an everyday test tries again.
 */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialResult> {
  const { transitions, seed, onProgress } = options;
  const many = transitions >= MANY;
  const result: DifferentialResult = { transitions: 0, disagreements: 0, examples: [], tally: emptyTally() };
  // Compiled once, before several processes would do it at the same time.
  await judgesFor(many);
  const helpers = many ? Array.from({ length: threadCount() }, startHelper) : [];
  let next = seed * 1_000_003;
  const work = async (run: (task: RunTask) => Promise<RunAnswer>): Promise<void> => {
    while (result.transitions < transitions) {
      take(result, await run({ seed: next++ | 0, many }));
      onProgress?.(Math.min(result.transitions, transitions), transitions);
    }
  };
  try {
    if (many) await Promise.all(helpers.map((helper) => work((task) => ask(helper, task))));
    else await work(fuzzOnce);
  } finally {
    for (const helper of helpers) helper.kill();
  }
  return result;
}

/** A process: witness programs keep a core busy, and the libraries below them do not like threads. */
function startHelper(): ChildProcess {
  return fork(new URL("./differentialProcess.ts", import.meta.url), {
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

function ask(helper: ChildProcess, task: RunTask): Promise<RunAnswer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a process of the fuzzer ended with ${code}`));
    helper.once("exit", ended);
    helper.once("message", (answer: RunAnswer) => {
      helper.off("exit", ended);
      resolve(answer);
    });
    helper.send(task);
  });
}

function take(result: DifferentialResult, { tally, found }: RunAnswer): void {
  const sum = result.tally;
  for (const name of ["accepted", "refused", "batches", "checked", "unstatable"] as const) sum[name] += tally[name];
  for (const [name, times] of Object.entries(tally.invariants))
    sum.invariants[name] = (sum.invariants[name] ?? 0) + times;
  result.transitions = sum.accepted + sum.refused;
  if (found === null) return;
  result.disagreements++;
  result.examples.push(keep(found));
}

/** Writes a case down, and returns what was written. */
function keep(text: string): string {
  const name = createHash("sha256").update(text).digest("hex").slice(0, 12);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(new URL(`${name}.json`, FOLDER), text);
  return text;
}

/** A case, and why it was kept. */
type KeptCase = Case & { readonly why: string };

/**
 * JSON with large numbers as texts that end in n, as in programs. A kept case says what happens, not which choices led
 * there: those change.
 */
export function caseText(kept: KeptCase): string {
  return `${JSON.stringify(kept, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value))}\n`;
}

function caseFrom(text: string): KeptCase {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  ) as KeptCase;
}

/** The kept cases, by the name of their file. */
export function regressions(): [name: string, kept: Case][] {
  return readdirSync(fileURLToPath(FOLDER))
    .filter((name) => name.endsWith(".json"))
    .map((name) => [name, caseFrom(readFileSync(new URL(name, FOLDER), "utf8"))]);
}

/** Tries a kept case again. @throws Disagreement if it still shows one */
export async function retry(kept: Case): Promise<Tally> {
  const tally = emptyTally();
  await judge(kept, await judgesFor(false), tally);
  return tally;
}
