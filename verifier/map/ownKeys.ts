/** Refuses maps under keys that are not this installation's, before anybody brings value to them. */
import { TimeBanditsError } from "../../trace/errors.ts";
import { backDoors } from "../audit/chain.ts";
import type { Problem } from "../bundleSequence.ts";
import { historyOf, type MapState, pinned, type Registry } from "../chain/registry.ts";
import { mapReport } from "./mapReport.ts";

/** A map takes, or will take, proofs under a key that is not the project's, nor of a ceremony verified here. */
export class ForeignKeyError extends TimeBanditsError {
  readonly field: string;
  constructor(mapId: string, [first, ...more]: readonly [Problem, ...Problem[]]) {
    const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
    super("foreign-key", `map ${mapId}, ${first.field}: ${first.message}${others}; look at it with map`);
    this.field = first.field;
  }
}

/**
 * Checks that every key under which a map takes proofs, or has taken any, is this installation's: the project's, or
 * that of a ceremony which was verified here. Whoever made another key may know its secret.
 * @throws ForeignKeyError; EnvironmentError
 */
export async function requireOwnKeys(registry: Registry, map: MapState): Promise<void> {
  const { block, ...there } = await pinned(registry);
  const { advanced } = await historyOf(there, map.mapId);
  const place = { chainId: there.chain.chainId, registry: there.address };
  const report = await mapReport({ ...place, block, map, submitters: [] });
  const [first, ...more] = backDoors(report, advanced);
  if (first !== undefined) throw new ForeignKeyError(map.mapId, [first, ...more]);
}
