/** Who receives a deposit: a program of a run with its present key, or a key that was given. */

import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { Names } from "../../trace/describe/names.ts";
import { meantProgram } from "../../trace/describe/programNumber.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";

/** Where the receiver is named. */
export interface ReceiverOptions {
  /** Its number, or its name in the run. */
  program: string;
  authority?: bigint;
  /** A run directory of the map. */
  run?: string;
  map: string;
}

/** A program, the key that it must have, and whose key that is. */
export interface Receiver {
  program: number;
  authority: bigint;
  /** Its name in the run; null without a run, or without a name. No proof covers names. */
  name: string | null;
  /** Whose key it is, in words. */
  whose: string;
}

/**
 * Finds the receiver and its key.
 * @throws InvalidInputError "run" if the run is of another map; "program"; "authority" if it is missing, or not the
 *   program's in the run
 */
export function receiverOf({ program: asked, authority, run, map: mapId }: ReceiverOptions): Receiver {
  if (run === undefined) return givenReceiver(asked, authority);
  const { manifest, trace, map } = replayDirectory(run);
  requireOwnMap(manifest.chain, trace.header.genesisRoot);
  if (manifest.chain?.mapId.toLowerCase() !== mapId)
    throw new InvalidInputError("run", `${run} is not of map ${mapId}; give the map's own run, or --authority`);
  const program = meantProgram(asked, manifest);
  if (program === undefined)
    throw new InvalidInputError("program", `no program of ${run} has this name; give a name of the run, or a number`);
  const names = new Names(manifest);
  const header = program >= 1 && program <= map.programs() ? map.cell(address(program, 0)) : undefined;
  const name = names.ref(program).name;
  if (header?.type !== "program") {
    if (authority === undefined)
      throw new InvalidInputError(
        "authority",
        `program ${program} is not in ${run} yet; give its key with --authority`,
      );
    return { program, authority, name, whose: `${names.program(program)} is not in the run yet: the key is as given` };
  }
  if (header.authority === 0n)
    throw new InvalidInputError(
      "program",
      `${names.program(program)} is open: anybody could take the deposit; name another`,
    );
  if (authority !== undefined && authority !== header.authority)
    throw new InvalidInputError(
      "authority",
      `is not the key of ${names.program(program)} in ${run}, which is ${header.authority}; ask whose key it is`,
    );
  const whose = `the present key of ${names.program(program)} by the run ${run}; names are not proven`;
  return { program, authority: header.authority, name, whose };
}

function givenReceiver(asked: string, authority: bigint | undefined): Receiver {
  if (!/^[0-9]{1,8}$/.test(asked))
    throw new InvalidInputError("program", "is a name, and names are in a run; give the number, or --run DIR");
  if (authority === undefined)
    throw new InvalidInputError("authority", "is missing; give the program's key, or --run DIR to look it up");
  const program = Number(asked);
  return { program, authority, name: null, whose: "the key is as given: without --run nobody says whose it is" };
}
