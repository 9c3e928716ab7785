/** Where the batches of a run begin. */
import { InvalidInputError } from "../../trace/errors.ts";
import type { Manifest } from "../../trace/run/manifest.ts";

/** A place in a trace: the number of the last transition before it, and the root there. */
export interface Beginning {
  readonly seq: number;
  readonly root: bigint;
}

/**
 * Behind what the chain had when the run was made from it: the chain took proofs of that, and who made them has them.
 * Any other run begins at its genesis.
 */
export function beginningOf({ rebuilt }: Pick<Manifest, "rebuilt">, genesisRoot: bigint): Beginning {
  return rebuilt ?? { seq: 0, root: genesisRoot };
}

/** The error if a run does not have the state that its chain had. */
export function otherBeginning({ seq }: Beginning): InvalidInputError {
  return new InvalidInputError(
    "manifest.json rebuilt",
    `says that the chain had transition ${seq} with a root that the trace does not give; make the run again with rebuild`,
  );
}
