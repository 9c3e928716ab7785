/** The report of proving a run directory, and moving stale files away. */
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { artifactsOf } from "../artifacts.ts";
import type { ArtifactSource } from "../batches/batchStatus.ts";
import type { ProvingPlan } from "../batches/provingPlan.ts";
import { proofsIn, STALE, type StoredBundle } from "../bundles/bundle.ts";
import type { OnProgress } from "../circuit/build.ts";

/** Result of `proveDirectory`. */
export interface ProveReport {
  /** Names of the profiles of the batches, the smallest first; the preferred one if there are no batches. */
  profiles: string[];
  engine: string;
  /** Most batches under way at once. */
  jobs: number;
  transitions: number;
  /**
   * The last transition that the chain had when the run was made from it. Its proofs are not here, and are not made
   * again: the batches begin behind it. 0 for other runs.
   */
  rebuilt: number;
  /** Batches of the trace; how many were proven now, and how many had a valid bundle. */
  batches: number;
  proven: number;
  skipped: number;
  /** File names of the bundles, in order. */
  bundles: string[];
  /** File names of bundles that are not of this trace, key or domain; they were moved to `proofs/stale`. */
  stale: string[];
  /** Hash and kind of each profile's verification key; empty if there was nothing to prove. */
  keys: { profile: string; hash: string; kind: string }[];
  /**
   * Wall time of each step in seconds, and from the first step to the last. Steps of different batches overlap if there
   * are several jobs; 0 for artifacts from the cache.
   */
  seconds: Record<ProveStage, number> & { total: number };
}

export type ProveStage = "build" | "keys" | "witness" | "prove" | "verify";

/** The report at the beginning. */
export function emptyReport(plan: ProvingPlan, engine: string, jobs: number): ProveReport {
  const names = new Set([...plan.proven.map(({ profile }) => profile), ...plan.batches.map((b) => b.profile.name)]);
  const used = plan.profiles.filter(({ name }) => names.has(name));
  return {
    profiles: (used.length > 0 ? used : plan.profiles.slice(0, 1)).map(({ name }) => name),
    engine,
    jobs,
    transitions: plan.transitions,
    rebuilt: plan.beginning.seq,
    batches: plan.proven.length + plan.batches.length,
    proven: 0,
    skipped: plan.proven.length,
    bundles: plan.proven.map(({ name }) => name),
    stale: [],
    keys: [...new Map(plan.proven.map(({ profile, key: { hash, kind } }) => [hash, { profile, hash, kind }])).values()],
    seconds: { build: 0, keys: 0, witness: 0, prove: 0, verify: 0, total: 0 },
  };
}

/** A source of artifacts that enters their facts and times in the report. */
export function artifactsInto(report: ProveReport, onProgress?: OnProgress): ArtifactSource {
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

/** Runs something and adds its wall time to a step. */
export async function timed<T>(
  report: ProveReport,
  step: ProveStage | "total",
  work: () => T | Promise<T>,
): Promise<T> {
  const started = performance.now();
  try {
    return await work();
  } finally {
    report.seconds[step] += (performance.now() - started) / 1000;
  }
}

/** Moves bundles to a folder where they are not taken for proofs of the trace. */
export async function moveAway(dir: string, bundles: readonly StoredBundle[], report: ProveReport): Promise<void> {
  if (bundles.length === 0) return;
  const folder = join(proofsIn(dir), STALE);
  await mkdir(folder, { recursive: true });
  for (const { name } of bundles) {
    await rename(join(proofsIn(dir), name), join(folder, name));
    report.stale.push(name);
  }
}
