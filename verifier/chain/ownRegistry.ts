import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { headerIn } from "../../trace/replay/replayFile.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { pathIn, readManifest } from "../../trace/run/runDirectory.ts";
import { requireSamePlace } from "./publish.ts";
import { type Chain, openRegistry, type Registry } from "./registry.ts";

/**
 * The registry of a run directory's map, and what the manifest says of the map.
 * @throws InvalidInputError if the run has no map of its own on this chain and registry; EnvironmentError if the node
 *   does not answer
 */
export async function openOwnRegistry(
  dir: string,
  chain: Chain,
  address: string,
): Promise<{ registry: Registry; entry: ChainEntry }> {
  const header = headerIn(pathIn(dir, "trace"));
  const entry = readManifest(dir, header.profiles).chain;
  if (entry === undefined)
    throw new InvalidInputError("manifest.json chain", "is missing: the run has no map on a chain yet; run create");
  requireOwnMap(entry, header.genesisRoot);
  const registry = await openRegistry(chain, address);
  requireSamePlace(registry, entry);
  return { registry, entry };
}
