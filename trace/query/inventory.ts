/** The cells of a state, by sort. */
import { programOf } from "../layout.ts";
import type { CapabilityCell, Cell, EntryCell, ProgramCell, ResourceCell, WatchCell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";

/** A cell and its address. */
export interface Placed<Held extends Cell> {
  address: number;
  cell: Held;
}

/** The cells of a state, in order of their addresses. */
export interface Inventory {
  programs: Placed<ProgramCell>[];
  resources: Placed<ResourceCell>[];
  capabilities: Placed<CapabilityCell>[];
  entries: Placed<EntryCell>[];
  watches: Placed<WatchCell>[];
}

/** Sorts all cells of the map, in one pass. */
export function inventoryOf(map: TimeMap): Inventory {
  const inventory: Inventory = { programs: [], resources: [], capabilities: [], entries: [], watches: [] };
  for (const address of map.addresses()) {
    const cell = map.cell(address);
    if (cell.type === "program") inventory.programs.push({ address, cell });
    else if (cell.type === "resource") inventory.resources.push({ address, cell });
    else if (cell.type === "capability") inventory.capabilities.push({ address, cell });
    else if (cell.type === "entry") inventory.entries.push({ address, cell });
    else if (cell.type === "watch") inventory.watches.push({ address, cell });
  }
  return inventory;
}

/** Cells by program: a list for each program that has some. */
export function byProgram<Held extends Cell>(
  placed: readonly Placed<Held>[],
  programIn: (placed: Placed<Held>) => number = ({ address }) => programOf(address),
): Map<number, Placed<Held>[]> {
  const groups = new Map<number, Placed<Held>[]>();
  for (const one of placed) {
    const program = programIn(one);
    const group = groups.get(program);
    if (group === undefined) groups.set(program, [one]);
    else group.push(one);
  }
  return groups;
}
