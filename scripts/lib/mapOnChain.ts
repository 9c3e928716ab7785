/** Putting a run on a chain: its map, and then batch after batch. For the verbs and the demonstration. */
import { artifactsOf } from "../../prover/artifacts.ts";
import { batchesOf } from "../../prover/batcher.ts";
import { type Bundle, rangeOf, readBundles } from "../../prover/bundle.ts";
import type { KeyArtifacts } from "../../prover/keys/development.ts";
import type { KeyOrigin } from "../../prover/keys/origin.ts";
import { lockRun } from "../../prover/lock.ts";
import { profilesFor } from "../../prover/plan.ts";
import { type Profile, profileOf } from "../../prover/profiles.ts";
import { localDomain } from "../../trace/commit.ts";
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { readRun, saveManifest } from "../../trace/files.ts";
import type { ChainEntry } from "../../trace/manifest.ts";
import { type Replayed, replayDirectory } from "../../trace/replay.ts";
import {
  advance,
  type BatchSubmission,
  type Chain,
  ChainRefusal,
  createMap,
  isLocalChain,
  MAX_LAG,
  type MapState,
  openRegistry,
  proofWords,
  type Registry,
  readMap,
  refuseDevelopmentKeyOnPublicChain,
} from "../../verifier/chain.ts";
import { forgetIntention, intendedMap, intendedSalt } from "./mapIntention.ts";
import type { Progress } from "./progress.ts";

/** How old a transition may be when it reaches the chain, in seconds, counted from the map's creation where it is older then. */
export const USUAL_LAG = 7 * 86_400;

export interface CreateOptions {
  registry: string;
  /** Names of profiles that the map takes beside those that the run's batches have. */
  profile?: readonly string[] | undefined;
  /** In seconds; by default a week, and as much more as the first transition is old already. */
  maxLag?: number | undefined;
}

/** A map on a chain. */
export interface CreatedMap {
  /** False if it was there before. */
  created: boolean;
  chain: ChainEntry;
  /** What the map takes proofs of, and where the keys come from. */
  verifiers: ({ profile: string; keyHash: string } & KeyOrigin)[];
  genesisRoot: bigint;
  maxLag: number;
  transitions: number;
  gasUsed: bigint | null;
  /** What the user should know. */
  warnings: string[];
}

/**
 * Creates the map of a run on a registry and writes its place into the manifest; or finds that this was done before.
 * @throws InvalidInputError if the run is on another chain or registry already; EnvironmentError if another process writes to its directory
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
  const registry = await openRegistry(chain, options.registry);
  const keys: { profile: string; key: KeyArtifacts }[] = [];
  for (const profile of verifiedBy(run, options.profile ?? [])) {
    keys.push({ profile: profile.name, key: (await artifactsOf(profile, { onProgress: progress.onProgress })).key });
  }
  const { genesisRoot } = trace.header;
  const verifiers = keys.map(({ profile, key: { vkeyHash, kind, ceremony } }) => ({
    profile,
    keyHash: vkeyHash,
    kind,
    ceremony,
  }));
  const facts = { verifiers, genesisRoot, transitions: trace.records.length };
  const known = manifest.chain === undefined ? null : await knownMap(registry, manifest.chain);
  if (known !== null && manifest.chain !== undefined) {
    if (known.genesisRoot !== genesisRoot)
      throw new InvalidInputError("genesis.json", "is not the genesis of the map on the chain");
    return { ...facts, created: false, chain: manifest.chain, maxLag: known.maxLag, gasUsed: null, warnings: [] };
  }
  const now = await timeOf(chain);
  const first = trace.records[0]?.at ?? now;
  const maxLag = options.maxLag ?? Math.min(MAX_LAG, USUAL_LAG + Math.max(0, now - first));
  progress.say("creating the map");
  // Written down first: whoever is killed before the map is in the manifest finds it again, and makes no second one.
  const salt = intendedSalt(dir, registry);
  const there = await intendedMap(registry, salt, genesisRoot);
  if (there !== null) {
    manifest.chain = there.entry;
    saveManifest(dir, manifest);
    forgetIntention(dir);
    return { ...facts, created: false, chain: there.entry, maxLag: there.maxLag, gasUsed: null, warnings: [] };
  }
  const { mapId, domain, gasUsed } = await createMap(registry, {
    salt,
    genesisRoot,
    genesisTime: Math.min(first, now),
    maxLag,
    verifiers: keys.map(({ profile, key }) => ({ profile, key: key.verificationKey })),
  });
  manifest.chain = { chainId: chain.chainId, registry: registry.address, mapId, domain };
  saveManifest(dir, manifest);
  forgetIntention(dir);
  const warnings: string[] = [];
  const last = trace.records.at(-1)?.at ?? 0;
  if (last > now)
    warnings.push(
      `the last transition is at ${last}, but on the chain it is ${now}: batches are taken when their time has come`,
    );
  if (keys.some(({ key }) => key.kind === "development"))
    warnings.push("the key is a development key: anybody can forge proofs for this map");
  return { ...facts, created: true, chain: manifest.chain, maxLag, gasUsed, warnings };
}

/** The profiles of the run's batches (of an empty run, the one to prefer), and those that are asked for. */
function verifiedBy({ genesis, trace, groups }: Replayed, asked: readonly string[]): Set<Profile> {
  const own = profilesFor(genesis.levels, trace.header.profiles);
  const used = [...batchesOf(groups, ...own)].map(({ profile }) => profile);
  const others = asked.flatMap((name) => profilesFor(genesis.levels, trace.header.profiles, name));
  return new Set([...(used.length > 0 ? used : own.slice(0, 1)), ...others]);
}

