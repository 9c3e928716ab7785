/** A run whose manifest has a map of its own genesis, for tests without a chain. */
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { readRun, saveManifest } from "../../trace/run/runDirectory.ts";

/** Writes the place of a map into a run's manifest, and returns it. */
export function putOnMap(dir: string): ChainEntry {
  const { manifest, trace } = readRun(dir);
  const [registry, creator] = [`0x${"ab".repeat(20)}`, `0x${"12".repeat(20)}`];
  const place = { chainId: 31337n, registry, creator, salt: `0x${"34".repeat(32)}` };
  const chain = mapPlace(place, trace.header.genesisRoot);
  saveManifest(dir, { ...manifest, chain });
  return chain;
}
