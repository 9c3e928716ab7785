/**
 * The report on one transition for people: its programs, changes of ownership, the right, and the transitions before
 * it. It is computed from the cells that the transition opened, as found and as left. The proof commits to these cells.
 */

import type { ChainRecord } from "../../trace/chain/record.ts";
import { type ChainStory, chainStory } from "../../trace/chain/story.ts";
import { conditionName, type KindRef, type Measured, type Names, type ProgramRef } from "../../trace/describe/names.ts";
import { linesOf } from "../../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../../trace/effects/triggers.ts";
import { isObserved, issuerOf, programOf, slotOf } from "../../trace/layout.ts";
import { factsOf, type RowFacts } from "../../trace/machine/rowFacts.ts";
import { COLUMNS, type RowName, type Transition } from "../../trace/machine/transition.ts";
import { type Cell, type ResourceCell, unpackCell } from "../../trace/state/cells.ts";
import { rightOf } from "./authorization.ts";

/** The place of a resource. `escrowFrom` can take it back from escrow until it is claimed. */
export interface Holding extends Measured {
  owner: ProgramRef;
  slot: number;
  quantity: string;
  escrowFrom: ProgramRef | null;
  /** Seconds since 1970; null if there is none. */
  deadline: number | null;
}

/** A transition's change to one resource or its place. */
export interface OwnershipChange {
  /**
   * The resource's id. Below 2^32 it is from the genesis, from 2^62 on from a trigger. Otherwise it is its maker · 2^32
   * + the number of the maker's own earlier effects.
   */
  resource: string;
  kind: KindRef;
  /** The place before; null if the resource was made. */
  from: Holding | null;
  /** The place after; null if the resource is gone. */
  to: Holding | null;
}

/** Names of numbers, and the effects behind the digests of triggers. */
export interface Words {
  names: Names;
  triggers: TriggerRows;
  /** The blocks of an imported run, and its transitions. */
  chain?: ChainRecord | null;
  transitions?: readonly Transition[];
}

/** One transition of the report. */
export interface TransitionReport {
  seq: number;
  /** seq of the first row of its group; 0 if alone. */
  group: number;
  /** Seconds since 1970. */
  at: number;
  effect: RowName;
  /** The request in words: a sentence without its full stop, then the effects of a trigger that it sets. */
  asks: string[];
  /** The request as data. The report's `triggers` hold the effects behind the digest of a trigger. */
  row: RowFacts & Measured;
  actor: ProgramRef;
  peer: ProgramRef | null;
  /** All programs whose cells it opened, and the grantors of a capability that it used. */
  programs: ProgramRef[];
  changes: OwnershipChange[];
  /**
   * The program whose key alone vouches for the number that it moves, which is of something outside the map. Absent in
   * others.
   */
  vouchedBy?: ProgramRef;
  /** The right that allowed it, as a sentence without its full stop. */
  right: string;
  /** The transitions that last opened its cells; 0 is the genesis. */
  after: number[];
  /** The watch that it fired. */
  fired: { program: ProgramRef; slot: number; condition: string } | null;
  /** Name of its bundle; null if it is not proven. */
  bundle: string | null;
  /** Its place on the chain of an imported run; null if it is of no block. Absent in other runs. No proof covers it. */
  chain?: ChainStory | null;
}

/** The report on one transition. */
export function storyOf(t: Transition, words: Words, bundle: string | null): TransitionReport {
  const { names, triggers, chain, transitions = [] } = words;
  const open = COLUMNS.filter((column) => t.columns[column].address !== 0);
  const programs = new Set(open.map((column) => programOf(t.columns[column].address)));
  programs.add(t.actor);
  if (t.peer !== 0) programs.add(t.peer);
  return {
    seq: t.seq,
    group: t.group,
    at: t.at,
    effect: t.effect,
    asks: linesOf(t, names, triggers),
    row: { ...factsOf(t), ...(t.kind === 0n ? {} : names.measure(t.quantity, t.kind)) },
    actor: names.ref(t.actor),
    peer: t.peer === 0 ? null : names.ref(t.peer),
    programs: [...programs].sort((a, b) => a - b).map((program) => names.ref(program)),
    changes: changesOf(t, names),
    ...(isObserved(t.kind) ? { vouchedBy: names.ref(issuerOf(t.kind)) } : {}),
    right: rightOf(t, names),
    after: [...new Set(open.map((column) => t.parents[COLUMNS.indexOf(column)] ?? 0))].sort((a, b) => a - b),
    fired: firedBy(t, names),
    bundle,
    ...(chain === undefined || chain === null ? {} : { chain: chainStory(t, chain, { names, transitions }) }),
  };
}

/** Resources in S and D before and after, matched by id. */
function changesOf(t: Transition, names: Names): OwnershipChange[] {
  const before = new Map<bigint, { at: number; cell: ResourceCell }>();
  const after = new Map<bigint, { at: number; cell: ResourceCell }>();
  for (const { address, ...words } of [t.columns.S, t.columns.D]) {
    if (address === 0) continue;
    const [found, left]: Cell[] = [unpackCell(words.before), unpackCell(words.after)];
    if (found?.type === "resource") before.set(found.id, { at: address, cell: found });
    if (left?.type === "resource") after.set(left.id, { at: address, cell: left });
  }
  const changes: OwnershipChange[] = [];
  for (const id of [...new Set([...before.keys(), ...after.keys()])].sort((a, b) => (a < b ? -1 : 1))) {
    const [was, is] = [before.get(id), after.get(id)];
    const from = was === undefined ? null : holding(was.at, was.cell, names);
    const to = is === undefined ? null : holding(is.at, is.cell, names);
    if (JSON.stringify(from) === JSON.stringify(to)) continue;
    const kind = (was ?? is)?.cell.kind ?? 0n;
    changes.push({ resource: id.toString(), kind: names.kindRef(kind), from, to });
  }
  return changes;
}

function holding(address: number, cell: ResourceCell, names: Names): Holding {
  return {
    owner: names.ref(programOf(address)),
    slot: slotOf(address),
    quantity: cell.quantity.toString(),
    ...names.measure(cell.quantity, cell.kind),
    escrowFrom: cell.escrowFrom === 0 ? null : names.ref(cell.escrowFrom),
    deadline: cell.deadline === 0 ? null : cell.deadline,
  };
}

function firedBy(t: Transition, names: Names): TransitionReport["fired"] {
  if (t.effect !== "Check") return null;
  const watch = unpackCell(t.columns.X.after);
  if (watch.type !== "watch" || watch.state !== "fired") return null;
  return {
    program: names.ref(programOf(t.authority)),
    slot: slotOf(t.authority),
    condition: conditionName(watch.condition),
  };
}
