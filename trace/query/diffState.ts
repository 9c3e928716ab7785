/** The difference of two states, by their cells. */
import { programOf, slotOf } from "../layout.ts";
import type { Cell } from "../state/cells.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { type CellFacts, cellFacts, differencesOf, type FieldDifference } from "./cellFacts.ts";
import { inventoryOf, type Placed } from "./inventory.ts";

/** A cell that exists in only one of two states, or differs between them. */
export interface CellDifference {
  sort: Cell["type"];
  /** For a resource its id, in decimal; for other cells program and slot, `2:200`. */
  which: string;
  /** The cell in each state; null where it does not exist. */
  first: CellFacts | null;
  second: CellFacts | null;
  /** The differing fields; empty if it exists in only one state. */
  fields: FieldDifference[];
}

/** Two states, compared. Roots are decimal texts. */
export interface StateDifference {
  firstRoot: string;
  secondRoot: string;
  programs: CellDifference[];
  resources: CellDifference[];
  capabilities: CellDifference[];
  entries: CellDifference[];
  watches: CellDifference[];
  /** Cells that differ only in the transition that last opened them. */
  openedElsewhen: number;
}

/** Compares two states cell by cell; resources by their ids, in any slot. */
export function stateDifference(first: TimeMap, second: TimeMap): StateDifference {
  const [a, b] = [inventoryOf(first), inventoryOf(second)];
  const bySlot = <Held extends Cell>(p: readonly Placed<Held>[], q: readonly Placed<Held>[]): CellDifference[] =>
    compared(entriesOf(p, slotText), entriesOf(q, slotText));
  const byId = ({ cell }: (typeof a.resources)[number]): string => cell.id.toString();
  return {
    firstRoot: first.root().toString(),
    secondRoot: second.root().toString(),
    programs: bySlot(a.programs, b.programs),
    resources: compared(entriesOf(a.resources, byId), entriesOf(b.resources, byId)),
    capabilities: bySlot(a.capabilities, b.capabilities),
    entries: bySlot(a.entries, b.entries),
    watches: bySlot(a.watches, b.watches),
    openedElsewhen: openedElsewhen(first, second),
  };
}

/** `2:200`, as users write it; for a header the program alone. */
function slotText({ address }: Placed<Cell>): string {
  return slotOf(address) === 0 ? `${programOf(address)}` : `${programOf(address)}:${slotOf(address)}`;
}

interface Entry {
  sort: Cell["type"];
  facts: CellFacts;
}

function entriesOf<Held extends Cell>(
  placed: readonly Placed<Held>[],
  nameOf: (placed: Placed<Held>) => string,
): Map<string, Entry> {
  return new Map(
    placed.map((one) => {
      const { type, ...facts } = cellFacts(one.cell);
      return [nameOf(one), { sort: one.cell.type, facts: { slot: slotText(one), ...facts } }];
    }),
  );
}

function compared(first: ReadonlyMap<string, Entry>, second: ReadonlyMap<string, Entry>): CellDifference[] {
  const found: CellDifference[] = [];
  for (const [which, { sort, facts }] of first) {
    const other = second.get(which);
    const fields = other === undefined ? [] : differencesOf(facts, other.facts);
    if (other !== undefined && fields.length === 0) continue;
    found.push({ sort, which, first: facts, second: other?.facts ?? null, fields });
  }
  for (const [which, { sort, facts }] of second) {
    if (!first.has(which)) found.push({ sort, which, first: null, second: facts, fields: [] });
  }
  return found;
}

function openedElsewhen(first: TimeMap, second: TimeMap): number {
  let count = 0;
  for (const address of first.addresses()) {
    const [a, b] = [first.cell(address), second.cell(address)];
    if (a.type === b.type && a.seq !== b.seq && differencesOf(cellFacts(a), cellFacts(b)).length === 0) count++;
  }
  return count;
}
