/**
 * Some records of a trace file, found without reading what is before them: records lie in the order of their numbers.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { InvalidInputError } from "../errors.ts";
import { parseLine, type TraceRecord } from "./traceLines.ts";

/** Bytes that are read at once. A line may have more. */
const PIECE = 1 << 16;

/**
 * The records from one transition to another, both included.
 * @throws InvalidInputError if the trace does not hold them all
 */
export function recordsIn(path: string, firstSeq: number, lastSeq: number): TraceRecord[] {
  if (lastSeq < firstSeq) return [];
  const file = openSync(path, "r");
  try {
    const records: TraceRecord[] = [];
    for (const line of linesFrom(file, placeBefore(file, firstSeq))) {
      const seq = seqOf(line);
      if (seq === undefined || seq < firstSeq) continue;
      if (seq > lastSeq) break;
      const parsed = parseLine(`transition ${seq}`, line);
      if ("record" in parsed) records.push(parsed.record);
      if (seq === lastSeq) break;
    }
    if (records.length === lastSeq - firstSeq + 1) return records;
    throw new InvalidInputError("seq", `transitions ${firstSeq} to ${lastSeq} are not all in the trace`);
  } finally {
    closeSync(file);
  }
}

/** The beginning of a line at or before the record of that number, and not far before it. */
function placeBefore(file: number, seq: number): number {
  let [low, high] = [0, fstatSync(file).size];
  while (high - low > PIECE) {
    const middle = Math.floor((low + high) / 2);
    const found = firstRecordBehind(file, middle, high);
    if (found !== undefined && found.seq <= seq) low = found.at;
    else high = middle;
  }
  return low;
}

/** The first whole record line that begins behind a place. */
function firstRecordBehind(file: number, place: number, before: number): { seq: number; at: number } | undefined {
  let at = place;
  let first = true;
  for (const line of linesFrom(file, place)) {
    const begins = at;
    at += line.length + 1;
    // The place may be within a line.
    const seq = first ? undefined : seqOf(line);
    first = false;
    if (begins >= before) return undefined;
    if (seq !== undefined) return { seq, at: begins };
  }
  return undefined;
}

function seqOf(line: string): number | undefined {
  const seq = /^\{"seq":([0-9]{1,10}),/.exec(line)?.[1];
  return seq === undefined ? undefined : Number(seq);
}

/** Whole lines from a place on, without their line breaks. */
function* linesFrom(file: number, place: number): Generator<string> {
  let rest = Buffer.alloc(0);
  for (let at = place; ; ) {
    const piece = Buffer.alloc(PIECE);
    const length = readSync(file, piece, 0, PIECE, at);
    if (length === 0) return;
    at += length;
    const data = Buffer.concat([rest, piece.subarray(0, length)]);
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      yield data.toString("latin1", start, end);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
}