/** The run's map, if the chain has it; null if it is an entry of a chain that began anew at the same place. */
async function knownMap(registry: Registry, entry: ChainEntry): Promise<MapState | null> {
  requireSamePlace(registry, entry);
  try {
    return await readMap(registry, entry.mapId);
  } catch (error) {
    if (error instanceof ChainRefusal && error.reason === "UnknownMap") return null;
    throw error;
  }
}

/** @throws InvalidInputError unless the manifest names this chain and registry */
function requireSamePlace({ chain, address }: Registry, entry: ChainEntry): void {
  if (entry.chainId !== chain.chainId || entry.registry.toLowerCase() !== address.toLowerCase()) {
    throw new InvalidInputError(
      "manifest.json chain",
      `the map is on chain ${entry.chainId}, registry ${entry.registry}, not on chain ${chain.chainId}, registry ${address}; use that one, or a copy of the run without "chain"`,
    );
  }
}

async function timeOf({ provider }: Chain): Promise<number> {
  const block = await provider.getBlock("latest");
  if (block === null) throw new EnvironmentError("rpc", "the node has no latest block");
  return block.timestamp;
}

/** A proof that is bound to no chain cannot be submitted to one. */
export class LocalProofError extends TimeBanditsError {
  constructor(name: string) {
    super(
      "local-domain",
      `proofs/${name} has the domain local: it was made before the map was created on a chain; run create, then prove again`,
    );
  }
}

/** What `submitRun` did. */
export interface Submitted {
  chain: ChainEntry | null;
  transitions: number;
  /** Bundles that the chain had before, and those that it has taken now. */
  already: number;
  /** `gasUsed` is the batch's share of its transaction. */
  submitted: { bundle: string; firstSeq: number; lastSeq: number; transactionHash: string; gasUsed: bigint }[];
  head: { seq: number; root: bigint } | null;
  gasUsed: bigint;
}

/**
 * Submits every batch after the chain's head.
 * @throws LocalProofError if a proof is bound to no chain
 * @throws InvalidInputError if a batch is missing, or the chain is not where the trace was
 */
