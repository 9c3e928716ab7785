/** A map's state from the rows that it has published, and nothing else. */
import { getBytes } from "ethers";
import { profilesWith } from "../../../prover/profiles.ts";
import { commitTo } from "../../../trace/commitment/commit.ts";
import { unpackRows } from "../../../trace/commitment/rowBytes.ts";
import { publishedGroups } from "../../../trace/commitment/rowsFromWords.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { MOORED_GENESIS, mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { publishedBatches } from "../../../verifier/chain/events.ts";
import { Wrong } from "./call.ts";
import type { World } from "./world.ts";

/** Replays all batches, and compares the roots and traceRoot of each. */
export async function replayed({ registry, mapIds }: World, which: number): Promise<TimeMap> {
  const machine = new Machine(mapOf(MOORED_GENESIS));
  const { batches } = await publishedBatches(registry, mapIds[which] as string);
  for (const { event, rows } of batches) {
    const where = `batch ${event.span.firstSeq}..${event.seq} of map ${which}`;
    if (machine.map.root() !== event.preRoot) throw new Wrong(`${where} begins elsewhere`);
    const all: Transition[] = [];
    for (const { rows: group, at } of publishedGroups(unpackRows(getBytes(rows)), event.span.notBefore, machine.map))
      all.push(...machine.apply(group, at));
    if (machine.map.root() !== event.postRoot) throw new Wrong(`${where} leads elsewhere`);
    const sizes = profilesWith(machine.map.levels).filter(({ rows: most }) => most >= all.length);
    if (!sizes.some((profile) => commitTo(all, profile.rows).root === event.traceRoot))
      throw new Wrong(`${where} has another traceRoot`);
  }
  return machine.map;
}
