/**
 * The known batches of a long run, packed into one text with one mark: tens of thousands of rows with a mark each take
 * most of a start. It is made from the rows, and removed with the first change of one of them (see storeFile.ts).
 */

import { createHash } from "node:crypto";
import type { Store } from "./store.ts";
import { DamagedStoreError } from "./storeErrors.ts";

/** Known batches, packed. */
export interface PackedBatches {
  /** All known batches that begin up to this transition are in it. */
  readonly upTo: number;
  /** Most bytes of the trace up to the end of one of them. */
  readonly bytes: number;
  /** In the order of their first transitions, in the form that the prover gave them. */
  readonly text: string;
}

const markOfPacked = (store: Store, { upTo, bytes, text }: PackedBatches): Buffer =>
  store.mark("packed", upTo, bytes, createHash("sha256").update(text).digest());

/**
 * The packed batches. None if this installation did not pack them, or if the trace ends before one of them now: then
 * the rows tell.
 */
export function packedBatches(store: Store): PackedBatches | undefined {
  const row = store.file.one("SELECT upTo, bytes, text, mark FROM packed");
  if (row === undefined) return undefined;
  const { upTo, bytes, text, mark } = row;
  if (typeof upTo !== "number" || typeof bytes !== "number" || typeof text !== "string") return undefined;
  if (bytes > store.top.bytes || !(mark instanceof Uint8Array)) return undefined;
  const packed = { upTo, bytes, text };
  return markOfPacked(store, packed).equals(mark) ? packed : undefined;
}

/** Keeps packed batches instead of those of before, if the store may be written. The caller holds the run's lock. */
export function keepPacked(store: Store, packed: PackedBatches): void {
  const { upTo, bytes, text } = packed;
  try {
    store.file.together(() => {
      store.file.run("DELETE FROM packed");
      store.file.run("INSERT INTO packed VALUES (?, ?, ?, ?)", upTo, bytes, text, markOfPacked(store, packed));
    });
  } catch (error) {
    // A full disk, for example. The rows are there.
    if (!(error instanceof DamagedStoreError)) throw error;
  }
}
