/**
 * States in the middle of a run, with watches, clocks and other cells that a genesis may not have.
 */
import { packCell } from "../../trace/state/cells.ts";
import { type Genesis, isMoored, watchesOf } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";

/** The state with these cells. It is not checked, unlike a genesis. */
export function stateOf(genesis: Genesis): TimeMap {
  const cells = genesis.cells.map(({ address, cell }) => [address, packCell(cell)] as const);
  return new TimeMap(genesis.levels, cells, watchesOf(genesis), isMoored(genesis));
}
