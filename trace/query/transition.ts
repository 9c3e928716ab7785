/** One transition: its cells before and after, and their previous and next transitions. */

import { InvalidInputError, inOneLine } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import { COLUMNS } from "../machine/transition.ts";
import { unpackCell } from "../state/cells.ts";
import { type CellFacts, cellFacts, differencesOf, type FieldDifference } from "./cellFacts.ts";
import { type SlotRef, slotRef, wholeNumber } from "./refs.ts";
import { type RunHistory, requireSeq } from "./runHistory.ts";
import { groupOf } from "./state.ts";

/** A cell that a transition opened. */
export interface OpenedCell {
  /** "A" header of the actor, "B" of the peer, "S" source, "D" destination, "X" authority. */
  column: (typeof COLUMNS)[number];
  slot: SlotRef;
  before: CellFacts;
  after: CellFacts;
  /** The transition's changes; empty if it only read. `first` is before, `second` after. */
  changes: FieldDifference[];
  /** The transition that last opened it before; 0 is the genesis. */
  openedBefore: number;
  /** The next one that opened it; null if none did. */
  openedNext: number | null;
}

/** One transition. */
export interface TransitionAnswer {
  transition: Transition;
  /** All transitions of the run. */
  transitions: number;
  /** First and last transition of its group; null if it is alone. */
  group: { first: number; last: number } | null;
  cells: OpenedCell[];
}

/**
 * The transition of this number.
 * @throws InvalidInputError if the run has none
 */
export function transitionAt(history: RunHistory, asked: string): TransitionAnswer {
  const { past, names } = history;
  const seq = wholeNumber(asked);
  if (seq === undefined)
    throw new InvalidInputError("transition", `${inOneLine(asked, 80)} is no number; give its seq`);
  requireSeq("transition", seq, 1, past.count);
  const transition = past.at(seq);
  if (transition === undefined) throw new Error(`there is no transition ${seq}`);
  const opened = COLUMNS.flatMap((column, i) => {
    const { address, before, after } = transition.columns[column];
    return address === 0 ? [] : [{ column, address, before, after, openedBefore: transition.parents[i] ?? 0 }];
  });
  const next = past.nextOpened(new Set(opened.map(({ address }) => address)), seq);
  return {
    transition,
    transitions: past.count,
    group: transition.group === 0 ? null : groupOf(past, transition.group),
    cells: opened.map(({ column, address, before: found, after: left, openedBefore }) => {
      const [before, after] = [cellFacts(unpackCell(found)), cellFacts(unpackCell(left))];
      const changes = differencesOf(before, after);
      return {
        ...{ column, slot: slotRef(address, names), before, after, changes, openedBefore },
        openedNext: next.get(address) ?? null,
      };
    }),
  };
}
