/** Transitions as stretches of time. A trace knows seconds; those of one second share it, in their order. */
import type { Names } from "../describe/names.ts";
import { linesOf } from "../describe/triggeredRows.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import { factsOf } from "../machine/rowFacts.ts";
import type { Transition } from "../machine/transition.ts";

/** The input of an export. */
export interface Exported {
  /** Name of the run. */
  readonly title: string;
  /** Root of the genesis: it tells runs apart. */
  readonly genesisRoot: bigint;
  /** In their order; a part of the run's transitions is enough. */
  readonly transitions: readonly Transition[];
  readonly names: Names;
  readonly triggers: TriggerRows;
}

/** A stretch of time in nanoseconds since 1970. */
export interface Stretch {
  readonly begin: bigint;
  readonly end: bigint;
}

const SECOND = 1_000_000_000n;
/** The first second that does not fit into 64 bits of nanoseconds as a whole, in the year 2554. */
const BEYOND = Number((1n << 64n) / SECOND);

/**
 * For each transition, its part of its second. No two of them overlap, and their order is that of the trace.
 * @throws InvalidInputError if one is later than the formats can tell
 */
export function stretchesOf(transitions: readonly Transition[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (let from = 0; from < transitions.length; ) {
    const { at = 0, seq = 0 } = transitions[from] ?? {};
    if (at >= BEYOND) {
      const last = "no time after the year 2554 fits into the file; leave it out with --to";
      throw new InvalidInputError(`transition ${seq}`, `is ${at} s after 1970: ${last}`);
    }
    let to = from;
    while (to < transitions.length && transitions[to]?.at === at) to++;
    const step = SECOND / BigInt(to - from);
    for (let i = from; i < to; i++) {
      const begin = BigInt(at) * SECOND + step * BigInt(i - from);
      stretches.push({ begin, end: begin + (step * 4n) / 5n });
    }
    from = to;
  }
  return stretches;
}

/** The transitions that last opened its cells, each once, ascending; the genesis is none. */
export function parentsOf({ parents }: Transition): number[] {
  return [...new Set(parents)].filter((seq) => seq !== 0).sort((a, b) => a - b);
}

/** Facts to show beside a transition: names and values, in words or numbers. */
export function notesOf(t: Transition, { names, triggers }: Exported): [name: string, value: string | number][] {
  const { argument, effect: _effect, actor: _actor, ...fields } = factsOf(t);
  const used = Object.entries({ ...fields, ...argument }).filter(([, value]) => value !== 0 && value !== "0");
  const group: [string, number][] = t.group === 0 ? [] : [["group", t.group]];
  const asks = linesOf(t, names, triggers).join("\n");
  return [["seq", t.seq], ...group, ["asks", asks], ["actor", names.program(t.actor)], ...used];
}

/** Groups of several rows: places of the first and the last one in the list. */
export function groupsIn(transitions: readonly Transition[]): { group: number; first: number; last: number }[] {
  const groups: { group: number; first: number; last: number }[] = [];
  transitions.forEach(({ group }, i) => {
    const open = groups.at(-1);
    if (group === 0) return;
    if (open?.group === group) open.last = i;
    else groups.push({ group, first: i, last: i });
  });
  return groups;
}
