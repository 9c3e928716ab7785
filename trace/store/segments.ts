/** The segments of a store: pieces of the trace, with the place and the state behind each. */
import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { checkpointLine } from "../run/traceLines.ts";
import { wordBytes, wordFrom } from "./bytes.ts";
import { markOf } from "./installation.ts";
import { DamagedStoreError } from "./storeErrors.ts";
import { type StoreFile, VERSIONED } from "./storeFile.ts";

/** A segment of the trace, and the state behind it. The first ends before the first transition. */
export interface Segment {
  /** Its first transition and its last; both 0 for the first segment, which is the header. */
  readonly first: number;
  readonly last: number;
  /** Time of the last transition; 0 if there is none. */
  readonly at: number;
  /** Bytes of the trace before it, and up to its end, which is the end of a checkpoint line. */
  readonly start: number;
  readonly bytes: number;
  /** Root behind it, as the checkpoint says. */
  readonly root: bigint;
  readonly programs: number;
  /** Triggers of the trace up to its end. */
  readonly triggers: number;
  /** SHA-256 of its bytes. */
  readonly sha256: Uint8Array;
}

/** Whose store it is: what every mark in it covers. */
export interface Identity {
  readonly secret: Uint8Array;
  /** SHA-256 of `genesis.json`, in hexadecimal, and the bounds in it. */
  readonly genesis: string;
  readonly levels: number;
  readonly watches: number;
  readonly moored: boolean;
}

const COLUMNS = "last, first, at, start, bytes, root, programs, triggers, sha256, mark";

const markOfSegment = ({ secret, genesis, levels, watches, moored }: Identity, segment: Segment): Buffer => {
  const { first, last, at, start, bytes, root, programs, triggers, sha256 } = segment;
  const facts = [first, last, at, start, bytes, root, programs, triggers, sha256];
  return markOf(secret, "segment", genesis, levels, watches, Number(moored), ...facts);
};

/** The segments that end at or before a transition, the last one first. @throws DamagedStoreError if one has no mark */
export function* segmentsBack(file: StoreFile, identity: Identity, upTo = Number.MAX_SAFE_INTEGER): Generator<Segment> {
  for (const row of file.all(`SELECT ${COLUMNS} FROM segments WHERE last <= ? ORDER BY last DESC`, upTo)) {
    const { root, sha256, mark } = row;
    const whole = (name: string): number => {
      const value = row[name];
      if (typeof value !== "number") throw new DamagedStoreError(`a segment's ${name} is no number`);
      return value;
    };
    const segment: Segment = {
      ...{ first: whole("first"), last: whole("last"), at: whole("at"), start: whole("start"), bytes: whole("bytes") },
      ...{ root: wordFrom(root), programs: whole("programs"), triggers: whole("triggers") },
      sha256: sha256 instanceof Uint8Array ? sha256 : new Uint8Array(),
    };
    if (!(mark instanceof Uint8Array) || !markOfSegment(identity, segment).equals(mark))
      throw new DamagedStoreError(`the segment that ends with transition ${segment.last} is not what was stored here`);
    yield segment;
  }
}

/** Writes a segment. */
export function putSegment(file: StoreFile, identity: Identity, segment: Segment): void {
  const { first, last, at, start, bytes, root, programs, triggers, sha256 } = segment;
  file.run(
    `INSERT INTO segments (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[last, first, at, start, bytes, wordBytes(root), programs, triggers, sha256, markOfSegment(identity, segment)],
  );
}

/** Removes what is behind a transition. */
export function cutSegments(file: StoreFile, seq: number): void {
  file.together(() => {
    file.run("DELETE FROM segments WHERE last > ?", seq);
    file.run("DELETE FROM batches WHERE last > ?", seq);
    if (file.hasSums) file.run("DELETE FROM sums WHERE seq > ?", seq);
    for (const table of VERSIONED) file.run(`DELETE FROM ${table} WHERE seq > ?`, seq);
  });
}

/** Whether the trace in an open file still has the checkpoint with which the segment ends. */
export function endsAt(trace: number, { last, bytes, root, start }: Segment): boolean {
  if (last === 0) return true;
  const line = Buffer.from(`\n${checkpointLine({ checkpoint: last, root })}\n`);
  if (bytes - line.length < start - 1) return false;
  const found = Buffer.alloc(line.length);
  return readSync(trace, found, 0, line.length, bytes - line.length) === line.length && found.equals(line);
}

/** SHA-256 of a part of a file. */
export function hashPart(path: string, start: number, end: number): Buffer {
  const file = openSync(path, "r");
  try {
    const hash = createHash("sha256");
    const chunk = Buffer.alloc(Math.min(1 << 20, Math.max(1, end - start)));
    for (let at = start; at < end; ) {
      const length = readSync(file, chunk, 0, Math.min(chunk.length, end - at), at);
      if (length === 0) break;
      hash.update(chunk.subarray(0, length));
      at += length;
    }
    return hash.digest();
  } finally {
    closeSync(file);
  }
}
