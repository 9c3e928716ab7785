/** The plan for proving a run: what is proven, and the batches behind it. */
import type { Transition } from "../../trace/machine/transition.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { pathIn, readManifest, requireProfiles } from "../../trace/run/runDirectory.ts";
import type { TraceHeader } from "../../trace/run/traceLines.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Store } from "../../trace/store/store.ts";
import { type Bundle, readBundles, type StoredBundle } from "../bundles/bundle.ts";
import type { Profile } from "../profiles.ts";
import { type VerifyingArtifacts, verifyingArtifactsHere } from "../verifyingArtifacts.ts";
import type { Batch } from "./batcher.ts";
import { type Beginning, beginningOf } from "./beginning.ts";
import { type KnownBundle, knownBundles, placeBehind, provenPrefix, rememberBundle } from "./knownBundles.ts";
import { requireOwnMap } from "./mapIdentity.ts";
import { cutInto, planOf, profilesFor, runDomain } from "./plan.ts";
import { type TraceBehind, traceBehind } from "./tail.ts";

/** A run, cut into the batches that this installation has verified, and the others. */
export interface ProvingPlan {
  readonly manifest: Manifest;
  /** Transitions of the whole run. */
  readonly transitions: number;
  readonly profiles: readonly Profile[];
  readonly domain: bigint;
  /** Where the first batch begins: the chain had what is before it when the run was made from it. */
  readonly beginning: Beginning;
  /** The bundles of the first batches: this installation has verified them, and they are as they were then. */
  readonly proven: readonly KnownBundle[];
  /** The batches behind them. */
  readonly batches: readonly Batch[];
  /** The other stored bundles, valid or not. */
  readonly stored: readonly StoredBundle[];
  /** The state before the first of these batches, for the prover to advance. */
  readonly map: TimeMap;
  /** Remembers that a bundle on disk was verified for one of these batches. */
  remember(batch: readonly Transition[], name: string, bundle: Bundle): void;
}

/**
 * Plans the proofs of a run. With a store, only what is behind the last verified batch is replayed.
 * @param wanted the only profile to use, as for `planOf`
 * @throws as `planOf`; DamagedStoreError
 */
export async function provingPlan(dir: string, wanted: string | undefined, store?: Store): Promise<ProvingPlan> {
  if (store === undefined) {
    const { run, ...plan } = await planOf(dir, wanted);
    const { manifest, trace } = run;
    return { ...plan, manifest, transitions: trace.records.length, proven: [], remember: () => undefined };
  }
  const { behind, header: _header, ...plan } = await planBehind(dir, wanted, store);
  const { map, transitions, placeOf } = behind;
  return {
    ...{ ...plan, transitions, map },
    remember: (batch, name, bundle) => rememberBundle(store, dir, name, bundle, placeOf(batch), true),
  };
}

/** A run behind the batches that this installation has verified. */
export interface PlanBehind extends Omit<ProvingPlan, "transitions" | "map" | "remember"> {
  readonly header: TraceHeader;
  readonly behind: TraceBehind;
}

/**
 * Replays what is behind the last verified batch, and cuts it into batches.
 * @param counts which of the verified bundles count
 * @throws as `planOf`; DamagedStoreError
 */
export async function planBehind(
  dir: string,
  wanted: string | undefined,
  store: Store,
  counts: (bundle: KnownBundle) => boolean = () => true,
): Promise<PlanBehind> {
  const header = headerIn(pathIn(dir, "trace"));
  const manifest = readManifest(dir, header.profiles);
  requireProfiles(header, manifest);
  const profiles = profilesFor(header.levels, header.profiles, wanted);
  // Before any signing or proving: both would be valid for the map that the manifest names.
  requireOwnMap(manifest.chain, header.genesisRoot);
  const domain = runDomain(manifest, header.genesisRoot);
  const known = [...knownBundles(store, dir).values()].filter(counts);
  const keys = new Map<string, VerifyingArtifacts | null>();
  for (const profile of profiles)
    if (known.some((bundle) => bundle.profile === profile.name))
      keys.set(profile.name, await verifyingArtifactsHere(profile));
  const fits = (bundle: KnownBundle): boolean =>
    bundle.verified && bundle.statement.domain === domain && isUnder(bundle, keys.get(bundle.profile) ?? null);
  const beginning = beginningOf(manifest, header.genesisRoot);
  const proven = provenPrefix(known, beginning, fits);
  const last = proven.at(-1);
  const behind = traceBehind(store, last === undefined ? beginning : placeBehind(last));
  const stored = await readBundles(dir, new Set(proven.map(({ name }) => name)));
  const batches = cutInto(behind.groups.flat(), stored, profiles, domain);
  return { manifest, profiles, domain, beginning, proven, stored, batches, header, behind };
}

/** Whether the bundle was verified with the circuit and the key of today. */
function isUnder({ circuit, key }: KnownBundle, here: VerifyingArtifacts | null): boolean {
  return here !== null && here.circuit.hash === circuit && here.key.vkeyHash === key.hash && here.key.kind === key.kind;
}
