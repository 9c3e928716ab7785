/**
 * What the triggers of watches will do. A watch keeps only a digest; the rows behind it stand in the trace beside the
 * row that set the watch, so that its owner can read what it signs, and others can apply it.
 */
import { triggerDigest } from "../machine/group.ts";
import type { Row } from "../machine/transition.ts";

/** The rows behind a digest; undefined where they are not known. */
export type TriggerRows = (digest: bigint) => readonly Row[] | undefined;

/** A digest and its rows. */
export interface Trigger {
  digest: bigint;
  rows: readonly Row[];
}

/** Digest of a trigger that applies nothing. */
export const NOTHING = triggerDigest([]);

/** Looks triggers up in what is known, and knows the one that applies nothing. */
export function lookUp(known: ReadonlyMap<bigint, readonly Row[]>): TriggerRows {
  return (digest) => (digest === NOTHING ? [] : known.get(digest));
}

/**
 * The triggers that rows set, with those that these set in turn, inner ones first, each once. What is not known is left
 * out, and so is the trigger that applies nothing.
 */
export function triggersOf(
  rows: readonly Row[],
  known: TriggerRows,
  found = new Map<bigint, readonly Row[]>(),
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
