/**
 * Proves a run directory: batch by batch, what has no valid bundle yet. Every proof is verified before it is written, and every bundle is
 * written whole, so that whatever ends the work leaves the finished ones valid and the next call goes on from there.
 */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, TimeBanditsError } from "../trace/errors.ts";
import { artifactsOf } from "./artifacts.ts";
import { type OpenedBatch, openBatch, witnessInput } from "./batchInput.ts";
import { type Bundle, proofsIn, STALE, type StoredBundle, writeBundle } from "./bundle.ts";
import { checkBundle } from "./checkBundle.ts";
import { ENGINE_NAMES, type Engine, engineByName } from "./engine.ts";
import type { OnProgress } from "./keys/makeKey.ts";
import { type Plan, planOf } from "./plan.ts";
import { bookOf, usableSignatures } from "./signatureFiles.ts";
import {
  type GivenSignature,
  MissingSignatureError,
  type SignatureBook,
  type WantedSignature,
  wantedSignatures,
} from "./signatures.ts";
import { type ArtifactSource, claimants, missingFrom, spanOf, validBundle } from "./standing.ts";
import { calculateWitness } from "./witness.ts";

export interface ProveOptions {
  /** Name of the only profile to use; by default those of the map. */
  profile?: string | undefined;
  /** Name of the engine; by default the first there is. */
  engine?: string | undefined;
  /** Told of the stages "compile", "points", "constraints" of a first build, then of "prove" in batches. */
  onProgress?: OnProgress | undefined;
  /** Stops the work before the next batch; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** What `proveDirectory` did. */
export interface ProveReport {
  /** Names of the profiles of the batches, the smallest first; the one to prefer if there are no batches. */
  profiles: string[];
  engine: string;
  transitions: number;
  /** Batches of the trace, of which so many were proven now and so many had a valid bundle. */
  batches: number;
  proven: number;
  skipped: number;
  /** File names of the bundles, in order. */
  bundles: string[];
  /** File names of bundles that are not of this trace, key or domain; they were moved to `proofs/stale`. */
  stale: string[];
  /** Hash and kind of each profile's verification key; none if there was nothing to prove. */
  keys: { profile: string; hash: string; kind: string }[];
  /** Wall time, in seconds, by step; 0 for what came from the cache. */
  seconds: { build: number; keys: number; witness: number; prove: number; verify: number };
}

/** A proof came out that does not verify: a fault of the engine or of the circuit, not of the trace. */
export class UnprovenError extends TimeBanditsError {
  constructor(message: string) {
    super("unproven", message);
  }
}

/**
 * Proves every batch of a run directory that has no valid bundle.
 *
 * Bundles that do not belong to the trace as it is now (another range, domain, key or profile, or damaged) are moved to
 * `proofs/stale`, never deleted. An empty trace has no batches and needs no keys. Circuits are compiled when the first batch of their
 * profile needs them: what is known to be missing before is said before.
 *
 * @throws InvalidInputError if the trace does not replay or a signature file is damaged, GroupSizeError if a group fits into no batch,
 *   MissingSignatureError at the first batch that is not signed (those before it are proven then), WitnessError if the circuit refuses
 *   what the state machine allowed, UnprovenError if the engine's proof does not hold
 */
export async function proveDirectory(dir: string, options: ProveOptions = {}): Promise<ProveReport> {
  const { onProgress, signal } = options;
  const engine = engineByName(options.engine ?? (ENGINE_NAMES[0] as string));
  const plan = await planOf(dir, options.profile);
  const report = emptyReport(plan, engine.name);
  const book = await bookOf(await usableSignatures(dir), plan.domain);
  const { stored } = plan;
  // Before anything is proven: after an interruption, what is there is the beginning of one chain.
  const ranges = new Set(plan.batches.map(({ transitions }) => spanOf(transitions)));
  const [known, strangers] = divide(stored, (entry) => "bundle" in entry && ranges.has(entry.bundle.statement.span));
  await moveAway(dir, strangers, report);
  const artifacts = artifactsInto(report, onProgress);
  try {
    if (plan.batches.length > 0 && !(await engine.available())) {
      throw new EnvironmentError(
        "engine",
        `the engine ${engine.name} cannot run here; choose one of ${ENGINE_NAMES.join(", ")}`,
      );
    }
    for (const [index, batch] of plan.batches.entries()) {
      const { transitions, profile } = batch;
      signal?.throwIfAborted();
      onProgress?.("prove", index, plan.batches.length);
      const opened = timed(report.seconds, "witness", () => openBatch(plan.map, transitions, profile, plan.domain));
      const [same] = divide(
        known,
        (entry) => "bundle" in entry && entry.bundle.statement.span === opened.statement.span,
      );
      // Asked for outside the clock of the step that follows.
      if (claimants(known, batch).length > 0) await artifacts(profile);
      const found = await timed(report.seconds, "verify", () =>
        validBundle(same, opened.statement, profile, artifacts),
      );
      await moveAway(
        dir,
        same.filter((entry) => entry.name !== found),
        report,
      );
      if (found !== undefined) report.skipped++;
      const name =
        found ??
        (await writeBundle(
          dir,
          await proveBatch(engine, artifacts, opened, signaturesFor(opened, plan, index, known, book, dir), report),
        ));
      if (found === undefined) report.proven++;
      report.bundles.push(name);
    }
    if (plan.batches.length > 0) onProgress?.("prove", plan.batches.length, plan.batches.length);
  } finally {
    await engine.close();
  }
  return report;
}

function emptyReport(plan: Plan, engine: string): ProveReport {
  const used = plan.profiles.filter((profile) => plan.batches.some((batch) => batch.profile === profile));
  return {
    profiles: (used.length > 0 ? used : plan.profiles.slice(0, 1)).map(({ name }) => name),
    engine,
    transitions: plan.run.trace.records.length,
    batches: plan.batches.length,
    proven: 0,
    skipped: 0,
    bundles: [],
    stale: [],
    keys: [],
    seconds: { build: 0, keys: 0, witness: 0, prove: 0, verify: 0 },
  };
}

/** Artifacts as they are asked for; what they are and took goes into the report. */
function artifactsInto(report: ProveReport, onProgress?: OnProgress): ArtifactSource {
  return async (profile) => {
    const artifacts = await artifactsOf(profile, { onProgress });
    const { key, circuit } = artifacts;
    if (!report.keys.some(({ hash }) => hash === key.vkeyHash)) {
      report.keys.push({ profile: profile.name, hash: key.vkeyHash, kind: key.kind });
      report.seconds.build += circuit.compileSeconds ?? 0;
      report.seconds.keys += key.seconds ?? 0;
    }
    return artifacts;
  };
}

/** What to say of the batches before. */
function doneBefore(index: number): string | undefined {
  if (index === 0) return undefined;
  return index === 1 ? "the batch before that is proven" : `the ${index} batches before that are proven`;
}

/** The signatures over a batch. @throws MissingSignatureError if one is not there, naming what later batches lack as well */
function signaturesFor(
  { transitions, span }: OpenedBatch,
  plan: Plan,
  index: number,
  stored: readonly StoredBundle[],
  book: SignatureBook,
  dir: string,
): Signatures {
  const wanted = wantedSignatures(transitions);
  const given: GivenSignature[] = [];
  for (const one of wanted) {
    const signature = book(one, span.until);
    if (signature === undefined) {
      throw new MissingSignatureError(missingFrom(plan, index, stored, book), dir, doneBefore(index));
    }
    given.push(signature);
  }
  return { wanted, given };
}

/** Runs something and adds its wall time to a step. */
function timed<T>(seconds: ProveReport["seconds"], step: keyof ProveReport["seconds"], work: () => T): T {
  const started = performance.now();
  const stop = (): void => {
    seconds[step] += (performance.now() - started) / 1000;
  };
  const result = work();
  if (result instanceof Promise) return result.finally(stop) as T;
  stop();
  return result;
}

interface Signatures {
  wanted: WantedSignature[];
  given: GivenSignature[];
}

async function proveBatch(
  engine: Engine,
  source: ArtifactSource,
  opened: OpenedBatch,
  { wanted, given }: Signatures,
  report: ProveReport,
): Promise<Bundle> {
  const artifacts = await source(opened.profile);
  const { profile, circuit, key } = artifacts;
  const witness = await timed(report.seconds, "witness", () =>
    calculateWitness(circuit, witnessInput(opened, wanted, given)),
  );
  const { proof } = await timed(report.seconds, "prove", () => engine.prove(key.zkey, witness));
  const bundle: Bundle = {
    profile: profile.name,
    circuit: circuit.hash,
    key: { hash: key.vkeyHash, kind: key.kind },
    statement: opened.statement,
    proof,
  };
  const finding = await timed(report.seconds, "verify", () => checkBundle(bundle, artifacts));
  if (finding !== null) {
    const { firstSeq, count } = opened.span;
    throw new UnprovenError(
      `${engine.name}'s proof of transitions ${firstSeq} to ${firstSeq + count - 1} does not verify: ${finding.field} ${finding.message}; try another engine`,
    );
  }
  return bundle;
}

function divide<T>(list: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [list.filter(belongs), list.filter((item) => !belongs(item))];
}

/** Moves bundles to where nobody takes them for proofs of the trace. */
async function moveAway(dir: string, bundles: readonly StoredBundle[], report: ProveReport): Promise<void> {
  if (bundles.length === 0) return;
  const folder = join(proofsIn(dir), STALE);
  await mkdir(folder, { recursive: true });
  for (const { name } of bundles) {
    await rename(join(proofsIn(dir), name), join(folder, name));
    report.stale.push(name);
  }
}
