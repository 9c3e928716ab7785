/** A run as `rebuild` makes it, which has gone on since: the chain has its first part, and no proof of that is here. */
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { snapshotAt } from "../../trace/replay/replay.ts";
import type { RebuiltHead } from "../../trace/run/manifest.ts";
import { readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { mooredTrade } from "./mooredTrade.ts";
import { PROFILE } from "./profile.ts";

const PLACE = {
  chainId: 31337n,
  registry: `0x${"1".repeat(40)}`,
  creator: `0x${"3".repeat(40)}`,
  salt: `0x${"5".repeat(64)}`,
};
const START = 1_767_225_600;
/** What the chain has: two programs that join, and two whole deals of the six. */
export const TAKEN = 3 + 2 * 3;
/** The last transition. */
export const END = 3 + 6 * 3;

/** Makes the run. @returns what its chain had */
export async function rebuiltRun(dir: string): Promise<RebuiltHead> {
  await runScenario(mooredTrade(START), { out: dir, profiles: [PROFILE], moored: true });
  const { manifest, trace } = readRun(dir);
  const rebuilt = { seq: TAKEN, time: trace.records[TAKEN - 1]?.at ?? 0, root: snapshotAt(dir, TAKEN).root() };
  saveManifest(dir, { ...manifest, chain: mapPlace(PLACE, trace.header.genesisRoot), rebuilt });
  return rebuilt;
}

/** Changes what the manifest says of the chain; undefined takes it away. */
export function withRebuilt(dir: string, change: Partial<RebuiltHead> | undefined): void {
  const { rebuilt, ...manifest } = readRun(dir).manifest;
  if (change === undefined || rebuilt === undefined) saveManifest(dir, manifest);
  else saveManifest(dir, { ...manifest, rebuilt: { ...rebuilt, ...change } });
}
