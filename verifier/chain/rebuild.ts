/** Makes the run directory of a moored map from its chain alone. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { writeGenesis } from "../../trace/run/genesisFile.ts";
import { FILES, saveManifest } from "../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { MOORED_GENESIS } from "../../trace/state/genesis.ts";
import { type OnBatch, PublishedRun } from "./publishedRun.ts";
import { type Chain, openRegistry } from "./registry.ts";

export { NotPublishedError } from "./publishedRun.ts";

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
  readonly onProgress?: OnBatch;
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
  const run = await PublishedRun.read(await openRegistry(chain, options.registry), mapId);
  mkdirSync(dirname(resolve(out)), { recursive: true });
  const folder = mkdtempSync(join(dirname(resolve(out)), `.${basename(out)}-`));
  try {
    const { state, manifest, block, foreignKeys, map, batches } = run;
    writeWhole(join(folder, FILES.genesis), writeGenesis(MOORED_GENESIS));
    const { profiles } = manifest;
    const header = { genesisRoot: state.genesisRoot, levels: MOORED_GENESIS.levels, profiles };
    const writer = TraceWriter.create(join(folder, FILES.trace), header);
    writer.syncAtEnd();
    for await (const groups of run.replayed(options.onProgress)) writer.appendAll(groups, () => map.root(), noTriggers);
    writer.close(() => map.root());
    saveManifest(folder, manifest);
    requireFree(out);
    renameSync(folder, out);
    return { dir: out, mapId, transitions: run.seq, batches, root: map.root(), block, foreignKeys };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

function requireFree(out: string): void {
  if (existsSync(out)) throw new InvalidInputError("out", `${out} exists already; name another directory`);
}

const noTriggers = (): readonly Row[] | undefined => undefined;
