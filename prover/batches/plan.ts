/** The plan for proving a run directory: profiles, domain, batches. */

import { localDomain, type Span, unpackSpan } from "../../trace/commitment/commit.ts";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { type Replayed, replayDirectory } from "../../trace/replay/replay.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { type Bundle, readBundles, type StoredBundle } from "../bundles/bundle.ts";
import { PROFILES, type Profile, profileOf, profilesWith } from "../profiles.ts";
import { type Batch, batchesOf, GroupSizeError, groupsOf } from "./batcher.ts";
import { type Beginning, beginningOf, otherBeginning } from "./beginning.ts";
import { requireOwnMap } from "./mapIdentity.ts";

/** A run, cut into batches. */
export interface BatchPlan {
  readonly run: Replayed;
  /** The sizes that its batches may have, in order of preference. */
  readonly profiles: readonly Profile[];
  readonly domain: bigint;
  /** Where the first batch begins. */
  readonly beginning: Beginning;
  readonly batches: readonly Batch[];
  /** The stored bundles, valid or not. */
  readonly stored: readonly StoredBundle[];
  /** The state before the first batch, for the prover to advance. */
  readonly map: TimeMap;
}

/**
 * The domain of this run's proofs and signatures: its map on a chain, or its own beginning.
 * @param genesisRoot root before the first transition
 */
export function runDomain(manifest: Manifest, genesisRoot: bigint): bigint {
  return manifest.chain?.domain ?? localDomain(genesisRoot);
}

/**
 * The profiles to prove a map with, in order of preference: the requested one alone, or else those that the map names,
 * or else all for its number of levels. The first is the smallest. Larger ones serve groups that it does not hold.
 * @throws InvalidInputError if there is none, or the requested one is not the map's
 */
export function profilesFor(levels: number, named: readonly string[], wanted?: string): readonly Profile[] {
  const fitting = profilesWith(levels).filter((p) => named.length === 0 || named.includes(p.name));
  const profile = wanted === undefined ? fitting[0] : profileOf(wanted);
  if (profile === undefined) {
    const all = PROFILES.map((p) => `${p.name}: ${count(p.levels, "level")}`).join("; ");
    throw new InvalidInputError(
      "levels",
      `no profile proves a map of ${count(levels, "level")} (${all}); run the programs on a map of another size`,
    );
  }
  if (profile.levels !== levels) {
    throw new InvalidInputError(
      "profile",
      `${profile.name} is for maps of ${count(profile.levels, "level")}, this one has ${levels}`,
    );
  }
  if (!fitting.includes(profile)) {
    throw new InvalidInputError("profile", `${profile.name} is not one of this map's profiles: ${named.join(", ")}`);
  }
  return wanted === undefined ? fitting : [profile];
}

/**
 * Replays a run directory and cuts its trace into batches. Batches with bundles stay as they are, even if the trace
 * after them has changed. Does not check these bundles. Of a run that was made from its chain, batches begin behind
 * what the chain had.
 * @param wanted the only profile to use; by default each batch has the map's smallest that holds its first group
 * @throws InvalidInputError if the trace does not replay; ForeignMapError if the manifest names a map of another
 *   beginning; GroupSizeError if a group fits into no batch
 */
export async function planOf(dir: string, wanted?: string): Promise<BatchPlan> {
  const header = headerIn(pathIn(dir, "trace"));
  const { seq, root } = beginningOf(readManifest(dir, header.profiles), header.genesisRoot);
  let map: TimeMap | undefined;
  const reach = (at: number, now: TimeMap): void => {
    // A copy keeps the digests that are computed already. Those of a map of a million cells take most of a minute.
    if (at === seq) map = now.clone();
  };
  const run = replayDirectory(dir, {
    onStart: (start) => reach(0, start),
    onGroup: (group, now) => reach(group.at(-1)?.seq ?? 0, now),
  });
  if (map === undefined || (seq > 0 && map.root() !== root)) throw otherBeginning({ seq, root });
  return { run, map, ...(await batchesIn(dir, run, wanted)) };
}

/**
 * The same without a replay: cuts a run that is replayed already.
 * @param dir where its bundles are
 */
export async function batchesIn(
  dir: string,
  run: Pick<Replayed, "genesis" | "trace" | "groups" | "manifest">,
  wanted?: string,
): Promise<Omit<BatchPlan, "run" | "map">> {
  const profiles = profilesFor(run.genesis.levels, run.trace.header.profiles, wanted);
  // Before any signing or proving: both would be valid for the map that the manifest names.
  requireOwnMap(run.manifest.chain, run.trace.header.genesisRoot);
  const domain = runDomain(run.manifest, run.trace.header.genesisRoot);
  const stored = await readBundles(dir);
  const beginning = beginningOf(run.manifest, run.trace.header.genesisRoot);
  const open = run.groups.filter((group) => (group[0]?.seq ?? 0) > beginning.seq);
  return { profiles, domain, beginning, batches: cutInto(open.flat(), stored, profiles, domain), stored };
}

/**
 * Cuts groups into batches. Those that bundles claim to prove stay as they are, up to the first gap.
 * @param transitions whole groups, the first of which begins a batch
 */
export function cutInto(
  transitions: readonly Transition[],
  stored: readonly StoredBundle[],
  profiles: readonly Profile[],
  domain: bigint,
): Batch[] {
  const batches = [...standingBatches(stored, transitions, profiles, domain)];
  const cut = batches.reduce((sum, batch) => sum + batch.transitions.length, 0);
  batches.push(...batchesOf(groupsOf(transitions.slice(cut)), ...profiles));
  return batches;
}

/** The batches that bundles claim to prove, from the first transition on, up to the first gap. */
function* standingBatches(
  stored: readonly StoredBundle[],
  transitions: readonly Transition[],
  profiles: readonly Profile[],
  domain: bigint,
): Generator<Batch> {
  const claims = new Map<number, Bundle[]>();
  for (const entry of stored) {
    if (!("bundle" in entry) || entry.bundle.statement.domain !== domain) continue;
    const { firstSeq } = unpackSpan(entry.bundle.statement.span);
    claims.set(firstSeq, [...(claims.get(firstSeq) ?? []), entry.bundle]);
  }
  for (let next = 0; ; ) {
    const batch = (claims.get(transitions[next]?.seq ?? 0) ?? [])
      .map(({ statement, profile }) => batchOf(unpackSpan(statement.span), transitions, next, profiles, profile))
      .find((candidate) => candidate !== undefined);
    if (batch === undefined) return;
    yield batch;
    next += batch.transitions.length;
  }
}

/** The batch of that span, if the trace has one and the profile holds it. @param start index of its first transition */
function batchOf(
  { count, notBefore, until }: Span,
  all: readonly Transition[],
  start: number,
  profiles: readonly Profile[],
  name: string,
): Batch | undefined {
  const profile = profiles.find((each) => each.name === name);
  const transitions = all.slice(start, start + count);
  const [first, last] = [transitions[0], transitions.at(-1)];
  if (profile === undefined || transitions.length < count || first?.at !== notBefore || last?.at !== until)
    return undefined;
  if (!last.last || !(all[start - 1]?.last ?? true)) return undefined;
  try {
    const [batch, more] = [...batchesOf(groupsOf(transitions), profile)];
    return more === undefined ? batch : undefined;
  } catch (error) {
    if (error instanceof GroupSizeError) return undefined;
    throw error;
  }
}
