/** Makes the run directory of a moored map from its chain alone. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { getBytes } from "ethers";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { type Profile, profilesWith } from "../../prover/profiles.ts";
import { verifyingArtifactsHere } from "../../prover/verifyingArtifacts.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { unpackRows } from "../../trace/commitment/rowBytes.ts";
import { publishedGroups } from "../../trace/commitment/rowsFromWords.ts";
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { CHAIN, CHAIN_NAME } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import { writeGenesis } from "../../trace/run/genesisFile.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";
import { FILES, saveManifest } from "../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { MOORED_GENESIS, mapOf } from "../../trace/state/genesis.ts";
import { latestNumber } from "./ask.ts";
import { type PublishedBatch, publishedBatches } from "./events.ts";
import { type Chain, openRegistry, readMap } from "./registry.ts";

/** A map whose rows are not on its chain. */
export class NotPublishedError extends TimeBanditsError {
  constructor(mapId: string) {
    super("not-published", `map ${mapId} does not publish its rows; ask its operator for the run directory`);
  }
}

/** What was made. */
export interface Rebuilt {
  readonly dir: string;
  readonly mapId: string;
  readonly transitions: number;
  readonly batches: number;
  /** The head: root after the last transition. */
  readonly root: bigint;
  /** The block as of which it is the head. */
  readonly block: number;
  /**
   * Hashes of the keys of batches that are no keys of this installation. A holder of their secret can prove anything.
   */
  readonly foreignKeys: readonly string[];
}

/** How to rebuild a run. */
export interface RebuildOptions {
  readonly registry: string;
  readonly mapId: string;
  /** The new directory. */
  readonly out: string;
  /** Called before each batch, with the number of those before it. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Replays the rows that a moored map has published, and writes them as a run directory: genesis, trace and manifest.
 * Roots and traceRoot of each batch are compared with what the registry took with its proof. The node is believed about
 * the chain's events; proofs are not verified again. Names, signatures, proofs and the rows behind triggers are not on
 * the chain. The directory is there wholly or not at all.
 *
 * @throws NotPublishedError if the map is not moored
 * @throws InvalidInputError "out" if there is something already; "registry" if the code there is not this version's
 * @throws EnvironmentError "rpc" if the node leaves out events, or gives rows that do not lead to the map's roots
 *
 * @example
 * await rebuildRun(chain, { registry, mapId, out: "shop" });
 */
export async function rebuildRun(chain: Chain, options: RebuildOptions): Promise<Rebuilt> {
  const { mapId, out } = options;
  requireFree(out);
  const block = await latestNumber(chain.provider);
  const registry = { ...(await openRegistry(chain, options.registry)), at: block };
  const state = await readMap(registry, mapId);
  if (state.dataPolicy !== "chain") throw new NotPublishedError(mapId);
  const genesis = MOORED_GENESIS;
  const map = mapOf(genesis);
  if (map.root() !== state.genesisRoot) throw odd(`a moored map that begins with ${state.genesisRoot}`);
  const { salt, creator, batches } = await publishedBatches(registry, mapId);
  const known = profilesWith(genesis.levels);
  const keys = new Set(batches.map(({ event }) => event.keyHash));
  const profileOf = await ownProfiles(known, keys);
  const used = new Set(batches.flatMap(({ event }) => profileOf(event.keyHash)?.name ?? []));
  const profiles = known.map(({ name }) => name).filter((name) => used.size === 0 || used.has(name));
  mkdirSync(dirname(resolve(out)), { recursive: true });
  const folder = mkdtempSync(join(dirname(resolve(out)), `.${basename(out)}-`));
  try {
    writeWhole(join(folder, FILES.genesis), writeGenesis(genesis));
    const header = { genesisRoot: state.genesisRoot, levels: genesis.levels, profiles };
    const writer = TraceWriter.create(join(folder, FILES.trace), header);
    writer.syncAtEnd();
    const machine = new Machine(map);
    for (const [i, batch] of batches.entries()) {
      options.onProgress?.(i, batches.length);
      const own = profileOf(batch.event.keyHash);
      writer.appendAll(replayed(machine, batch, own === undefined ? known : [own]), () => map.root(), noTriggers);
    }
    writer.close(() => map.root());
    const place = { chainId: chain.chainId, registry: registry.address, creator, salt };
    const manifest = emptyManifest("rebuilt from the chain", profiles);
    const programs = { [CHAIN]: CHAIN_NAME };
    saveManifest(folder, { ...manifest, programs, chain: mapPlace(place, state.genesisRoot) });
    if (machine.seq !== state.seq || map.root() !== state.root)
      throw odd(`events up to transition ${machine.seq}, but the map is at ${state.seq}`);
    requireFree(out);
    renameSync(folder, out);
    const foreignKeys = [...keys].filter((key) => profileOf(key) === undefined);
    const facts = { transitions: machine.seq, batches: batches.length, root: map.root(), block, foreignKeys };
    return { dir: out, mapId, ...facts };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function requireFree(out: string): void {
  if (existsSync(out)) throw new InvalidInputError("out", `${out} exists already; name another directory`);
}

const noTriggers = (): readonly Row[] | undefined => undefined;

/**
 * Finds the profile of a key by its hash. The names that a map's owner gave to keys say nothing.
 * @param keys those that are asked for: profiles behind the last that is needed are not looked at, as it takes seconds
 *   to see that a large circuit has no key here
 */
export async function ownProfiles(
  profiles: readonly Profile[],
  keys: ReadonlySet<string>,
): Promise<(keyHash: string) => Profile | undefined> {
  const found = new Map<string, Profile>();
  const missing = new Set([...keys].map((key) => key.toLowerCase()));
  for (const profile of profiles) {
    if (missing.size === 0) break;
    const hash = (await verifyingArtifactsHere(profile))?.key.vkeyHash.toLowerCase();
    if (hash === undefined) continue;
    found.set(hash, profile);
    missing.delete(hash);
  }
  return (keyHash) => found.get(keyHash.toLowerCase());
}

/**
 * The groups of a batch, applied and compared with its statement.
 * @param profiles of which one made its traceRoot
 */
export function replayed(
  machine: Machine,
  { event, rows }: PublishedBatch,
  profiles: readonly Profile[],
): Transition[][] {
  const { span, preRoot, postRoot, traceRoot } = event;
  const where = `batch ${span.firstSeq}..${event.seq}`;
  if (machine.seq + 1 !== span.firstSeq || machine.map.root() !== preRoot) throw odd(`${where} out of its order`);
  const groups: Transition[][] = [];
  try {
    for (const { rows: group, at } of publishedGroups(unpackRows(getBytes(rows)), span.notBefore, machine.map))
      groups.push(machine.apply(group, at));
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    throw odd(`rows of ${where} that are not allowed (${error.message})`, error);
  }
  const all = groups.flat();
  const sizes = profiles.filter((profile) => profile.rows >= all.length);
  if (
    machine.seq !== event.seq ||
    machine.map.root() !== postRoot ||
    !sizes.some((profile) => commitTo(all, profile.rows).root === traceRoot)
  )
    throw odd(`rows of ${where} that do not lead to its roots`);
  return groups;
}

function odd(what: string, cause?: unknown): EnvironmentError {
  return new EnvironmentError("rpc", `the node gives ${what}; ask another node`, { cause });
}
