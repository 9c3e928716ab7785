/** Which transitions an audit keeps, so that it can report them at the end, when all names and things are known. */
import type { ChainRecord } from "../../../trace/chain/record.ts";
import { Names, type NameTables } from "../../../trace/describe/names.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { BITS } from "../../../trace/layout.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { type FilterWords, filterAmong, passesFilter, rangesOf } from "../../../trace/query/filter.ts";
import { decimal, isCalled, wholeNumber } from "../../../trace/query/refs.ts";
import type { Findings } from "./findings.ts";
import type { ToldRange } from "./part.ts";

/**
 * What to keep for a filter: at least what it lets pass. A name stands for all numbers that have it.
 * @param first the first transition that is looked at
 * @param most transitions to report
 */
export function toldRange(
  only: FilterWords,
  { first, most, tables, chain }: { first: number; most: number; tables: NameTables; chain: ChainRecord | null },
): ToldRange {
  const names = new Names(tables);
  const from = Math.max(only.from ?? 1, first);
  const { programs, resources, kinds } = only;
  const range: ToldRange = { from, to: only.to ?? Number.MAX_SAFE_INTEGER, most };
  if (programs !== undefined && programs.length > 0) {
    const known = [...Object.keys(tables.programs), ...Object.keys(tables.words?.addresses ?? {})].map(Number);
    range.programs = numbersOf(programs, wholeNumber, known, (program, asked) => {
      const { name, address } = names.ref(program);
      return name === asked || address === asked.toLowerCase();
    });
  }
  if (resources !== undefined && resources.length > 0)
    range.resources = new Set(resources.flatMap((asked) => decimal(asked, BITS.id) ?? []));
  if (kinds !== undefined && kinds.length > 0) {
    const known = [...Object.keys(tables.kinds), ...Object.keys(tables.words?.units ?? {})];
    const numbers = known.flatMap((kind) => decimal(kind, BITS.kind) ?? []);
    range.kinds = numbersOf(
      kinds,
      (asked) => decimal(asked, BITS.kind),
      numbers,
      (kind, asked) => isCalled(names.kindRef(kind), asked),
    );
  }
  try {
    const ranges = rangesOf(only, chain);
    if (ranges !== null) range.ranges = ranges;
  } catch (error) {
    // It is reported at the end.
    if (!(error instanceof InvalidInputError)) throw error;
    range.ranges = [];
  }
  // Without other bounds the first ones are the next ones.
  if (isPlain(range)) range.to = Math.min(range.to, from + most - 1);
  return range;
}

function isPlain({ programs, resources, kinds, ranges }: ToldRange): boolean {
  return [programs, resources, kinds, ranges].every((bound) => bound === undefined);
}

function numbersOf<N extends number | bigint>(
  asked: readonly string[],
  parse: (text: string) => N | undefined,
  known: readonly N[],
  isOf: (one: N, text: string) => boolean,
): Set<N> {
  return new Set(asked.flatMap((text) => parse(text) ?? known.filter((one) => isOf(one, text))));
}

/** A run that was looked at, for the answer to a filter. */
export interface LookedAt {
  findings: Findings;
  told: ToldRange;
  /** Transitions that replay, and the first of them that was looked at. */
  replayed: number;
  first: number;
  names: Names;
  chain: ChainRecord | null;
  /** Every resource in the trace; asked only for a message. */
  allResources: () => ReadonlySet<bigint>;
}

/**
 * The transitions to report, and the number of all that match.
 * @throws InvalidInputError if a word of the filter stands for nothing in the run
 */
export function toldOf(only: FilterWords, looked: LookedAt): { told: Transition[]; matching: number } {
  const { findings, told, replayed, first, names, chain, allResources } = looked;
  const filter = filterAmong(only, {
    ...{ transitions: replayed, programs: findings.bindings.programs, names, chain },
    kinds: () => findings.kinds,
    resources: () => {
      const wanted = [...(told.resources ?? [])];
      const areThere = wanted.every((id) => findings.resources.has(id)) && wanted.length === only.resources?.length;
      return areThere ? findings.resources : allResources();
    },
  });
  const kept = findings.told.filter((t) => passesFilter(t, filter));
  const to = Math.min(only.to ?? replayed, replayed);
  const plain = Math.max(0, to - Math.max(only.from ?? 1, first) + 1);
  return { told: kept, matching: isPlain(told) ? plain : findings.matching };
}
