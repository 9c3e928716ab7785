/** Makes the run directory of a moored map from its chain alone. */
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { getBytes } from "ethers";
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { unpackRows } from "../../trace/commitment/rowBytes.ts";
import { publishedGroups } from "../../trace/commitment/rowsFromWords.ts";
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import { writeGenesis } from "../../trace/run/genesisFile.ts";
import { emptyManifest } from "../../trace/run/manifest.ts";
import { FILES, saveManifest } from "../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { type Genesis, mapOf } from "../../trace/state/genesis.ts";
import { latestNumber } from "./ask.ts";
import { type AdvancedEvent, type PublishedBatch, publishedBatches } from "./events.ts";
import { type Chain, lookAtRegistry, readMap } from "./registry.ts";

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
}

/** How to rebuild a run. */
export interface RebuildOptions {
  readonly registry: string;
  readonly mapId: string;
  /** The map's beginning; its root is on the chain. */
  readonly genesis: Genesis;
  /** The new directory. */
  readonly out: string;
  /** Called before each batch, with the number of those before it. */
  readonly onProgress?: (done: number, of: number) => void;
}

/**
 * Replays the rows that a moored map has published, and writes them as a run directory: genesis, trace and manifest.
 * Each batch is compared with its statement, which the registry took with a proof: roots and traceRoot. Names,
 * signatures, proofs and the rows behind the triggers of watches are not on the chain.
 *
 * @throws NotPublishedError if the map is not moored
 * @throws InvalidInputError "genesis" if the map began with another one; "out" if there is something already
 * @throws EnvironmentError "rpc" if the node leaves out events, or gives others than the registry's
 *
 * @example
 * await rebuildRun(chain, { registry, mapId, genesis: readGenesis("copy"), out: "shop" });
 */
export async function rebuildRun(chain: Chain, options: RebuildOptions): Promise<Rebuilt> {
  const { mapId, genesis, out } = options;
  if (existsSync(out)) throw new InvalidInputError("out", `${out} exists already; name another directory`);
  const block = await latestNumber(chain.provider);
  const registry = { ...(await lookAtRegistry(chain, options.registry)), at: block };
  const state = await readMap(registry, mapId);
  if (state.dataPolicy !== "chain") throw new NotPublishedError(mapId);
  const map = mapOf({ ...genesis, moored: true });
  if (map.root() !== state.genesisRoot)
    throw new InvalidInputError("genesis", `has the root ${map.root()}, but the map began with ${state.genesisRoot}`);
  const { salt, creator, batches } = await publishedBatches(registry, mapId);
  const names = [...new Set(batches.map(({ event }) => profileOf(event, state.verifiers)))];
  const profiles = names.length > 0 ? names : state.verifiers.map(({ profile }) => profile);
  try {
    mkdirSync(out, { recursive: true });
    writeWhole(join(out, FILES.genesis), writeGenesis({ ...genesis, moored: true }));
    const header = { genesisRoot: state.genesisRoot, levels: genesis.levels, profiles };
    const writer = TraceWriter.create(join(out, FILES.trace), header);
    writer.syncAtEnd();
    const machine = new Machine(map);
    for (const [i, batch] of batches.entries()) {
      options.onProgress?.(i, batches.length);
      writer.appendAll(replayed(machine, batch, profileOf(batch.event, state.verifiers)), () => map.root(), noTriggers);
    }
    writer.close(() => map.root());
    const place = { chainId: chain.chainId, registry: registry.address, creator, salt };
    saveManifest(out, {
      ...emptyManifest("rebuilt from the chain", profiles),
      chain: mapPlace(place, state.genesisRoot),
    });
    if (machine.seq !== state.seq || map.root() !== state.root)
      throw odd(`events up to transition ${machine.seq}, but the map is at ${state.seq}`);
    return { dir: out, mapId, transitions: machine.seq, batches: batches.length, root: map.root(), block };
  } catch (error) {
    // A directory that is only a part of the run would be taken for the run.
    rmSync(out, { recursive: true, force: true });
    throw error;
  }
}

const noTriggers = (): readonly Row[] | undefined => undefined;

/** The groups of a batch, applied and compared with its statement. */
function replayed(machine: Machine, { event, rows }: PublishedBatch, profile: string): Transition[][] {
  const { span, preRoot, postRoot, traceRoot } = event;
  const where = `batch ${span.firstSeq}..${event.seq}`;
  if (machine.seq + 1 !== span.firstSeq || machine.map.root() !== preRoot) throw odd(`${where} out of its order`);
  const groups: Transition[][] = [];
  const words = unpackRows(getBytes(rows));
  for (const { rows: group, at } of publishedGroups(words, span.notBefore, machine.map))
    groups.push(machine.apply(group, at));
  const size = PROFILES.find(({ name }) => name === profile)?.rows;
  const sameTrace = size === undefined || commitTo(groups.flat(), size).root === traceRoot;
  if (machine.seq !== event.seq || machine.map.root() !== postRoot || !sameTrace)
    throw odd(`rows of ${where} that do not lead to its roots`);
  return groups;
}

function profileOf({ keyHash }: AdvancedEvent, verifiers: readonly { keyHash: string; profile: string }[]): string {
  return verifiers.find((each) => each.keyHash.toLowerCase() === keyHash.toLowerCase())?.profile ?? "";
}

function odd(what: string): EnvironmentError {
  return new EnvironmentError("rpc", `the node gives ${what}; ask another node`);
}
