/**
 * An observer: a program that shows a number of another map in its own memory. It raises the number by Issue and Merge
 * and lowers it by Split and Retire, so that watches on it mean what they say. The number is as trustworthy as the key
 * of the observer, and no proof says more.
 */
import type { DelegateCapability, Single } from "../../effects/effects.ts";
import { address, DATA_LABEL, FACT_LABEL, kindOf } from "../../layout.ts";
import type { Cell } from "../../state/cells.ts";
import type { View } from "../../state/timeMap.ts";

/** The last number of a program. The label after it is for data. */
const MOST_SHOWN = DATA_LABEL - 1 - FACT_LABEL;

/** Where an observer shows a number. */
export interface ShowingWindow {
  /** The observer's program. */
  readonly program: number;
  /** The slot that others watch. It is empty while the number is 0. */
  readonly slot: number;
  /** A slot that is needed for a moment, when the number changes. */
  readonly spare: number;
  /** Which of the observer's numbers it is, from 0. */
  readonly number: number;
}

/** The kind of a number that a program shows. */
export function observedKind(program: number, number: number): bigint {
  if (!Number.isSafeInteger(number) || number < 0 || number > MOST_SHOWN)
    throw new RangeError(`${number} is not the number of something observed: they run from 0 to ${MOST_SHOWN}`);
  return kindOf(program, FACT_LABEL + number);
}

const quantityOf = (cell: Cell, kind: bigint): bigint =>
  cell.type === "resource" && cell.kind === kind && cell.escrowFrom === 0 ? cell.quantity : 0n;

/** The two cells of a window, as they are now. */
export interface WindowCells {
  readonly slot: Cell;
  readonly spare: Cell;
}

/** The cells of a window in a state. */
export function cellsOf(map: View, { program, slot, spare }: ShowingWindow): WindowCells {
  return { slot: map.cell(address(program, slot)), spare: map.cell(address(program, spare)) };
}

/** The number that a window shows. */
export function shownIn(cells: WindowCells, { program, number }: ShowingWindow): bigint {
  return quantityOf(cells.slot, observedKind(program, number));
}

/**
 * The observer's next effect on the way to a number; undefined if the window shows it, and nothing is left over. Each
 * effect is a group by itself. If the observer is interrupted between two of them, it goes on by calling this again:
 * the window shows the old number or the new one, never anything else.
 *
 * @example
 * for (let next = nextEffect(cellsOf(map, window), window, 7n); next !== undefined; ) {
 *   observer.perform(next);
 *   next = nextEffect(cellsOf(map, window), window, 7n);
 * }
 */
export function nextEffect(cells: WindowCells, window: ShowingWindow, value: bigint): Single | undefined {
  const { program, slot, spare } = window;
  const kind = observedKind(program, window.number);
  const shown = shownIn(cells, window);
  const left = quantityOf(cells.spare, kind);
  if (left > 0n) {
    // From a raise that was interrupted; else from a lowering, or from a raise to an older number.
    if (shown > 0n && shown + left === value) return { effect: "Merge", from: spare, to: slot };
    return { effect: "Retire", slot: spare };
  }
  if (shown === value) return undefined;
  if (shown === 0n) return { effect: "Issue", kind, quantity: value, slot };
  if (shown < value) return { effect: "Issue", kind, quantity: value - shown, slot: spare };
  if (value === 0n) return { effect: "Retire", slot };
  return { effect: "Split", from: slot, to: spare, part: shown - value };
}

/** Gives another program the right to watch a window. */
export function lendWatching({ program, slot }: ShowingWindow, grantee: number, own: number): DelegateCapability {
  return {
    effect: "DelegateCapability",
    ...{ slot: own, grantee, rights: ["watch"], scope: { program, slot }, subject: 0n, expiry: 0 },
  };
}
