/**
 * Whether every effect of a map can be proven: watchers decide how many Checks an effect owes, so the bound on the
 * watches of a slot has to fit the largest profile of the map (docs/reference/protocol.md, section 6, Bounds).
 */
import { InvalidInputError } from "../errors.ts";
import { USUAL_WATCHES } from "../state/genesis.ts";
import type { ProfileBound } from "./groupSize.ts";

/** Depth of a slot's node below the program's, at most. */
const DEEPEST = 3;

/**
 * What the dearest single effect takes up, with its trigger row and all its Checks: a call of one argument in rows, and
 * in nodes a claim with a capability, all of it in the deepest slots of programs that share no path.
 * @param watches how many a slot may have
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
 * @param watches how many a slot may have
 */
export function holdingDearest<P extends ProfileBound>(profiles: readonly P[], levels: number, watches: number): P[] {
  const { rows, nodes } = dearestEffect(levels, watches);
  return profiles.filter((profile) => profile.rows >= rows && profile.nodes >= nodes);
}

/**
 * @param watches how many a slot may have
 * @param profiles those that the map admits
 * @throws InvalidInputError "watches" if they are more than usual, and an effect could need more than any of the
 *   profiles holds
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
