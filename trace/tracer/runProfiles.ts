/** The bounds of a run's profiles. */
import { InvalidInputError } from "../errors.ts";
import type { TraceHeader } from "../run/traceLines.ts";
import { type Genesis, watchesOf } from "../state/genesis.ts";
import type { ProfileBound } from "./groupSize.ts";
import { requireWatchesFit } from "./watchBound.ts";

/**
 * The bounds of the run's profiles.
 * @throws InvalidInputError if one is not known, or none holds an effect with all its Checks
 */
export function profilesOf(
  header: Pick<TraceHeader, "profiles">,
  genesis: Pick<Genesis, "levels" | "watches">,
  known: readonly ProfileBound[] = [],
): ProfileBound[] {
  const profiles = header.profiles.map((name) => {
    const profile = known.find((each) => each.name === name);
    if (profile !== undefined) return profile;
    throw new InvalidInputError("profiles", `${name}, which the run names, is not among them; give its bounds`);
  });
  requireWatchesFit(profiles, genesis.levels, watchesOf(genesis as Genesis));
  return profiles;
}
