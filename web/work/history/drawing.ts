/** A run as columns of numbers, for a picture that is drawn sixty times in a second. */
import type { NameTables } from "../../../trace/describe/names.ts";
import { eventsOf, placeOf, programNames, SORTS, type Sort } from "../../../trace/graph/model.ts";
import type { Opened, RowName, Transition } from "../../../trace/machine/transition.ts";
import { type Cell, unpackCell } from "../../../trace/state/cells.ts";
import {
  type Drawing,
  FIRED,
  INWARD,
  type Label,
  LINKS,
  type LinkName,
  type Links,
  PARENTS,
  TRIGGERED,
} from "./columns.ts";

const SORT_INDEX = new Map<Sort, number>(SORTS.map((sort, i) => [sort, i]));

/** The columns of these transitions. */
export function drawingOf(transitions: readonly Transition[], programs: number, tables: NameTables): Drawing {
  const length = transitions.length;
  const named = programNames(tables);
  const lanes = Array.from({ length: programs }, (_, i) => ({ program: i + 1, ...named(i + 1) }));
  const drawing = {
    sort: new Uint8Array(length),
    flags: new Uint8Array(length),
    actor: new Int32Array(length),
    peer: new Int32Array(length).fill(-1),
    clock: new Uint32Array(length),
    peerClock: new Uint32Array(length),
    at: new Float64Array(length),
    group: new Uint32Array(length),
    parents: new Uint32Array(PARENTS * length),
  };
  for (const [i, t] of transitions.entries()) {
    const { sort, program, clock, tie, fired, at, group } = placeOf(t);
    drawing.sort[i] = SORT_INDEX.get(sort) ?? 0;
    drawing.flags[i] = (tie?.inward ? INWARD : 0) | (fired ? FIRED : 0) | (t.triggered ? TRIGGERED : 0);
    drawing.actor[i] = program - 1;
    drawing.clock[i] = clock;
    drawing.at[i] = at;
    drawing.group[i] = group;
    drawing.parents.set(t.parents, PARENTS * i);
    if (tie === null) continue;
    drawing.peer[i] = tie.peer - 1;
    drawing.peerClock[i] = tie.clock;
  }
  return { transitions: length, lanes, ...drawing, links: linksOf(transitions) };
}

/** Texts of some transitions, the first and the last named by their seq. */
export function labelsOf(
  transitions: readonly Transition[],
  tables: NameTables,
  from: number,
  to: number,
): readonly Label[] {
  return eventsOf(transitions.slice(Math.max(0, from - 1), to), tables).map(({ text, brief }) => ({ text, brief }));
}

/** What an effect leaves in a cell, for later transitions to come back to. */
const LEAVES: Readonly<Partial<Record<RowName, { link: LinkName; type: Cell["type"] }>>> = {
  EscrowToProgram: { link: "escrow", type: "resource" },
  DelegateCapability: { link: "lending", type: "capability" },
  WatchResource: { link: "watch", type: "watch" },
};

/** Effects that end an escrow. */
const ENDS_ESCROW: ReadonlySet<RowName> = new Set<RowName>(["ClaimFromProgram", "RevokeResource"]);

function linksOf(transitions: readonly Transition[]): Links {
  const [from, to, name]: [number[], number[], number[]] = [[], [], []];
  const left = { escrow: new Map<number, number>(), lending: new Map<number, number>() };
  const watches = { watch: new Map<number, number>(), trigger: new Map<number, number>() };
  const places: Record<LinkName, Map<number, number>> = { ...left, ...watches };
  const link = (kind: LinkName, { address }: Opened, seq: number): void => {
    const earlier = address === 0 ? undefined : places[kind].get(address);
    if (earlier === undefined) return;
    from.push(earlier);
    to.push(seq);
    name.push(LINKS.indexOf(kind));
  };
  for (const t of transitions) {
    const { S, D, X } = t.columns;
    if (ENDS_ESCROW.has(t.effect)) link("escrow", S, t.seq);
    if (t.effect === "Trigger") link("trigger", X, t.seq);
    else if (t.effect === "Check" && isFired(X)) link("watch", X, t.seq);
    else if (t.effect !== "RevokeCapability" && t.effect !== "Clear") link("lending", X, t.seq);
    if (t.effect === "Check" && isFired(X)) places.trigger.set(X.address, t.seq);
    const leaves = LEAVES[t.effect];
    if (leaves === undefined) continue;
    for (const { address, before, after } of [S, D, X]) {
      if (address === 0 || unpackCell(after).type !== leaves.type) continue;
      if (leaves.link === "escrow" || unpackCell(before).type !== leaves.type) places[leaves.link].set(address, t.seq);
    }
  }
  return { from: Uint32Array.from(from), to: Uint32Array.from(to), name: Uint8Array.from(name) };
}

function isFired({ after }: Opened): boolean {
  const watch = unpackCell(after);
  return watch.type === "watch" && watch.state === "fired";
}

/** The buffers of a drawing, to hand them over instead of copying. */
export function buffersOf({ links, ...drawing }: Drawing): ArrayBuffer[] {
  return [...Object.values(drawing), ...Object.values(links)].flatMap((part) =>
    ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : [],
  );
}
