/** Selects transitions by program, resource, kind or range. */

import type { Names } from "../describe/names.ts";
import { InvalidInputError } from "../errors.ts";
import { BITS, programOf } from "../layout.ts";
import { COLUMNS, type Transition } from "../machine/transition.ts";
import { decimal, kindNumber, programNumber, thereAre } from "./refs.ts";
import { resourcesIn } from "./resource.ts";

/**
 * A filter in the user's words. Entries of one sort are alternatives; a transition must match each sort that is given.
 */
export interface FilterWords {
  /** Numbers or names. */
  programs?: readonly string[] | undefined;
  /** Ids. */
  resources?: readonly string[] | undefined;
  /** Numbers or names. */
  kinds?: readonly string[] | undefined;
  /** First and last transition. */
  from?: number | undefined;
  to?: number | undefined;
}

/** The same in numbers; an empty set lets everything pass. */
export interface TransitionFilter {
  programs: ReadonlySet<number>;
  resources: ReadonlySet<bigint>;
  kinds: ReadonlySet<bigint>;
  from: number;
  to: number;
}

/** The run in which a filter's words are looked up. */
export interface Filterable {
  transitions: readonly Transition[];
  /** Number of programs. */
  programs: number;
  names: Names;
}

/**
 * Looks the words up.
 * @throws InvalidInputError listing the possible values, if a word is in no transition, or the range holds none
 */
export function transitionFilter(words: FilterWords, { transitions, programs, names }: Filterable): TransitionFilter {
  const { from = 1, to = Number.MAX_SAFE_INTEGER } = words;
  if (from > to)
    throw new InvalidInputError("from", `${from} comes after ${to}; name the first transition, then the last`);
  if (from > Math.max(1, transitions.length))
    throw new InvalidInputError("from", `${from} is not there; the last transition is ${transitions.length}`);
  const { resources = [], kinds = [] } = words;
  const thingsThere = new Set(resources.length === 0 ? [] : transitions.flatMap(resourcesOf));
  const kindsThere = new Set(kinds.length === 0 ? [] : transitions.flatMap(kindsOf));
  return {
    programs: new Set((words.programs ?? []).map((asked) => programNumber(asked, programs, names))),
    resources: new Set(resources.map((asked) => resourceNumber(asked, thingsThere))),
    kinds: new Set(kinds.map((asked) => kindNumber(asked, kindsThere, names))),
    from,
    to,
  };
}

function resourceNumber(asked: string, there: ReadonlySet<bigint>): bigint {
  const id = decimal(asked, BITS.id);
  if (id !== undefined && there.has(id)) return id;
  const all = [...there].sort((a, b) => (a < b ? -1 : 1)).map(String);
  throw new InvalidInputError("resource", `no transition is about ${asked.slice(0, 80)}; ${thereAre(all)}`);
}

/** Whether the filter lets the transition pass. */
export function passesFilter(t: Transition, { programs, resources, kinds, from, to }: TransitionFilter): boolean {
  return (
    t.seq >= from &&
    t.seq <= to &&
    (programs.size === 0 || programsOf(t).some((program) => programs.has(program))) &&
    (resources.size === 0 || resourcesOf(t).some((id) => resources.has(id))) &&
    (kinds.size === 0 || kindsOf(t).some((kind) => kinds.has(kind)))
  );
}

/** Actor, peer, and all programs in whose memory the transition opened a cell. */
function programsOf({ actor, peer, columns }: Transition): number[] {
  const opened = COLUMNS.map((column) => columns[column].address).filter((address) => address !== 0);
  return [actor, ...(peer === 0 ? [] : [peer]), ...opened.map(programOf)];
}

/** The resources in its cells, before and after, and those that it names. */
function resourcesOf(t: Transition): bigint[] {
  const lying = [...resourcesIn(t, "before"), ...resourcesIn(t, "after")].map(({ cell }) => cell.id);
  return [...lying, t.resource, t.argument.into ?? 0n].filter((id) => id !== 0n);
}

/** The kinds of the resources in its cells, before and after, and the one that it names. */
function kindsOf(t: Transition): bigint[] {
  const lying = [...resourcesIn(t, "before"), ...resourcesIn(t, "after")].map(({ cell }) => cell.kind);
  return [...lying, t.kind].filter((kind) => kind !== 0n);
}
