/**
 * Checks that every effect of a map can be proven. Watchers decide the number of Checks that an effect owes, so the
 * bound on the watches of a slot must fit the largest profile of the map (docs/reference/protocol.md, section 6,
 * Bounds).
 */
import { InvalidInputError } from "../errors.ts";
import { USUAL_WATCHES } from "../state/genesis.ts";
import type { ProfileBound } from "./groupSize.ts";

/** Greatest depth of a slot's node below the program's. */
const DEEPEST = 3;

/**
 * The size of the dearest single effect, with its trigger row and all its Checks. In rows it is a call of one argument.
 * In nodes it is a claim with a capability, all of it in the deepest slots of programs that share no path.
 * @param watches most watches on a slot
 */
export function dearestEffect(levels: number, watches: number): { rows: number; nodes: number } {
  // Actor, peer, holder of the capability; a watcher for each watch on the source and on the destination.
  const watchers = 2 * watches;
  const programs = 3 + watchers;
  // Source, destination, capability and the trigger's own watch lie in slots, and so does each watch.
  const slots = 4 + watchers;
  let nodes = DEEPEST * slots;
  for (let level = 0; level <= levels; level++) nodes += Math.min(programs, 16 ** level);
  return { rows: 3 + watchers, nodes };
}

/**
 * The profiles that hold the dearest effect.
 * @param watches most watches on a slot
 */
export function holdingDearest<P extends ProfileBound>(profiles: readonly P[], levels: number, watches: number): P[] {
  const { rows, nodes } = dearestEffect(levels, watches);
  return profiles.filter((profile) => profile.rows >= rows && profile.nodes >= nodes);
}

/**
 * @param watches most watches on a slot
 * @param profiles those that the map admits
 * @throws InvalidInputError "watches" if they exceed the usual number, and an effect could need more than any profile
 *   holds
 */
export function requireWatchesFit(profiles: readonly ProfileBound[], levels: number, watches: number): void {
  if (watches <= USUAL_WATCHES || profiles.length === 0 || holdingDearest(profiles, levels, watches).length > 0) return;
  const { rows, nodes } = dearestEffect(levels, watches);
  const largest = profiles.map(({ name, rows, nodes }) => `${name}: ${rows} rows and ${nodes} nodes`).join("; ");
  throw new InvalidInputError(
    "watches",
    `is ${watches}: one effect with all its Checks may need ${rows} rows and ${nodes} tree nodes, more than any profile of the map ` +
      `holds (${largest}); allow fewer watches to a slot, or admit a larger profile`,
  );
}
