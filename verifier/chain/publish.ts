/** Creates a run's map on a chain. For the verb and the demonstration. */
import { batchesOf } from "../../prover/batches/batcher.ts";
import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { profilesFor } from "../../prover/batches/plan.ts";
import type { Profile } from "../../prover/profiles.ts";
import { type VerifyingKey, verifyingArtifactsOf } from "../../prover/verifyingArtifacts.ts";
import type { Progress } from "../../scripts/lib/progress.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { type Replayed, replayDirectory } from "../../trace/replay/replay.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { saveManifest } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { isMoored, watchesOf } from "../../trace/state/genesis.ts";
import { requireWatchesFit } from "../../trace/tracer/watchBound.ts";
import { requireOwnKeys } from "../map/ownKeys.ts";
import { forgetIntention, intend, intendedMap } from "./mapIntention.ts";
import { lagOf, mooringFor, requireEjectable } from "./mooredTerms.ts";
import {
  awaitConfirmed,
  blockAt,
  type Chain,
  ChainRefusal,
  type Confirmations,
  createMap,
  type Feed,
  findMap,
  keyCall,
  keysOfTerms,
  type MapState,
  type MapTerms,
  mapCall,
  openRegistry,
  type PrintedCall,
  printedCall,
  type Registry,
  rehearse,
  usualConfirmations,
} from "./registry.ts";

/** Terms of a new map, and how to create it. */
export interface CreateOptions {
  registry: string;
  /** Names of profiles that the map accepts besides those of the run's batches. */
  profile?: readonly string[] | undefined;
  /** In seconds. Default: a week and the present age of the first transition; of a moored map a day, its most. */
  maxLag?: number | undefined;
  /** Of a moored map: seconds after which an unanswered exit is late. Default: three days. */
  patience?: number | undefined;
  /** Of a moored map: the numbers on the chain that it may show to its programs. */
  feeds?: readonly Feed[] | undefined;
  /** Confirmations that the map needs. Default: `usualConfirmations`. */
  confirmations?: Confirmations | undefined;
  /** The account that creates the map, if it signs elsewhere. Nothing is sent then. */
  from?: string | undefined;
  /** Whether to return the calls for that account. */
  calldata?: boolean | undefined;
}

/** A map on a chain, or the calls that create it. */
export interface CreatedMap {
  /** False if the map existed before, or does not exist yet. */
  created: boolean;
  /** Whether the chain had lost the map, and the same one was created again. */
  again: boolean;
  chain: ChainEntry;
  /** The map's verifiers; for an existing map, those on the chain. */
  verifiers: { profile: string; keyHash: string }[];
  genesisRoot: bigint;
  maxLag: number;
  transitions: number;
  gasUsed: bigint | null;
  /** The block that holds the map, and its confirmations; null if there is none yet. */
  block: number | null;
  confirmations: Confirmations;
  /** The calls for the creator to send, in this order; null unless asked for and the map does not exist. */
  calls: PrintedCall[] | null;
  /** Warnings for the user. */
  warnings: string[];
}

/** An account that signs elsewhere has not created the map yet. */
export class NotCreatedError extends TimeBanditsError {
  constructor(creator: string) {
    super(
      "not-created",
      `the map of ${creator} is not on the chain yet; send the output of create --calldata --from ${creator} from that account, or give --key to create the map with another one`,
    );
  }
}

/**
 * Creates the map of a run on a registry and writes its place into the manifest, or finds an existing map. If the chain
 * has lost the map, its creator makes the same one again. Returns when the map is confirmed.
 * @throws InvalidInputError if the run's map is on another chain or registry, or the chain has lost a map of another
 *   creator; ForeignMapError; NotCreatedError; EnvironmentError if another process writes to its directory, or the map
 *   is not confirmed
 */
