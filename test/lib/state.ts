/**
 * States in the middle of a run, for tests of rules that need one: with watches, clocks and whatever else a genesis may
 * not have.
 */
import { packCell } from "../../trace/state/cells.ts";
import { type Genesis, watchesOf } from "../../trace/state/genesis.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";

/** The state with these cells; unlike a genesis' it is not checked. */
export function stateOf(genesis: Genesis): TimeMap {
  const cells = genesis.cells.map(({ address, cell }) => [address, packCell(cell)] as const);
  return new TimeMap(genesis.levels, cells, watchesOf(genesis));
}
