/** The differences of two runs: in genesis, transitions and end states. */
import { factsOf } from "../machine/rowFacts.ts";
import type { Transition } from "../machine/transition.ts";
import { recordLine, recordOf } from "../run/traceLines.ts";
import { type Genesis, mapOf, watchesOf } from "../state/genesis.ts";
import { type CellFacts, differencesOf, type FieldDifference } from "./cellFacts.ts";
import { type CellDifference, type StateDifference, stateDifference } from "./diffState.ts";
import type { RunHistory } from "./runHistory.ts";

/** The difference of two transitions with one number. */
export interface TransitionDifference {
  seq: number;
  first: Transition;
  second: Transition;
  /** Field by field; those of the argument as `argument.trigger`. */
  fields: FieldDifference[];
}

/** The difference of two runs. `first` and `second` are always the two runs, in the given order. */
export interface RunDifference {
  same: boolean;
  /** The genesis of both. Roots are decimal texts. */
  genesis: {
    same: boolean;
    firstRoot: string;
    secondRoot: string;
    /** Levels of the tree, and watches per slot. */
    fields: FieldDifference[];
    cells: CellDifference[];
  };
  transitions: {
    first: number;
    second: number;
    /** Number of equal transitions at the beginning. */
    common: number;
    /** The run that the other one continues: all its transitions are the other's first ones. */
    prefix: "first" | "second" | null;
    /** The first two that differ; null if there are none. */
    differs: TransitionDifference | null;
  };
  end: StateDifference;
}

/**
 * Compares two replayed runs. Names, notes and checkpoints are left out: no proof covers them, or they follow from the
 * rest.
 */
export function differenceOf(first: RunHistory, second: RunHistory): RunDifference {
  const genesis = genesisDifference(first.genesis, second.genesis);
  const [a, b] = [first.transitions, second.transitions];
  const shorter = Math.min(a.length, b.length);
  let common = 0;
  while (common < shorter && sameRecord(a[common], b[common])) common++;
  const [p, q] = [a[common], b[common]];
  const differs = p === undefined || q === undefined ? null : transitionDifference(p, q);
  const same = genesis.same && differs === null && a.length === b.length;
  const continued = genesis.same && differs === null && !same;
  return {
    same,
    genesis,
    transitions: {
      ...{ first: a.length, second: b.length, common, differs },
      prefix: continued ? (a.length < b.length ? "first" : "second") : null,
    },
    end: stateDifference(first.end, second.end),
  };
}

/** Compares rows as the trace writes them: everything else follows from these fields. */
function sameRecord(a: Transition | undefined, b: Transition | undefined): boolean {
  return a !== undefined && b !== undefined && recordLine(recordOf(a)) === recordLine(recordOf(b));
}

function transitionDifference(first: Transition, second: Transition): TransitionDifference {
  return { seq: first.seq, first, second, fields: differencesOf(recordFacts(first), recordFacts(second)) };
}

function recordFacts(t: Transition): CellFacts {
  const { argument, ...row } = factsOf(t);
  const facts: CellFacts = { group: t.group, at: t.at, ...row };
  for (const [name, value] of Object.entries(argument)) facts[`argument.${name}`] = value;
  return { ...facts, clock: t.clock, parents: t.parents.join(" ") };
}

function genesisDifference(first: Genesis, second: Genesis): RunDifference["genesis"] {
  const [a, b] = [mapOf(first), mapOf(second)];
  const { firstRoot, secondRoot, programs, resources, capabilities, entries, watches } = stateDifference(a, b);
  const fields = differencesOf(
    { levels: first.levels, watches: watchesOf(first) },
    { levels: second.levels, watches: watchesOf(second) },
  );
  const cells = [...programs, ...resources, ...capabilities, ...entries, ...watches];
  return { same: fields.length === 0 && firstRoot === secondRoot, firstRoot, secondRoot, fields, cells };
}
