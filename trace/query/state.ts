/** The state after a transition: programs and their resources, escrows, capabilities, watches. */
import type { Names, ProgramRef } from "../describe/names.ts";
import { NO_INBOX, programOf } from "../layout.ts";
import type { EntryCell, ProgramCell } from "../state/cells.ts";
import { type CapabilityReport, capabilityReport } from "./capabilityReport.ts";
import { byProgram, type Placed } from "./inventory.ts";
import { CapabilityLines } from "./lines.ts";
import type { Past } from "./past.ts";
import { type KindRef, programNumber, type SlotRef, slotRef } from "./refs.ts";
import { type ResourceReport, resourceReport } from "./resourceReport.ts";
import type { Snapshot } from "./runHistory.ts";
import { type WatchReport, watchIndex, watchReport } from "./watchReport.ts";

/** A program's header. */
export interface ProgramState extends ProgramRef {
  /** The transition that made it; 0 is the genesis. */
  made: number;
  /** The key that signs for it, in decimal; null if it is open: the operator can act in its name. */
  authority: string | null;
  /** First slot for deposits of others; null if it takes no deposits. */
  inbox: number | null;
  /** Number of its own effects. */
  steps: number;
  /** Lamport clock. */
  clock: number;
}

/** A function that other programs can call. */
export interface EntryReport {
  slot: SlotRef;
  /** In decimal: the hash of the function's name. */
  selector: string;
  /** A call's number of resources, their kind, and their least sum. */
  nargs: number;
  accepts: KindRef | null;
  minimum: string;
  /** Whether only holders of a capability can call it. */
  guarded: boolean;
}

/** A program's outright resources, and its entries. */
export interface Holdings extends ProgramState {
  owns: ResourceReport[];
  entries: EntryReport[];
}

/** The point of the run that an answer describes. */
export interface Moment {
  /** Its last transition; 0 is the genesis. */
  seq: number;
  /** All transitions of the run. */
  transitions: number;
  /**
   * Time of the transition, in seconds since 1970; 0 for the genesis. Rights and deadlines are checked at this time.
   */
  at: number;
  /** The transition's group, unless the transition closes it; no proof ends within a group. */
  within: { first: number; last: number } | null;
}

/** The whole state. */
export interface StateReport extends Moment {
  programs: Holdings[];
  /** All escrowed resources. */
  escrows: ResourceReport[];
  capabilities: CapabilityReport[];
  watches: WatchReport[];
}

/** One program, and everything that concerns it. */
export interface ProgramAnswer extends Moment {
  program: Holdings;
  /** Escrows in its memory by others, and escrows elsewhere by it. */
  escrowsHeld: ResourceReport[];
  escrowsGiven: ResourceReport[];
  /** Capabilities that it granted, and that were granted to it. */
  capabilitiesGiven: CapabilityReport[];
  capabilitiesHeld: CapabilityReport[];
  /** Its own watches, and those of others on its slots. */
  watches: WatchReport[];
  watchedBy: WatchReport[];
}

/** The moment of a snapshot. */
export function momentOf({ history: { past }, seq, at }: Snapshot): Moment {
  const last = past.at(seq);
  const within = last === undefined || last.last || last.group === 0 ? null : groupOf(past, last.group);
  return { seq, transitions: past.count, at, within };
}

/** First and last transition of a group of several. */
export function groupOf(past: Pick<Past, "at">, first: number): { first: number; last: number } {
  let last = first;
  while (past.at(last + 1)?.group === first) last++;
  return { first, last };
}

/** The state at the snapshot. Takes one pass over its cells. */
export function stateAt(snapshot: Snapshot): StateReport {
  const { inventory, at, history } = snapshot;
  const { names } = history;
  const owned = byProgram(inventory.resources.filter(({ cell }) => cell.escrowFrom === 0));
  const entries = byProgram(inventory.entries);
  const made = makersOf(snapshot);
  const lines = new CapabilityLines(snapshot.map);
  return {
    ...momentOf(snapshot),
    programs: inventory.programs.map((one) => ({
      ...programState(one, made, names),
      owns: (owned.get(programOf(one.address)) ?? []).map((thing) => resourceReport(thing, at, names)),
      entries: (entries.get(programOf(one.address)) ?? []).map((entry) => entryReport(entry, names)),
    })),
    escrows: inventory.resources
      .filter(({ cell }) => cell.escrowFrom !== 0)
      .map((thing) => resourceReport(thing, at, names)),
    capabilities: inventory.capabilities.map((one) => capabilityReport(one, lines.of(one.address), at, names)),
    watches: watchesAt(snapshot),
  };
}

