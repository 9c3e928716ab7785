/** The run of a moored map, replayed from what its chain has. */
import { setImmediate as turn } from "node:timers/promises";
import { getBytes } from "ethers";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { type Profile, profilesWith } from "../../prover/profiles.ts";
import { verifyingArtifactsHere } from "../../prover/verifyingArtifacts.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { unpackRows } from "../../trace/commitment/rowBytes.ts";
import { publishedGroups } from "../../trace/commitment/rowsFromWords.ts";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import { CHAIN, CHAIN_NAME } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { emptyManifest, type Manifest } from "../../trace/run/manifest.ts";
import { MOORED_GENESIS, mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { latestNumber } from "./ask.ts";
import { type PublishedBatch, publishedBatches } from "./events.ts";
import { type MapState, type Registry, readMap } from "./registry.ts";

/** A map whose rows are not on its chain. */
export class NotPublishedError extends TimeBanditsError {
  constructor(mapId: string) {
    super("not-published", `map ${mapId} does not publish its rows; ask its operator for the run directory`);
  }
}

/** Called before each batch, with the number of those before it. */
export type OnBatch = (done: number, of: number) => void;

/** What a moored map has published, as of one block. */
export class PublishedRun {
  /** The map as the registry has it. */
  readonly state: MapState;
  /** The block as of which it has it. */
  readonly block: number;
  /** The run's manifest: the only name in it is that of the chain's program. */
  readonly manifest: Manifest;
  /**
   * Hashes of the keys of batches that are no keys of this installation. A holder of their secret can prove anything.
   */
  readonly foreignKeys: readonly string[];
  readonly #machine: Machine;
  readonly #batches: readonly PublishedBatch[];
  readonly #profilesOf: (keyHash: string) => readonly Profile[];

  private constructor(
    { state, block, manifest, foreignKeys }: Pick<PublishedRun, "state" | "block" | "manifest" | "foreignKeys">,
    machine: Machine,
    batches: readonly PublishedBatch[],
    profilesOf: (keyHash: string) => readonly Profile[],
  ) {
    this.state = state;
    this.block = block;
    this.manifest = manifest;
    this.foreignKeys = foreignKeys;
    this.#machine = machine;
    this.#batches = batches;
    this.#profilesOf = profilesOf;
  }

  /**
   * Reads the events of a map.
   * @throws NotPublishedError if the map is not moored; EnvironmentError "rpc" if the node leaves out events
   */
  static async read(registry: Registry, mapId: string): Promise<PublishedRun> {
    const block = registry.at ?? (await latestNumber(registry.chain.provider));
    const there = { ...registry, at: block };
    const state = await readMap(there, mapId);
    if (state.dataPolicy !== "chain") throw new NotPublishedError(mapId);
    const map = mapOf(MOORED_GENESIS);
    if (map.root() !== state.genesisRoot) throw odd(`a moored map that begins with ${state.genesisRoot}`);
    const { salt, creator, batches } = await publishedBatches(there, mapId);
    const known = profilesWith(map.levels);
    const keys = new Set(batches.map(({ event }) => event.keyHash));
    const profileOf = await ownProfiles(known, keys);
    const used = new Set([...keys].flatMap((key) => profileOf(key)?.name ?? []));
    const profiles = known.map(({ name }) => name).filter((name) => used.size === 0 || used.has(name));
    const { seq, time, root } = state;
    const place = { chainId: registry.chain.chainId, registry: registry.address, creator, salt };
    const manifest = {
      ...emptyManifest("rebuilt from the chain", profiles),
      ...{ programs: { [CHAIN]: CHAIN_NAME }, chain: mapPlace(place, state.genesisRoot) },
      ...(seq > 0 && { rebuilt: { seq, time, root } }),
    };
    const foreignKeys = [...keys].filter((key) => profileOf(key) === undefined);
    return new PublishedRun({ state, block, manifest, foreignKeys }, new Machine(map), batches, (key) => {
      const own = profileOf(key);
      return own === undefined ? known : [own];
    });
  }

  /** The state behind the batches that were replayed, and the number of the last transition. */
  get map(): TimeMap {
    return this.#machine.map;
  }
  get seq(): number {
    return this.#machine.seq;
  }
  /** Number of batches. */
  get batches(): number {
    return this.#batches.length;
  }

  /**
   * Applies batch after batch. Roots and traceRoot of each are compared with what the registry took with its proof.
   * Timers run in between, so that progress can be shown.
   * @throws EnvironmentError "rpc" if the node gives rows that do not lead to the map's roots
   */
  async *replayed(onBatch?: OnBatch): AsyncGenerator<Transition[][]> {
    for (const [i, batch] of this.#batches.entries()) {
      onBatch?.(i, this.#batches.length);
      await turn();
      yield replayed(this.#machine, batch, this.#profilesOf(batch.event.keyHash));
    }
    const { seq, root } = this.state;
    if (this.seq !== seq || this.map.root() !== root)
      throw odd(`events up to transition ${this.seq}, but the map is at ${seq}`);
  }
}

/**
 * Finds the profile of a key by its hash. The names that a map's owner gave to keys say nothing.
 * @param keys those that are asked for: profiles behind the last that is needed are not looked at, as it takes seconds
 *   to see that a large circuit has no key here
 */
async function ownProfiles(
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
