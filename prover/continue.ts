/**
 * Continues a run that is partly proven or signed. Batches that have a proof stay as they are. The last open batch
 * takes in more transitions, so a signature over it does not cover its new content: it is void.
 */
import { type ProgramRef, programText } from "../trace/describe/names.ts";
import { InvalidInputError } from "../trace/errors.ts";
import type { Replayed } from "../trace/replay/replay.ts";
import { type Continued, type ContinueOptions, continueRun } from "../trace/tracer/continueRun.ts";
import { type RunEnd, replayedEnd } from "../trace/tracer/runEnd.ts";
import type { Continuation } from "../trace/tracer/scenario.ts";
import { bundlesFor } from "./batches/batchStatus.ts";
import { knownBundles } from "./batches/knownBundles.ts";
import { batchesIn, runDomain } from "./batches/plan.ts";
import { rangeOf, readBundles } from "./bundles/bundle.ts";
import { PROFILES } from "./profiles.ts";
import { checker, isFor, readSignatures } from "./signing/signatureFiles.ts";
import { wantedSignatures } from "./signing/signatures.ts";

/**
 * A void signature: its batch has no proof, and has grown since. It names the batch's transitions at the time of
 * signing.
 */
export interface VoidSignature extends ProgramRef {
  firstSeq: number;
  lastSeq: number;
  /** Name of its file. The file is harmless. */
  file: string;
}

/** A continued run, and the effect on its signatures. */
export interface ContinuedDirectory extends Continued {
  /** Earlier signatures with which no batch can be proven any more. Their programs must sign again. */
  voidSignatures: VoidSignature[];
}

/**
 * Continues a run directory, with the profiles of this prover. See {@link continueRun}.
 * @throws InvalidInputError also if there are proofs of transitions that the trace does not have
 */
export async function continueDirectory(
  dir: string,
  scenario: Continuation,
  options: Omit<ContinueOptions, "profiles"> = {},
): Promise<ContinuedDirectory> {
  let signed: VoidSignature[] = [];
  let past!: Replayed;
  const { store, onReplayed, onReached } = options;
  const continued = await continueRun(dir, scenario, {
    ...options,
    profiles: PROFILES,
    // A caller who wants the replayed run gets it.
    store: store !== undefined && (onReplayed === undefined || onReached !== undefined) ? store : false,
    async onReached(end) {
      // Which batches they sign, only the whole run tells.
      if ((await readSignatures(dir)).length > 0) return false;
      await requireWholeTrace(dir, end);
      return onReached === undefined || (await onReached(end));
    },
    async onReplayed(run) {
      await requireWholeTrace(dir, replayedEnd(run));
      past = run;
      signed = await signedAhead(dir, run);
      await options.onReplayed?.(run);
    },
  });
  if (signed.length === 0) return { ...continued, voidSignatures: [] };
  // The tracer has the groups of before and the new ones, so nothing is replayed again.
  const { groups, manifest } = continued.tracer;
  const still = new Set((await signedAhead(dir, { ...past, groups, manifest })).map(({ file }) => file));
  return { ...continued, voidSignatures: signed.filter(({ file }) => !still.has(file)) };
}

/** The message about void signatures. */
export function voidText({ firstSeq, lastSeq, ...ref }: VoidSignature): string {
  return (
    `the signature of ${programText(ref)} over ${firstSeq}..${lastSeq} is void, because that batch goes on: ` +
    `sign again`
  );
}

/**
 * @throws InvalidInputError if a proof of this run covers more than its trace has: continuing would abandon that part
 */
async function requireWholeTrace(dir: string, { manifest, header, transitions: end, store }: RunEnd): Promise<void> {
  const domain = runDomain(manifest, header.genesisRoot);
  // Those that the store knows were compared with the trace.
  const known = store === undefined ? undefined : new Set(knownBundles(store, dir, { compare: false }).keys());
  for (const entry of await readBundles(dir, known)) {
    if (!("bundle" in entry) || entry.bundle.statement.domain !== domain) continue;
    const { lastSeq } = rangeOf(entry.bundle);
    if (lastSeq <= end) continue;
    throw new InvalidInputError(
      `proofs/${entry.name}`,
      `proves transitions up to ${lastSeq}, but the trace ends with ${end}; restore the trace from a copy, and go ` +
        `on then`,
    );
  }
}

/** The signatures of batches without a proof. */
async function signedAhead(dir: string, run: Replayed): Promise<VoidSignature[]> {
  const files = (await readSignatures(dir)).flatMap((stored) => ("file" in stored ? [stored] : []));
  if (files.length === 0) return [];
  const holds = await checker(files);
  const { batches, stored, domain } = await batchesIn(dir, run);
  const signed: VoidSignature[] = [];
  for (const batch of batches) {
    if (bundlesFor(stored, batch).length > 0) continue;
    const [first, last] = [batch.transitions[0], batch.transitions.at(-1)];
    for (const wanted of wantedSignatures(batch.transitions)) {
      const good = files.find(({ file }) => {
        return isFor(file, wanted, domain) && file.validUntil >= (last?.at ?? 0) && holds(file);
      });
      if (good === undefined) continue;
      const name = run.manifest.programs[wanted.program] ?? null;
      signed.push({
        program: wanted.program,
        name,
        firstSeq: first?.seq ?? 0,
        lastSeq: last?.seq ?? 0,
        file: good.name,
      });
    }
  }
  return signed;
}
