/** Selects transitions by program, resource, kind or range. */

import type { ChainRecord } from "../chain/record.ts";
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
  /** Hashes of transactions of an imported run. */
  transactions?: readonly string[] | undefined;
  /** Numbers of its first and last block. */
  fromBlock?: number | undefined;
  toBlock?: number | undefined;
}

/** The same in numbers; an empty set lets everything pass. */
export interface TransitionFilter {
  programs: ReadonlySet<number>;
  resources: ReadonlySet<bigint>;
  kinds: ReadonlySet<bigint>;
  from: number;
  to: number;
  /** Ranges of which one must have the transition; null lets everything pass. */
  ranges?: readonly (readonly [first: number, last: number])[] | null;
}

/** The run in which a filter's words are looked up. */
export interface Filterable extends Surroundings {
  transitions: readonly Transition[];
}

/** The things of a run, without its transitions. */
export interface ThingsThere extends Surroundings {
  /** Number of transitions. */
  transitions: number;
  /** Asked only for things that the filter names. */
  resources(): ReadonlySet<bigint>;
  kinds(): ReadonlySet<bigint>;
}

interface Surroundings {
  /** Number of programs. */
  programs: number;
  names: Names;
  /** The blocks of an imported run. */
  chain?: ChainRecord | null;
}

/**
 * Looks the words up.
 * @throws InvalidInputError listing the possible values, if a word is in no transition, or the range holds none
 */
export function transitionFilter(words: FilterWords, { transitions, ...around }: Filterable): TransitionFilter {
  return filterAmong(words, {
    ...around,
    transitions: transitions.length,
    resources: () => new Set(transitions.flatMap(resourcesOf)),
    kinds: () => new Set(transitions.flatMap(kindsOf)),
  });
}

/** The same, where the transitions are not kept. @throws InvalidInputError as {@link transitionFilter} does */
export function filterAmong(words: FilterWords, things: ThingsThere): TransitionFilter {
  const { transitions, programs, names, chain } = things;
  const { from = 1, to = Number.MAX_SAFE_INTEGER } = words;
  if (from > to)
    throw new InvalidInputError("from", `${from} comes after ${to}; name the first transition, then the last`);
  if (from > Math.max(1, transitions))
    throw new InvalidInputError("from", `${from} is not there; the last transition is ${transitions}`);
  const { resources = [], kinds = [] } = words;
  const thingsThere = resources.length === 0 ? new Set<bigint>() : things.resources();
  const kindsThere = kinds.length === 0 ? new Set<bigint>() : things.kinds();
  return {
    programs: new Set((words.programs ?? []).map((asked) => programNumber(asked, programs, names))),
    resources: new Set(resources.map((asked) => resourceNumber(asked, thingsThere))),
    kinds: new Set(kinds.map((asked) => kindNumber(asked, kindsThere, names))),
    from,
    to,
    ranges: rangesOf(words, chain ?? null),
  };
}

/** The transitions of the transactions within the blocks; null if neither is asked for. */
export function rangesOf({ transactions, fromBlock, toBlock }: FilterWords, chain: ChainRecord | null) {
  if (transactions === undefined && fromBlock === undefined && toBlock === undefined) return null;
  if (chain === null) {
    const field = transactions === undefined ? "block" : "transaction";
    throw new InvalidInputError(field, "needs the blocks.jsonl of an import; import the blocks, or leave it out");
  }
  const [first, last] = chain.span ?? [0, 0];
  const [from, to] = [fromBlock ?? first, toBlock ?? Math.max(last, fromBlock ?? last)];
  const whole = fromBlock === undefined && toBlock === undefined ? undefined : chain.blocks(from, to);
  if (transactions === undefined) return whole === undefined || whole === null ? [] : [whole];
  return transactions.flatMap((asked) => {
    const { block, transaction } = chain.transaction(asked);
    const inside = whole === undefined || (block.number >= from && block.number <= to);
    return transaction.seqs === null || !inside ? [] : [transaction.seqs];
  });
}

function resourceNumber(asked: string, there: ReadonlySet<bigint>): bigint {
  const id = decimal(asked, BITS.id);
  if (id !== undefined && there.has(id)) return id;
  const all = [...there].sort((a, b) => (a < b ? -1 : 1)).map(String);
  throw new InvalidInputError("resource", `no transition is about ${asked.slice(0, 80)}; ${thereAre(all)}`);
}

/** Whether the filter lets the transition pass. */
export function passesFilter(
  t: Transition,
  { programs, resources, kinds, from, to, ranges = null }: TransitionFilter,
): boolean {
  return (
    t.seq >= from &&
    t.seq <= to &&
    (ranges === null || ranges.some(([first, last]) => first <= t.seq && t.seq <= last)) &&
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
export function resourcesOf(t: Transition): bigint[] {
  const lying = [...resourcesIn(t, "before"), ...resourcesIn(t, "after")].map(({ cell }) => cell.id);
  return [...lying, t.resource, t.argument.into ?? 0n].filter((id) => id !== 0n);
}

/** The kinds of the resources in its cells, before and after, and the one that it names. */
export function kindsOf(t: Transition): bigint[] {
  const lying = [...resourcesIn(t, "before"), ...resourcesIn(t, "after")].map(({ cell }) => cell.kind);
  return [...lying, t.kind].filter((kind) => kind !== 0n);
}
