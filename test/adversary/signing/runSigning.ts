/**
 * What a signature binds (docs/security/trust.md): two runs from one beginning, in which a program's log is the same,
 * do the same to that program's goods. An adversary arranges random runs with keys in other ways. Those in which the
 * signer's log comes out equal are compared. Where the rules refuse a signed row in its new surroundings, a prover
 * tries to have it nevertheless.
 */
import { batchesOf } from "../../../prover/batches/batcher.ts";
import { batchInput } from "../../../prover/batches/batchInput.ts";
import { TimeBanditsError } from "../../../trace/errors.ts";

import type { Transition } from "../../../trace/machine/transition.ts";
import { signedBy } from "../../lib/authorities.ts";
import { SMALL, verdict } from "../../lib/circuit.ts";
import { Random } from "../../lib/random.ts";
import { RowForger } from "../../lib/rowForger.ts";
import { type Meanings, Reader } from "./meaning.ts";
import { type Act, actsOf, type Played, play, rearranged } from "./rearranged.ts";
import { SIGNER, START, signedRun } from "./world.ts";

export interface SigningOptions {
  /** Runs in which the signer's log has to come out equal. */
  tried: number;
  seed: number;
  onProgress?: (done: number, of: number) => void;
}

export interface SigningResult {
  /** Runs in which the signer's log came out equal. */
  tried: number;
  /** In how many of them its goods did not, or how many refused rows the circuit took. */
  shifted: number;
  /** Runs whose batches were put to the circuit as well. */
  proven: number;
  /** Signed rows in surroundings that the rules refuse, put to the circuit past the machine. */
  forged: number;
  examples: string[];
}

/** Effects that are asked for in a run. */
const ATTEMPTS = 40;
/** Arrangements of one run. */
const ARRANGEMENTS = 24;
/** One in this number of runs is put to the circuit. */
const PROVE_EVERY = 10;

/** Runs the comparison. */
export async function runSigning({ tried, seed, onProgress }: SigningOptions): Promise<SigningResult> {
  const random = new Random(seed);
  const result: SigningResult = { tried: 0, shifted: 0, proven: 0, forged: 0, examples: [] };
  let refusals = 0;
  while (result.tried < tried) {
    const tracer = signedRun(random, ATTEMPTS);
    const acts = actsOf(tracer.groups);
    const read = (some: readonly Act[]): { played: Played; found: Meanings; groups: (readonly Transition[])[] } => {
      const reader = new Reader(SIGNER, START.clone(), tracer.triggers);
      const groups: (readonly Transition[])[] = [];
      const played = play(some, (group, before) => {
        reader.take(group, before);
        groups.push(group);
      });
      return { played, found: reader.found, groups };
    };
    const shown = read(acts);
    if (shown.found.signed.length === 0) continue;
    for (let i = 0; i < ARRANGEMENTS && result.tried < tried; i++) {
      const other = read(rearranged(acts, random));
      const { refused } = other.played;
      if (refused !== undefined) {
        if (refusals++ % PROVE_EVERY === 0) await forge(refused, result);
        continue;
      }
      if (other.found.log !== shown.found.log) continue;
      result.tried++;
      compare(shown.found, other.found, result);
      if (result.tried % PROVE_EVERY === 0) await prove(other.groups, result);
      onProgress?.(result.tried, tried);
    }
  }
  return result;
}

/**
 * The signer's own effects are the same; its triggers apply nothing that it would not have had applied in the run it
 * was shown.
 */
function compare(shown: Meanings, other: Meanings, result: SigningResult): void {
  const at = shown.signed.findIndex((meaning, i) => meaning !== other.signed[i]);
  const unsigned = other.triggered.find((meaning) => !shown.signed.some((watch) => watch.includes(meaning)));
  if (at < 0 && shown.signed.length === other.signed.length && unsigned === undefined) return;
  result.shifted++;
  result.examples.push(
    at < 0 ? `a trigger does "${unsigned}"` : `signed as "${shown.signed[at]}", it is "${other.signed[at]}"`,
  );
}

/** What the machine took in other surroundings, the circuit takes: the log is equal there as well. */
async function prove(groups: readonly (readonly Transition[])[], result: SigningResult): Promise<void> {
  const map = START.clone();
  try {
    for (const { transitions } of batchesOf(groups, SMALL)) {
      const { input } = batchInput(map, transitions, SMALL, 7n, signedBy(7n));
      const said = await verdict(input);
      if (said !== "accepted") {
        result.shifted++;
        result.examples.push(`the machine takes what the circuit does not: ${said}`);
        return;
      }
    }
    result.proven++;
  } catch (error) {
    // A group too large for the small circuit.
    if (!(error instanceof TimeBanditsError)) throw error;
  }
}

/** A signed row where the rules refuse it, past the machine. */
async function forge({ act, map, at, seq }: NonNullable<Played["refused"]>, result: SigningResult): Promise<void> {
  try {
    const forger = new RowForger(map, at, seq).group(act.rows.map((row) => ({ row, at })));
    if ((await verdict(forger.build(SMALL))) === "accepted") {
      result.shifted++;
      result.examples.push(
        `the circuit takes what the machine refuses: ${act.rows.map(({ effect }) => effect).join(", ")}`,
      );
    }
    result.forged++;
  } catch (error) {
    if (!(error instanceof TimeBanditsError || error instanceof RangeError)) throw error;
  }
}