export async function createOnChain(
  dir: string,
  chain: Chain,
  options: CreateOptions,
  progress: Progress,
): Promise<CreatedMap> {
  using _lock = lockRun(dir, "create");
  progress.say("replaying");
  const run = replayDirectory(dir);
  const { trace, manifest } = run;
  const { genesisRoot } = trace.header;
  const registry = await openRegistry(chain, options.registry);
  const keys: { profile: string; key: VerifyingKey }[] = [];
  const profiles = [...verifiedBy(run, options.profile ?? [])];
  requireWatchesFit(profiles, run.genesis.levels, watchesOf(run.genesis));
  for (const profile of profiles) {
    const { key } = await verifyingArtifactsOf(profile, { onProgress: progress.onProgress });
    keys.push({ profile: profile.name, key });
  }
  const needed = keys.map(({ profile, key }) => ({ profile, keyHash: key.vkeyHash }));
  const confirmations = options.confirmations ?? usualConfirmations(chain.chainId);
  const facts = { genesisRoot, transitions: trace.records.length, confirmations };
  if (manifest.chain !== undefined) {
    requireSamePlace(registry, manifest.chain);
    requireOwnMap(manifest.chain, genesisRoot);
  }
  const expected = manifest.chain ?? intendedMap(dir, registry, genesisRoot);
  const known = expected === undefined ? null : await findMap(registry, expected.mapId);
  const moored = isMoored(run.genesis);
  const mooring = await mooringFor(moored, options, progress.onProgress);
  if (moored) requireEjectable(profiles);
  if (expected !== undefined && known !== null) {
    if ((known.dataPolicy === "chain") !== moored)
      throw new InvalidInputError(
        "genesis.json moored",
        `is ${moored}, but the map on the chain has the data policy ${known.dataPolicy}; ask for the run as it was created`,
      );
    if (moored) await requireOwnKeys(registry, known);
    if (manifest.chain === undefined) saveManifest(dir, { ...manifest, chain: expected });
    forgetIntention(dir);
    const there = { created: false, again: false, chain: expected, calls: null, gasUsed: null };
    const block = await confirmed(registry, expected, confirmations, progress);
    return { ...facts, ...there, block, ...asTheChainHasIt(known, needed) };
  }
  const creator = options.from ?? (await chain.signer?.getAddress()) ?? "";
  if (manifest.chain !== undefined && manifest.chain.creator.toLowerCase() !== creator.toLowerCase()) {
    throw new InvalidInputError(
      "manifest.json chain creator",
      `is ${manifest.chain.creator}; the chain has lost its map, and ${creator} would create another one; use the creator's account, or a copy of the run without "chain"`,
    );
  }
  if (options.from !== undefined && options.calldata !== true) throw new NotCreatedError(creator);
  const now = (await blockAt(chain.provider, "latest")).timestamp;
  const first = trace.records[0]?.at ?? now;
  const maxLag = lagOf(moored, options.maxLag, now - first);
  const place = manifest.chain ?? intend(dir, registry, { creator, elsewhere: options.calldata === true, genesisRoot });
  const terms: MapTerms = {
    salt: place.salt,
    genesisRoot,
    genesisTime: Math.min(first, now),
    maxLag,
    dataPolicy: moored ? "chain" : "operator",
    verifiers: keys.map(({ profile, key }) => ({ profile, key: key.verificationKey })),
    mooring,
  };
  const again = manifest.chain !== undefined;
  const made = { ...facts, again, chain: place, verifiers: needed, maxLag, warnings: warningsFor(run, now, keys) };
  if (options.calldata === true) {
    const calls = await callsFor(registry, terms, creator);
    return { ...made, created: false, gasUsed: null, block: null, calls };
  }
  progress.say("creating the map");
  let gasUsed: bigint | null = null;
  try {
    gasUsed = (await createMap(registry, terms)).gasUsed;
  } catch (error) {
    // A transaction from an earlier, interrupted call was mined meanwhile: it is the same map.
    if (!(error instanceof ChainRefusal) || error.reason !== "MapExists") throw error;
  }
  // Of a map that is made now, the chain has nothing.
  const { rebuilt, ...kept } = manifest;
  if (!again || rebuilt !== undefined) saveManifest(dir, { ...kept, chain: place });
  forgetIntention(dir);
  const block = await confirmed(registry, place, confirmations, progress);
  return { ...made, created: gasUsed !== null, gasUsed, block, calls: null };
}

/** Waits until the map is confirmed. @returns the number of its block */
function confirmed(
  registry: Registry,
  { mapId }: ChainEntry,
  confirmations: Confirmations,
  progress: Progress,
): Promise<number> {
  return awaitConfirmed(registry.chain, {
    what: "the map",
    confirmations,
    block: async () => (await findMap(registry, mapId))?.createdIn ?? null,
    say: (text) => progress.say(text),
  });
}

/** The calls for the creator: the keys that the registry does not have, then the map. */
async function callsFor(registry: Registry, terms: MapTerms, creator: string): Promise<PrintedCall[]> {
  const keys = await Promise.all(keysOfTerms(terms).map((key) => keyCall(registry, key)));
  const calls = [...keys.filter((call) => call !== undefined), mapCall(terms, creator)];
  // If keys must be stored first, the registry would refuse the map now.
  const [only, more] = calls;
  if (only !== undefined && more === undefined) await rehearse(registry, only, creator);
  return Promise.all(calls.map((call) => printedCall(registry, call)));
}

function asTheChainHasIt(
  { verifiers, maxLag }: MapState,
  needed: readonly { profile: string; keyHash: string }[],
): Pick<CreatedMap, "verifiers" | "maxLag" | "warnings"> {
  const taken = verifiers.filter(({ disabled }) => !disabled).map(({ profile, keyHash }) => ({ profile, keyHash }));
  const missing = needed.filter(({ keyHash }) => !taken.some((each) => each.keyHash === keyHash));
  const warnings = missing.map(
    ({ profile, keyHash }) =>
      `the map does not accept this installation's key of ${profile}, ${keyHash}: its owner can propose it`,
  );
  return { verifiers: taken, maxLag, warnings };
}

function warningsFor({ trace }: Replayed, now: number, keys: readonly { key: VerifyingKey }[]): string[] {
  const warnings: string[] = [];
  const last = trace.records.at(-1)?.at ?? 0;
  if (last > now)
    warnings.push(
      `the last transition is at ${last}, after the chain's present time ${now}: the chain accepts a batch only after its end`,
    );
  if (keys.some(({ key }) => key.kind === "development"))
    warnings.push("the key is a development key: anyone can forge proofs for this map");
  return warnings;
}

/** The profiles of the run's batches (for an empty run, the preferred one), and those asked for. */
function verifiedBy({ genesis, trace, groups }: Replayed, asked: readonly string[]): Set<Profile> {
  const own = profilesFor(genesis.levels, trace.header.profiles);
  const used = [...batchesOf(groups, ...own)].map(({ profile }) => profile);
  const others = asked.flatMap((name) => profilesFor(genesis.levels, trace.header.profiles, name));
  return new Set([...(used.length > 0 ? used : own.slice(0, 1)), ...others]);
}

/** @throws InvalidInputError unless the manifest names this chain and registry */
export function requireSamePlace({ chain, address }: Registry, entry: ChainEntry): void {
  if (entry.chainId !== chain.chainId || entry.registry.toLowerCase() !== address.toLowerCase()) {
    throw new InvalidInputError(
      "manifest.json chain",
      `the map is on chain ${entry.chainId}, registry ${entry.registry}, not on chain ${chain.chainId}, registry ${address}; use that one, or a copy of the run without "chain"`,
    );
  }
}
