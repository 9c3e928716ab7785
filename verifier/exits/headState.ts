/** A run's state at the head of its map on a chain: what proofs of exits and cells are about. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { applied, grouped } from "../../trace/replay/replay.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { rebuildRun } from "../chain/rebuild.ts";
import type { MapState, Registry } from "../chain/registry.ts";
import { AnotherTraceError } from "../chain/traceRoots.ts";

/** The state at a map's head, and the names of its programs. */
export interface HeadState {
  readonly map: TimeMap;
  /** Names by program number; from the run, so no proof covers them. */
  readonly manifest: Manifest;
}

/**
 * The state of a run directory at its map's head. Transitions behind the head are not looked at.
 * @throws InvalidInputError if the run is of another map, or does not replay; AnotherTraceError if the chain's head is
 *   no state of this run
 */
export function headStateOf(dir: string, head: MapState): HeadState {
  const { genesis, trace, manifest } = readRun(dir);
  requireOwnMap(manifest.chain, trace.header.genesisRoot);
  if (manifest.chain?.mapId.toLowerCase() !== head.mapId.toLowerCase()) {
    const whose = manifest.chain === undefined ? "no map on a chain" : `map ${manifest.chain.mapId}`;
    throw new InvalidInputError("run", `${dir} is of ${whose}, not of map ${head.mapId}; give the map's own run`);
  }
  const map = mapOf(genesis);
  const machine = new Machine(map);
  for (const records of grouped(trace.records)) {
    if (machine.seq >= head.seq) break;
    applied(machine, records);
  }
  if (machine.seq !== head.seq || map.root() !== head.root) {
    const own = { transitions: trace.records.length, root: machine.seq === head.seq ? map.root() : undefined };
    throw new AnotherTraceError(head, { ...own, time: machine.at });
  }
  return { map, manifest };
}

/**
 * The same from the chain alone: the run is rebuilt in a folder that is removed again.
 * @throws NotPublishedError, EnvironmentError as {@link rebuildRun}
 */
export async function rebuiltHeadState(
  registry: Registry,
  head: MapState,
  onProgress?: (done: number, of: number) => void,
): Promise<HeadState> {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-exit-"));
  try {
    const out = join(folder, "run");
    const options = { registry: registry.address, mapId: head.mapId, out };
    await rebuildRun(registry.chain, { ...options, ...(onProgress === undefined ? {} : { onProgress }) });
    return headStateOf(out, head);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
