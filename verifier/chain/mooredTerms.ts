/** The terms of a new map that depend on whether it is moored. */
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { Profile } from "../../prover/profiles.ts";
import { CELL_CIRCUIT, EXIT } from "../../prover/stateCircuits.ts";
import { verifyingArtifactsOf } from "../../prover/verifyingArtifacts.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { type Feed, MAX_LAG, MOORED_LAG, type Mooring, PATIENCE_BOUNDS, USUAL_PATIENCE } from "./terms.ts";

/**
 * Default for the maximum age of a transition on arrival, in seconds, added to the age of the first transition at the
 * map's creation. A moored map's default is its most.
 */
export const USUAL_LAG = 7 * 86_400;
/** What an Eject with all that it owes needs, wherever the asset lies. Without it, nobody could be let out. */
const EJECT = { rows: 5, nodes: 37 };

/** The terms of a moored map that its creator chooses. */
export interface MooringOptions {
  readonly patience?: number | undefined;
  readonly feeds?: readonly Feed[] | undefined;
}

/**
 * The mooring of a new map, under this installation's keys of exits and cells; undefined if the map is not moored.
 * @throws InvalidInputError "patience", "feeds"; BuildError, KeyError, CacheError
 */
export async function mooringFor(
  moored: boolean,
  asked: MooringOptions,
  onProgress: OnProgress,
): Promise<Mooring | undefined> {
  if (!moored) {
    requireNone(asked);
    return undefined;
  }
  const { patience = USUAL_PATIENCE, feeds = [] } = asked;
  const [least, most] = PATIENCE_BOUNDS;
  if (patience < least || patience > most)
    throw new InvalidInputError("patience", `is ${patience}; a moored map takes ${least} to ${most} seconds`);
  const { key: exit } = await verifyingArtifactsOf(EXIT, { onProgress });
  const { key: cell } = await verifyingArtifactsOf(CELL_CIRCUIT, { onProgress });
  return { patience, exitKey: exit.verificationKey, cellKey: cell.verificationKey, feeds };
}

function requireNone({ patience, feeds }: MooringOptions): void {
  const field = patience !== undefined ? "patience" : feeds !== undefined ? "feeds" : undefined;
  if (field !== undefined)
    throw new InvalidInputError(field, "is for moored maps; trace the run with --moored, or leave it out");
}

/** Whether a batch of the profile holds any Eject, with all that it owes. */
export function holdsEject({ rows, nodes }: Profile): boolean {
  return rows >= EJECT.rows && nodes >= EJECT.nodes;
}

/** @throws InvalidInputError "profile" unless one of a moored map's profiles can prove any Eject */
export function requireEjectable(profiles: Iterable<Profile>): void {
  const list = [...profiles];
  if (list.some(holdsEject)) return;
  throw new InvalidInputError(
    "profile",
    `none of ${list.map(({ name }) => name).join(", ")} has the ${EJECT.rows} rows and ${EJECT.nodes} nodes that letting ` +
      "somebody out may need; give --profile batch-64, or another of that size, beside them",
  );
}

/**
 * The maximum age of a transition on arrival, in seconds.
 * @param age of the first transition
 * @throws InvalidInputError "maxLag" if it is above the bound; "trace.jsonl" if the first transition is older already
 */
export function lagOf(moored: boolean, wanted: number | undefined, age: number): number {
  const longest = moored ? MOORED_LAG : MAX_LAG;
  if (wanted !== undefined && wanted > longest)
    throw new InvalidInputError("maxLag", `is ${wanted}, but a moored map takes ${longest} seconds at most`);
  if (age > longest)
    throw new InvalidInputError(
      "trace.jsonl",
      `begins ${age} seconds ago, but a moored map takes what is ${longest} seconds old at most; trace it with a later time`,
    );
  return wanted ?? Math.min(longest, USUAL_LAG + Math.max(0, age));
}
