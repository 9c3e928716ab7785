/** What a moored map has beyond any map, and what it lacks if it is not moored. */
import { TimeBanditsError } from "../../../trace/errors.ts";
import type { MapState, MooringState } from "../state.ts";

/** A map that is not moored has no assets, entries or exits. */
export class NotMooredError extends TimeBanditsError {
  readonly field = "map";
  constructor(mapId: string) {
    super("not-moored", `map ${mapId} is not moored, so nothing enters or leaves it; name a moored map`);
  }
}

/** A moored map's own terms and state. @throws NotMooredError */
export function requireMooring({ mapId, mooring }: MapState): MooringState {
  if (mooring === null) throw new NotMooredError(mapId);
  return mooring;
}