export async function submitRun(dir: string, chain: Chain, address: string, progress: Progress): Promise<Submitted> {
  const { trace, manifest } = readRun(dir);
  const transitions = trace.records.length;
  const report: Submitted = {
    chain: manifest.chain ?? null,
    transitions,
    already: 0,
    submitted: [],
    head: null,
    gasUsed: 0n,
  };
  const bundles = await usableBundles(dir);
  const entry = manifest.chain;
  if (entry === undefined) {
    if (transitions === 0) return report;
    throw new InvalidInputError(
      "manifest.json chain",
      "is missing: the map is on no chain yet; run create, then prove",
    );
  }
  const registry = await openRegistry(chain, address);
  requireSamePlace(registry, entry);
  let { seq, root } = await readMap(registry, entry.mapId);
  report.already = bundles.filter(({ bundle }) => rangeOf(bundle).lastSeq <= seq).length;
  await refusePublic(chain, bundles);
  let most = TOGETHER;
  while (seq < transitions) {
    const next = following(seq, root, bundles, most);
    if (next.length === 0) throw missing(seq, root, bundles);
    const foreign = next.find(({ bundle }) => bundle.statement.domain !== entry.domain);
    if (foreign !== undefined) {
      throw new InvalidInputError(`proofs/${foreign.name}`, "is bound to another map than the manifest's; prove again");
    }
    const last = (next.at(-1) as Named).bundle;
    progress.say(`submitting transitions ${seq + 1} to ${rangeOf(last).lastSeq} of ${transitions}`);
    let done: Awaited<ReturnType<typeof advance>>;
    try {
      done = await advance(registry, entry.mapId, next.map(submission));
    } catch (error) {
      // What is refused together may be good up to some batch: those before it are taken one by one.
      if (!(error instanceof ChainRefusal) || next.length === 1) throw error;
      most = 1;
      continue;
    }
    const { transactionHash } = done;
    const gasUsed = done.gasUsed / BigInt(next.length);
    for (const { name, bundle } of next) {
      const { firstSeq, lastSeq } = rangeOf(bundle);
      report.submitted.push({ bundle: name, firstSeq, lastSeq, transactionHash, gasUsed });
    }
    report.gasUsed += done.gasUsed;
    [seq, root] = [rangeOf(last).lastSeq, last.statement.postRoot];
  }
  report.head = { seq, root };
  return report;
}

interface Named {
  name: string;
  bundle: Bundle;
}

/** Batches that go into one transaction at most: the registry checks their proofs in one pairing, and much more would not save much more. */
const TOGETHER = 8;

/** The bundles that go on from a head, in order, up to so many. */
function following(head: number, rootThere: bigint, bundles: readonly Named[], most: number): Named[] {
  const chain: Named[] = [];
  for (let [seq, root] = [head, rootThere]; chain.length < most; ) {
    const next = bundles.find(
      ({ bundle }) => rangeOf(bundle).firstSeq === seq + 1 && bundle.statement.preRoot === root,
    );
    if (next === undefined) break;
    chain.push(next);
    [seq, root] = [rangeOf(next.bundle).lastSeq, next.bundle.statement.postRoot];
  }
  return chain;
}

function submission({ bundle }: Named): BatchSubmission {
  const { preRoot, postRoot, traceRoot, span } = bundle.statement;
  return { keyHash: bundle.key.hash, preRoot, postRoot, traceRoot, span, proof: proofWords(bundle.proof) };
}

/** The run's bundles. @throws the error of the first that cannot be used */
async function usableBundles(dir: string): Promise<Named[]> {
  const bundles: Named[] = [];
  for (const entry of await readBundles(dir)) {
    if ("error" in entry) throw entry.error;
    // The first bundle begins where the map does, which is what a local domain covers.
    const genesisRoot = (bundles[0] ?? entry).bundle.statement.preRoot;
    if (entry.bundle.statement.domain === localDomain(genesisRoot)) throw new LocalProofError(entry.name);
    bundles.push(entry);
  }
  return bundles;
}

/** Development keys are refused on public chains before anything is sent. */
async function refusePublic(chain: Chain, bundles: readonly Named[]): Promise<void> {
  if (isLocalChain(chain.chainId)) return;
  for (const profile of new Set(bundles.map(({ bundle }) => bundle.profile))) {
    const { key } = await artifactsOf(profileOf(profile));
    await refuseDevelopmentKeyOnPublicChain(key.verificationKey, chain.chainId);
  }
}

function missing(seq: number, root: bigint, bundles: readonly Named[]): InvalidInputError {
  const other = bundles.find(({ bundle }) => rangeOf(bundle).firstSeq === seq + 1);
  if (other !== undefined) {
    return new InvalidInputError(
      `proofs/${other.name}`,
      `begins at another root than the chain's head, ${root}; the chain holds another trace`,
    );
  }
  return new InvalidInputError(
    "proofs",
    `no proof begins with transition ${seq + 1}, where the chain stands; run prove`,
  );
}
