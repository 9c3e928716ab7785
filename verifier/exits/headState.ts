/** A run's state at the head of its map on a chain: what proofs of exits and cells are about. */
import { setImmediate as turn } from "node:timers/promises";
import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import type { OnProgress } from "../../prover/circuit/build.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { applied, requireBeginning } from "../../trace/replay/replay.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { lastSeqIn, pathIn, readGenesis, readManifest } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { type OnBatch, PublishedRun } from "../chain/publishedRun.ts";
import type { MapState, Registry } from "../chain/registry.ts";
import { AnotherTraceError } from "../chain/traceRoots.ts";

/** The state at a map's head, and the names of its programs. */
export interface HeadState {
  readonly map: TimeMap;
  /** Names by program number; from the run, so no proof covers them. */
  readonly manifest: Manifest;
}

/** Transitions between two reports of progress: a fraction of a second. */
const REPORTED_EVERY = 1_000;

/**
 * The state of a run directory at its map's head. Transitions behind the head are not looked at.
 * @param onProgress called in the stage "replay"; timers run in between
 * @throws InvalidInputError if the run is of another map, or does not replay; AnotherTraceError if the chain's head is
 *   no state of this run
 *
 * @example
 * const { map } = await headStateOf("shop", await readMap(registry, mapId));
 */
export async function headStateOf(dir: string, head: MapState, onProgress?: OnProgress): Promise<HeadState> {
  const path = pathIn(dir, "trace");
  const header = headerIn(path);
  const manifest = readManifest(dir, header.profiles);
  requireOwnMap(manifest.chain, header.genesisRoot);
  if (manifest.chain?.mapId.toLowerCase() !== head.mapId.toLowerCase()) {
    const whose = manifest.chain === undefined ? "no map on a chain" : `map ${manifest.chain.mapId}`;
    throw new InvalidInputError("run", `${dir} is of ${whose}, not of map ${head.mapId}; give the map's own run`);
  }
  const map = mapOf(readGenesis(dir));
  requireBeginning(header, map);
  const machine = new Machine(map);
  let reported = -REPORTED_EVERY;
  for (const part of readParts(chunksOf(path))) {
    if (machine.seq >= head.seq) break;
    if (!("group" in part)) continue;
    if (machine.seq >= reported + REPORTED_EVERY) {
      reported = machine.seq;
      onProgress?.("replay", reported, head.seq);
      await turn();
    }
    applied(machine, part.group);
  }
  if (machine.seq !== head.seq || map.root() !== head.root) {
    const own = { transitions: lastSeqIn(path), root: machine.seq === head.seq ? map.root() : undefined };
    throw new AnotherTraceError(head, { ...own, time: machine.at });
  }
  return { map, manifest };
}

/**
 * The same from the chain alone: the rows that the map has published are replayed.
 * @param onBatch called before each batch; timers run in between
 * @throws NotPublishedError, EnvironmentError as `rebuildRun`; AnotherTraceError if the chain has dropped the head
 *   meanwhile
 */
export async function rebuiltHeadState(registry: Registry, head: MapState, onBatch?: OnBatch): Promise<HeadState> {
  const run = await PublishedRun.read(registry, head.mapId);
  const { map, manifest } = run;
  if (head.seq > 0) for await (const _groups of run.replayed(onBatch)) if (run.seq >= head.seq) break;
  if (run.seq !== head.seq || map.root() !== head.root) {
    const own = { transitions: run.state.seq, root: run.seq === head.seq ? map.root() : undefined };
    throw new AnotherTraceError(head, { ...own, time: run.state.time });
  }
  return { map, manifest };
}
