/**
 * Batches whose bundles this installation has compared with the trace, and maybe verified. A reader who knows a bundle
 * need not read it again. `verify` and `audit` ask nobody: they verify every proof.
 */
import type { Segment } from "./segments.ts";
import { hashPart } from "./segments.ts";
import type { Store } from "./store.ts";
import type { StoreFile } from "./storeFile.ts";

/** A batch, and what is known of its bundle. */
export interface KnownBatch {
  /** Name of the bundle's file. */
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Bytes of the trace before the batch's first group, and up to the end of its last. */
  readonly start: number;
  readonly bytes: number;
  /** What the prover tells itself, as a text. */
  readonly facts: string;
}

interface Row extends KnownBatch {
  sha256: Uint8Array;
}

const COLUMNS = "first, name, last, start, bytes, sha256, facts, mark";

const markOfBatch = (store: Store, { first, name, last, start, bytes, sha256, facts }: Row): Buffer =>
  store.mark("batch", first, name, last, start, bytes, sha256, facts);

/** Remembers a batch. The caller holds the run's lock. */
export function rememberBatch(store: Store, batch: KnownBatch): void {
  const row = { ...batch, sha256: hashPart(store.trace, batch.start, batch.bytes) };
  const { first, name, last, start, bytes, sha256, facts } = row;
  store.file.run(
    `INSERT OR REPLACE INTO batches (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[first, name, last, start, bytes, sha256, facts, markOfBatch(store, row)],
  );
}

/**
 * The known batches, in the order of their first transitions, from one transition on. Those that this installation did
 * not write are left out, and so are those behind the last segment for which the trace is another now.
 */
export function* knownBatches(store: Store, from = 0): Generator<KnownBatch> {
  for (const row of rows(store.file, "first >= ? ORDER BY first", from)) {
    if (row.mark === undefined || !markOfBatch(store, row).equals(row.mark)) continue;
    if (row.bytes > store.top.bytes && !hashPart(store.trace, row.start, row.bytes).equals(row.sha256)) continue;
    const { sha256: _sha256, mark: _mark, ...batch } = row;
    yield batch;
  }
}

/** Forgets the batches that end in a new segment, and are not those of the trace: it was cut, and went on otherwise. */
export function requireBatches(store: Store, { first, last }: Segment): void {
  for (const row of [...rows(store.file, "last >= ? AND last <= ?", first, last)]) {
    if (hashPart(store.trace, row.start, row.bytes).equals(row.sha256)) continue;
    store.file.run("DELETE FROM batches WHERE first = ? AND name = ?", row.first, row.name);
  }
}

function* rows(file: StoreFile, where: string, ...values: number[]): Generator<Row & { mark: Uint8Array | undefined }> {
  for (const row of file.all(`SELECT ${COLUMNS} FROM batches WHERE ${where}`, ...values)) {
    const whole = (name: string): number => (typeof row[name] === "number" ? row[name] : 0);
    const bytes = (name: string): Uint8Array | undefined => (row[name] instanceof Uint8Array ? row[name] : undefined);
    yield {
      ...{ first: whole("first"), last: whole("last"), start: whole("start"), bytes: whole("bytes") },
      ...{ name: `${row.name}`, facts: `${row.facts}` },
      ...{ sha256: bytes("sha256") ?? new Uint8Array(), mark: bytes("mark") },
    };
  }
}
