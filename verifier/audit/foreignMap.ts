/** Reports for an audit whether the manifest's map is the run's own. */
import { ForeignMapError, requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import type { Problem } from "../bundleSequence.ts";

/** A problem if the manifest's map begins with another genesis, or its domain is another map's. */
export function foreignMap(entry: ChainEntry | undefined, genesisRoot: bigint | undefined): Problem[] {
  if (genesisRoot === undefined) return [];
  try {
    requireOwnMap(entry, genesisRoot);
    return [];
  } catch (error) {
    if (!(error instanceof ForeignMapError)) throw error;
    return [{ kind: "wrong", where: "manifest.json", field: error.field, message: error.message }];
  }
}
