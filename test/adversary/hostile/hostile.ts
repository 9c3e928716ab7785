/**
 * Hostile input of every sort: proofs and public inputs (JavaScript and Solidity must agree), files and whole run
 * directories (refused with an error for people, or read with their exact content), and nodes that lie.
 */
import { Random } from "../../lib/random.ts";
import { HostileFiles } from "./hostileFiles.ts";
import { runHostileProofs } from "./hostileProofs.ts";
import { HostileRuns } from "./hostileRuns.ts";
import { LyingRpc } from "./lyingRpc.ts";

export interface HostileOptions {
  /** The number of cases of all sorts together. */
  cases: number;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}

export interface HostileResult {
  tried: number;
  disagreements: number;
  /** The first of them, in words. */
  examples: string[];
}

/** Conversations with a lying node in a hundred cases. Each takes a hundred times as long as a file. */
const LYING_PERCENT = 1;
/** Whole run directories in a hundred cases. Each is verified, audited and replayed. */
const RUN_PERCENT = 1;
const PROOF_PERCENT = 40;
const EXAMPLES = 20;

/**
 * @returns the number of cases, and those with different verdicts or wrong ends
 */
export async function runHostile(options: HostileOptions): Promise<HostileResult> {
  const { cases, seed, onProgress } = options;
  const lying = Math.ceil((cases * LYING_PERCENT) / 100);
  const runs = Math.ceil((cases * RUN_PERCENT) / 100);
  const proofs = Math.ceil((cases * PROOF_PERCENT) / 100);
  const result: HostileResult = { tried: 0, disagreements: 0, examples: [] };
  const took = (wrong: string | null): void => {
    result.tried++;
    onProgress?.(result.tried, cases);
    if (wrong === null) return;
    result.disagreements++;
    if (result.examples.length < EXAMPLES) result.examples.push(wrong);
  };
  await tryAll(await HostileFiles.open(), cases - lying - runs - proofs, seed, took);
  await tryAll(await HostileRuns.open(), runs, seed, took);
  await tryAll(await LyingRpc.open(), lying, seed, took);
  const before = result.tried;
  const found = await runHostileProofs({
    cases: proofs,
    seed,
    onProgress: (done) => onProgress?.(before + done, cases),
  });
  result.tried += found.tried;
  result.disagreements += found.disagreements;
  result.examples.push(...found.examples.slice(0, EXAMPLES - result.examples.length));
  return result;
}

/** A maker of hostile cases of one sort. */
interface Attacker {
  /** One case. @returns the fault of its end in words; null if there is none */
  try(random: Random): Promise<string | null>;
  close(): void | Promise<void>;
}

async function tryAll(
  attacker: Attacker,
  cases: number,
  seed: number,
  took: (wrong: string | null) => void,
): Promise<void> {
  const random = new Random(seed);
  try {
    for (let i = 0; i < cases; i++) took(await attacker.try(random));
  } finally {
    await attacker.close();
  }
}
