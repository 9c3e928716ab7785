/**
 * Proves a run directory: batch by batch, what has no valid bundle yet. Every proof is verified before it is written, and every bundle is
 * written whole, so that whatever ends the work leaves the finished ones valid and the next call goes on from there.
 */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { PUBLIC_INPUTS, packSpan } from "../trace/commit.ts";
import { EnvironmentError, TimeBanditsError } from "../trace/errors.ts";
import type { Transition } from "../trace/record.ts";
import { artifactsOf, type ProfileArtifacts } from "./artifacts.ts";
import { type BatchInput, batchInput } from "./batchInput.ts";
import { type Bundle, proofsIn, readBundles, STALE, type StoredBundle, writeBundle } from "./bundle.ts";
import { checkBundle } from "./checkBundle.ts";
import { ENGINE_NAMES, type Engine, engineByName } from "./engine.ts";
import type { OnProgress } from "./keys/makeKey.ts";
import { planOf } from "./plan.ts";
import { calculateWitness } from "./witness.ts";

export interface ProveOptions {
  /** Name of the profile; by default the map's first. */
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
  profile: string;
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
  /** Hash and kind of the verification key; null if there was nothing to prove. */
  key: { hash: string; kind: string } | null;
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
 * `proofs/stale`, never deleted. An empty trace has no batches and needs no keys.
 *
 * @throws InvalidInputError if the trace does not replay, GroupSizeError if a group fits into no batch, WitnessError if the
 *   circuit refuses what the state machine allowed, UnprovenError if the engine's proof does not hold
 */
export async function proveDirectory(dir: string, options: ProveOptions = {}): Promise<ProveReport> {
  const { onProgress, signal } = options;
  const engine = engineByName(options.engine ?? (ENGINE_NAMES[0] as string));
  const plan = planOf(dir, options.profile);
  const report = emptyReport(plan.profile.name, engine.name);
  report.batches = plan.batches.length;
  report.transitions = plan.run.trace.records.length;
  const ranges = new Set(plan.batches.map(({ transitions }) => spanOf(transitions)));
  const stored = await readBundles(dir);
  // Before anything is proven: after an interruption, what is there is the beginning of one chain.
  const [known, strangers] = divide(stored, (entry) => "bundle" in entry && ranges.has(entry.bundle.statement.span));
  await moveAway(dir, strangers, report);
  try {
    if (plan.batches.length > 0) {
      if (!(await engine.available())) {
        throw new EnvironmentError(
          "engine",
          `the engine ${engine.name} cannot run here; choose one of ${ENGINE_NAMES.join(", ")}`,
        );
      }
      const artifacts = await artifactsOf(plan.profile, { onProgress });
      report.key = { hash: artifacts.key.vkeyHash, kind: artifacts.key.kind };
      report.seconds.build = artifacts.circuit.compileSeconds ?? 0;
      report.seconds.keys = artifacts.key.seconds ?? 0;
      for (const [index, { transitions }] of plan.batches.entries()) {
        signal?.throwIfAborted();
        onProgress?.("prove", index, plan.batches.length);
        const input = timed(report.seconds, "witness", () =>
          batchInput(plan.map, transitions, plan.profile, plan.domain),
        );
        const [same] = divide(
          known,
          (entry) => "bundle" in entry && entry.bundle.statement.span === input.statement.span,
        );
        const found = await findValid(same, input, artifacts, report);
        await moveAway(
          dir,
          same.filter((entry) => entry.name !== found),
          report,
        );
        if (found !== undefined) report.skipped++;
        const name = found ?? (await writeBundle(dir, await proveBatch(engine, artifacts, input, report)));
        if (found === undefined) report.proven++;
        report.bundles.push(name);
      }
      onProgress?.("prove", plan.batches.length, plan.batches.length);
    }
  } finally {
    await engine.close();
  }
  return report;
}

function emptyReport(profile: string, engine: string): ProveReport {
  return {
    profile,
    engine,
    transitions: 0,
    batches: 0,
    proven: 0,
    skipped: 0,
    bundles: [],
    stale: [],
    key: null,
    seconds: { build: 0, keys: 0, witness: 0, prove: 0, verify: 0 },
  };
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

/** Name of the first stored bundle that proves exactly this batch. */
async function findValid(
  stored: readonly StoredBundle[],
  { statement }: BatchInput,
  artifacts: ProfileArtifacts,
  report: ProveReport,
): Promise<string | undefined> {
  for (const entry of stored) {
    if (!("bundle" in entry) || entry.bundle.profile !== artifacts.profile.name) continue;
    if (PUBLIC_INPUTS.some((name) => entry.bundle.statement[name] !== statement[name])) continue;
    if ((await timed(report.seconds, "verify", () => checkBundle(entry.bundle, artifacts))) === null) return entry.name;
  }
  return undefined;
}

async function proveBatch(
  engine: Engine,
  artifacts: ProfileArtifacts,
  batch: BatchInput,
  report: ProveReport,
): Promise<Bundle> {
  const { profile, circuit, key } = artifacts;
  const witness = await timed(report.seconds, "witness", () => calculateWitness(circuit, batch.input));
  const { proof } = await timed(report.seconds, "prove", () => engine.prove(key.zkey, witness));
  const bundle: Bundle = {
    profile: profile.name,
    circuit: circuit.hash,
    key: { hash: key.vkeyHash, kind: key.kind },
    statement: batch.statement,
    proof,
  };
  const finding = await timed(report.seconds, "verify", () => checkBundle(bundle, artifacts));
  if (finding !== null) {
    const { firstSeq, count } = batch.span;
    throw new UnprovenError(
      `${engine.name}'s proof of transitions ${firstSeq} to ${firstSeq + count - 1} does not verify: ${finding.field} ${finding.message}; try another engine`,
    );
  }
  return bundle;
}

/** The span that a batch of these transitions has in its statement. */
function spanOf(transitions: readonly Transition[]): bigint {
  const [first, last] = [transitions[0], transitions.at(-1)];
  return packSpan({
    firstSeq: first?.seq ?? 0,
    count: transitions.length,
    notBefore: first?.at ?? 0,
    until: last?.at ?? 0,
  });
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
