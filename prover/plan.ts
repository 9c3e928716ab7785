/** What there is to prove in a run directory: profile, domain, batches. */
import { LOCAL_DOMAIN } from "../trace/commit.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { mapOf } from "../trace/genesis.ts";
import type { Manifest } from "../trace/manifest.ts";
import { type Replayed, replayDirectory } from "../trace/replay.ts";
import type { TimeMap } from "../trace/state.ts";
import { type Batch, batchesOf } from "./batcher.ts";
import { PROFILES, type Profile, profileOf } from "./profiles.ts";

/** A run, cut into batches. */
export interface Plan {
  readonly run: Replayed;
  readonly profile: Profile;
  readonly domain: bigint;
  readonly batches: readonly Batch[];
  /** The state before the first batch, for the prover to advance. */
  readonly map: TimeMap;
}

/** What proofs of this run are bound to: its map on a chain, or nothing but itself. */
export function domainOf(manifest: Manifest): bigint {
  return manifest.chain?.domain ?? LOCAL_DOMAIN;
}

/**
 * The profile to prove a map with: the one that is asked for, or else the first that the map names, or else the smallest of its levels.
 * @throws InvalidInputError if there is none, or the one that is asked for is not the map's
 */
export function profileFor(levels: number, named: readonly string[], wanted?: string): Profile {
  const fitting = PROFILES.filter((p) => p.levels === levels && (named.length === 0 || named.includes(p.name)));
  const profile = wanted === undefined ? fitting[0] : profileOf(wanted);
  if (profile === undefined) {
    const all = PROFILES.map((p) => `${p.name}: ${p.levels} levels`).join("; ");
    throw new InvalidInputError(
      "levels",
      `no profile proves a map of ${levels} levels (${all}); run the programs on a map of another size`,
    );
  }
  if (profile.levels !== levels) {
    throw new InvalidInputError(
      "profile",
      `${profile.name} is for maps of ${profile.levels} levels, this one has ${levels}`,
    );
  }
  if (!fitting.includes(profile)) {
    throw new InvalidInputError("profile", `${profile.name} is not one of this map's profiles: ${named.join(", ")}`);
  }
  return profile;
}

/**
 * Replays a run directory and cuts its trace into batches.
 * @throws InvalidInputError if the trace does not replay; GroupSizeError if a group fits into no batch
 */
export function planOf(dir: string, wanted?: string): Plan {
  const run = replayDirectory(dir);
  const profile = profileFor(run.genesis.levels, run.trace.header.profiles, wanted);
  return {
    run,
    profile,
    domain: domainOf(run.manifest),
    batches: [...batchesOf(run.groups, profile)],
    map: mapOf(run.genesis),
  };
}
