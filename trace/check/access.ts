/**
 * How a transition touches the memory slots that it opens. Headers are left out: every transition that involves a
 * program opens its header.
 */

import { CELL, SEQ_OFFSET, slotOf } from "../layout.ts";
import type { Opened, Transition } from "../machine/transition.ts";
import { unpackCell, type Words } from "../state/cells.ts";

/**
 * `deposit`: into an empty slot; `take`: the slot is empty afterwards; `modify`: its content is replaced or changed;
 * `read`: its content is used and stays; `watch`: a watch on it was set or removed.
 */
export type AccessKind = "deposit" | "take" | "modify" | "read" | "watch";

export interface Access {
  address: number;
  kind: AccessKind;
}

/** Bits of a cell's first word that describe its content: neither seq nor the watches on the slot. */
const CONTENT = ((1n << SEQ_OFFSET) - 1n) & ~(15n << 3n);
const EMPTY = BigInt(CELL.empty);

/**
 * The accesses of a row. A Check follows from the change before it, so it counts only if it fires, as a change of the
 * watch.
 */
export function accessesOf(t: Transition): Access[] {
  const { S, D, X } = t.columns;
  if (t.effect === "Check") {
    return kindOf(X) === "modify" ? [{ address: X.address, kind: "modify" }] : [];
  }
  const accesses: Access[] = [];
  for (const opened of [S, D, X]) {
    if (opened.address === 0 || slotOf(opened.address) === 0) continue;
    const watching = opened === S && (t.effect === "WatchResource" || t.effect === "Unwatch");
    accesses.push({ address: opened.address, kind: watching ? "watch" : kindOf(opened) });
  }
  return accesses;
}

function kindOf({ before, after }: Opened): AccessKind {
  const [was, is] = [holdsNothing(before), holdsNothing(after)];
  if (was) return is ? "read" : "deposit";
  if (is) return "take";
  return sameContent(before, after) ? "read" : "modify";
}

function holdsNothing([w0]: Words): boolean {
  return (w0 & 7n) === EMPTY;
}

function sameContent(a: Words, b: Words): boolean {
  if (a[1] !== b[1] || a[2] !== b[2]) return false;
  if (a[0] === b[0]) return true;
  const mask = unpackCell(a).type === "resource" ? CONTENT : (1n << SEQ_OFFSET) - 1n;
  return (a[0] & mask) === (b[0] & mask);
}

/** True for accesses that change the slot's content. */
export function changes({ kind }: Access): boolean {
  return kind === "deposit" || kind === "take" || kind === "modify";
}
