/** Why a watch fired: the change of its slot that its check found. */
import { sentenceOf } from "../../../trace/describe/sentence.ts";
import { COLUMNS, type Transition } from "../../../trace/machine/transition.ts";
import type { RunHistory, WatchReport } from "../../../trace/query/index.ts";
import { unpackCell, type Words } from "../../../trace/state/cells.ts";
import type { Teller } from "./told.ts";

export interface Firing {
  /** The check that fired it. */
  readonly seq: number;
  /** The transition that changed the slot. */
  readonly change: number;
  /** It as a sentence. */
  readonly sentence: string;
  /** What lay in the slot before and after; null for nothing. */
  readonly before: string | null;
  readonly after: string | null;
}

/** Null if it did not fire. */
export function firingOf(
  { transitions, names }: RunHistory,
  { fired, target }: WatchReport,
  teller: Teller,
): Firing | null {
  if (fired === null) return null;
  const change = changeBefore(transitions, fired, target.address);
  if (change === undefined) return null;
  const opened = COLUMNS.map((column) => change.columns[column]).find(({ address }) => address === target.address);
  if (opened === undefined) return null;
  const told = (words: Words): string | null => {
    const cell = unpackCell(words);
    return cell.type === "resource" ? teller.amount(cell.quantity, cell.kind) : null;
  };
  const [before, after] = [told(opened.before), told(opened.after)];
  return { seq: fired, change: change.seq, sentence: sentenceOf(change, names), before, after };
}

/** The last transition before the check that opened the slot and is no check itself. */
function changeBefore(transitions: readonly Transition[], fired: number, address: number): Transition | undefined {
  for (let i = fired - 2; i >= 0; i--) {
    const t = transitions[i];
    if (t === undefined || t.effect === "Check") continue;
    if (t.columns.S.address === address || t.columns.D.address === address) return t;
  }
  return undefined;
}