/**
 * One program at the snapshot.
 * @param asked its number or name
 * @throws InvalidInputError listing the programs, if it is none of them
 */
export function programAt(snapshot: Snapshot, asked: string): ProgramAnswer {
  const { inventory, map, history } = snapshot;
  const number = programNumber(asked, map.programs(), history.names);
  const own = ({ address }: { address: number }): boolean => programOf(address) === number;
  // Reports only cells that concern it: the whole state has many more.
  const state = stateAt({
    ...snapshot,
    inventory: {
      programs: inventory.programs.filter(own),
      resources: inventory.resources.filter((one) => own(one) || one.cell.escrowFrom === number),
      capabilities: inventory.capabilities.filter((one) => own(one) || one.cell.grantee === number),
      entries: inventory.entries.filter(own),
      watches: inventory.watches.filter((one) => own(one) || programOf(one.cell.target) === number),
    },
  });
  const { programs, escrows, capabilities, watches, ...moment } = state;
  const [program] = programs;
  if (program === undefined) throw new Error(`program ${number} has no header among ${map.programs()}`);
  const here = ({ slot }: { slot: SlotRef }): boolean => slot.program.program === number;
  return {
    ...moment,
    program,
    escrowsHeld: escrows.filter(here),
    escrowsGiven: escrows.filter((one) => !here(one)),
    capabilitiesGiven: capabilities.filter(here),
    capabilitiesHeld: capabilities.filter((one) => !here(one)),
    watches: watches.filter(here),
    watchedBy: watches.filter((one) => !here(one)),
  };
}

/** The same as a state with nothing else in it. */
export function stateOfProgram(answer: ProgramAnswer): StateReport {
  const { program, escrowsHeld, escrowsGiven, capabilitiesGiven, capabilitiesHeld, watches, watchedBy, ...moment } =
    answer;
  return {
    ...moment,
    programs: [program],
    escrows: [...escrowsHeld, ...escrowsGiven],
    capabilities: [...capabilitiesGiven, ...capabilitiesHeld],
    watches: [...watches, ...watchedBy],
  };
}

/** The watches of the snapshot. A genesis has none, so a transition set each of them. */
function watchesAt(snapshot: Snapshot): WatchReport[] {
  const { inventory, history } = snapshot;
  if (inventory.watches.length === 0) return [];
  const addresses = inventory.watches.map(({ address }) => address);
  const { there } = watchIndex(history.past.opened(addresses, snapshot.seq));
  return inventory.watches.flatMap((one) => {
    const events = there.get(one.address);
    return events === undefined ? [] : [watchReport(one, events, history.names)];
  });
}

/** The transition that made each program, except those of the genesis. */
function makersOf({ inventory, history: { past }, seq }: Snapshot): ReadonlyMap<number, number> {
  return past.makers(
    inventory.programs.map(({ address }) => programOf(address)),
    seq,
  );
}

function programState(
  { address, cell }: Placed<ProgramCell>,
  made: ReadonlyMap<number, number>,
  names: Names,
): ProgramState {
  const program = programOf(address);
  return {
    ...names.ref(program),
    made: made.get(program) ?? 0,
    authority: cell.authority === 0n ? null : cell.authority.toString(),
    inbox: cell.inbox === NO_INBOX ? null : cell.inbox,
    steps: cell.steps,
    clock: cell.clock,
  };
}

function entryReport({ address, cell }: Placed<EntryCell>, names: Names): EntryReport {
  return {
    slot: slotRef(address, names),
    selector: cell.selector.toString(),
    nargs: cell.nargs,
    accepts: cell.nargs === 0 && cell.accepts === 0n ? null : names.kindRef(cell.accepts),
    minimum: cell.minimum.toString(),
    guarded: cell.guard === 1,
  };
}
