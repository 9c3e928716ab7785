/** A trace file, read in pieces: it may be larger than the memory. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import { failedSurroundings } from "./systemErrors.ts";

/** Bytes that are read at once. */
const CHUNK = 1 << 20;
/** A checkpoint line has fewer bytes. */
const LONGEST_CHECKPOINT = 128;

/**
 * The bytes of a trace file, in order.
 * @param from the place of the first one
 * @param end the place after the last one, if the file is not read to its end
 * @throws InvalidInputError if it is not a file; EnvironmentError if it cannot be read
 */
export function* chunksOf(path: string, from = 0, end = Number.POSITIVE_INFINITY): Generator<Uint8Array> {
  const file = opened(path);
  try {
    for (let at = from; ; ) {
      const chunk = Buffer.alloc(CHUNK);
      const length = readSync(file, chunk, 0, Math.max(0, Math.min(CHUNK, end - at)), at);
      if (length === 0) return;
      at += length;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The transition of the last checkpoint in a trace file, without reading what is before it; 0 if there is none.
 * @throws InvalidInputError if it is not a file; EnvironmentError if it cannot be read
 */
export function lastCheckpointIn(path: string): number {
  const file = opened(path);
  try {
    for (let end = fstatSync(file).size; end > 0; ) {
      const start = Math.max(0, end - CHUNK);
      const bytes = Buffer.alloc(end - start);
      readSync(file, bytes, 0, bytes.length, start);
      const told = bytes.toString("latin1").matchAll(/^\{"checkpoint":([0-9]{1,10}),"root":"[0-9]{1,78}"\}\n/gm);
      const last = [...told].at(-1)?.[1];
      if (last !== undefined) return Number(last);
      // A checkpoint may lie across the border.
      end = start === 0 ? 0 : start + LONGEST_CHECKPOINT;
    }
    return 0;
  } finally {
    closeSync(file);
  }
}

function opened(path: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    const reason = failedSurroundings(error);
    if (reason !== undefined) throw new EnvironmentError("disk", `${path}: ${reason}`, { cause: error });
    throw new InvalidInputError(path, "cannot be read; name a run directory", { cause: error });
  }
  if (fstatSync(file).isFile()) return file;
  closeSync(file);
  throw new InvalidInputError(path, "is not a file; restore it from a copy");
}
