/** The groups of a run on disk, for a tracer that does not keep them. */
import { Machine } from "../machine/machine.ts";
import type { Transition } from "../machine/transition.ts";
import { replayFile } from "../replay/replayFile.ts";
import { pathIn, readGenesis } from "../run/runDirectory.ts";
import { mapOf } from "../state/genesis.ts";

/** The groups up to a transition, replayed from the genesis. */
export function groupsOnDisk(dir: string, seq: number): Transition[][] {
  const groups: Transition[][] = [];
  const machine = new Machine(mapOf(readGenesis(dir)));
  replayFile(pathIn(dir, "trace"), machine, seq, { onGroup: (group) => groups.push(group) });
  return groups;
}
