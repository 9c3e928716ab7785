/** Every resource of a trace, for the message about one that is not there. */
import { Machine } from "../../../trace/machine/machine.ts";
import { resourcesOf } from "../../../trace/query/filter.ts";
import { replayFile } from "../../../trace/replay/replayFile.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import type { RunFiles } from "./runFiles.ts";

/** Replays the trace once more. @param end the last transition that replays */
export function resourcesInTrace({ path, genesis }: RunFiles, end: number): Set<bigint> {
  const found = new Set<bigint>();
  if (end === 0) return found;
  replayFile(path, new Machine(mapOf(genesis)), end, {
    onGroup(group) {
      for (const t of group) for (const id of resourcesOf(t)) found.add(id);
    },
  });
  return found;
}
