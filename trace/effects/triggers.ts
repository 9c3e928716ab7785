/**
 * The effects of watches' triggers. A watch keeps only a digest. The trace holds the rows behind it beside the row that
 * set the watch, so the owner can read them before signing and others can apply them.
 */
import { triggerDigest } from "../machine/group.ts";
import type { Row } from "../machine/transition.ts";

/** The rows behind a digest; undefined if unknown. */
export type TriggerRows = (digest: bigint) => readonly Row[] | undefined;

/** A digest and its rows. */
export interface Trigger {
  digest: bigint;
  rows: readonly Row[];
}

/** Digest of a trigger that applies nothing. */
export const NOTHING = triggerDigest([]);

/** Looks triggers up among the known ones and the empty one. */
export function lookUp(known: ReadonlyMap<bigint, readonly Row[]>): TriggerRows {
  return (digest) => (digest === NOTHING ? [] : known.get(digest));
}

/** The triggers that were found before. A map of them by their digests is one. */
export interface FoundTriggers {
  has(digest: bigint): boolean;
  set(digest: bigint, rows: readonly Row[]): unknown;
}

/**
 * The triggers that rows set, with the triggers set within them, inner ones first, each once. Unknown triggers and the
 * empty one are left out.
 */
export function triggersOf(
  rows: readonly Row[],
  known: TriggerRows,
  found: FoundTriggers = new Map<bigint, readonly Row[]>(),
): Trigger[] {
  const triggers: Trigger[] = [];
  for (const { effect, argument } of rows) {
    const digest = argument.trigger;
    if (effect !== "WatchResource" || digest === undefined || digest === NOTHING || found.has(digest)) continue;
    const applied = known(digest);
    if (applied === undefined) continue;
    found.set(digest, applied);
    triggers.push(...triggersOf(applied, known, found), { digest, rows: applied });
  }
  return triggers;
}
