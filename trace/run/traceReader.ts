/**
 * Reads a trace: whole groups only. The remains of a crash at the very end (a line without its line break, an
 * unfinished group) are cut off and reported. Any other deviation from the written form is an error.
 */
import { TextDecoder } from "node:util";
import type { Trigger } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Row } from "../machine/transition.ts";
import { type Continuation, Grouping } from "./traceGroups.ts";
import { type Checkpoint, parseHeader, parseLine, type TraceHeader, type TraceRecord } from "./traceLines.ts";

/** A trace as read. */
export interface Trace {
  header: TraceHeader;
  /** Records of whole groups, in order; the first has seq 1. */
  records: TraceRecord[];
  checkpoints: Checkpoint[];
  /** The rows behind the digests of triggers. */
  triggers: ReadonlyMap<bigint, readonly Row[]>;
  /** True if something was cut off at the end. */
  torn: boolean;
  /** Bytes of the trace that stay. The bytes after them were cut off. */
  bytes: number;
  /** Transitions of unfinished groups that were cut off. */
  cut: number;
}

/** A part of a trace, and the bytes up to the end of its last line. Triggers come before the group that sets them. */
export type TracePart = (
  | { header: TraceHeader }
  | { group: TraceRecord[] }
  | { trigger: Trigger }
  | { checkpoint: Checkpoint }
) & { bytes: number };

/** How a trace ends. */
export interface TraceEnd extends Pick<Trace, "triggers" | "torn" | "bytes" | "cut"> {
  /** Transitions that stay. Groups after them may have been read: nothing whole followed them. */
  seq: number;
}

const LINE_BREAK = 0x0a;

/**
 * Reads a trace.
 * @throws InvalidInputError naming line and field
 */
export function parseTrace(data: Uint8Array): Trace {
  const records: TraceRecord[] = [];
  const checkpoints: Checkpoint[] = [];
  let header: TraceHeader | undefined;
  const parts = readParts([data]);
  for (let step = parts.next(); ; step = parts.next()) {
    if (step.done === true) {
      const { seq, ...end } = step.value;
      records.length = seq;
      return { header: header as TraceHeader, records, checkpoints, ...end };
    }
    if ("group" in step.value) records.push(...step.value.group);
    else if ("checkpoint" in step.value) checkpoints.push(step.value.checkpoint);
    else if ("header" in step.value) header = step.value.header;
  }
}

/**
 * Reads a trace part by part, so that it need not fit into memory. The header comes first.
 * @param chunks the bytes of the trace, divided anywhere
 * @param after where they begin, if not with the header: behind a whole group
 * @throws InvalidInputError naming line and field
 */
export function* readParts(chunks: Iterable<Uint8Array>, after?: Continuation): Generator<TracePart, TraceEnd> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let number = after?.lines ?? 0;
  let bytes = after?.bytes ?? 0;
  let groups = after === undefined ? undefined : new Grouping(bytes, after.seq, after.earlier);
  const lines = linesOf(chunks);
  try {
    for (let step = lines.next(); ; step = lines.next()) {
      if (step.done === true) {
        if (groups === undefined)
          throw new InvalidInputError("line 1", "is missing or torn, so nothing was recorded; begin the trace anew");
        const end = groups.cut();
        return { ...end, triggers: groups.triggers, torn: end.bytes < bytes + step.value };
      }
      const where = `line ${++number}`;
      bytes += step.value.length + 1;
      const text = decode(decoder, where, step.value);
      if (groups !== undefined) {
        yield* partsOf(groups, where, text, bytes);
        continue;
      }
      yield { header: parseHeader(where, text), bytes };
      groups = new Grouping(bytes);
    }
  } finally {
    lines.return(0);
  }
}

/** What a line after the header completes, and the line itself unless it is a record. */
function partsOf(groups: Grouping, where: string, text: string, bytes: number): TracePart[] {
  const line = parseLine(where, text);
  if ("record" in line) return groups.add(where, line.record, bytes);
  const group = "trigger" in line ? groups.announce(where, line.trigger) : groups.mark(where, line.checkpoint, bytes);
  return group === undefined ? [{ ...line, bytes }] : [group, { ...line, bytes }];
}

/** The lines, without their line breaks. @returns the number of bytes after the last one */
function* linesOf(chunks: Iterable<Uint8Array>): Generator<Uint8Array, number> {
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of chunks) {
    const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = data.indexOf(LINE_BREAK, rest.length); end >= 0; end = data.indexOf(LINE_BREAK, start)) {
      yield data.subarray(start, end);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  return rest.length;
}

function decode(decoder: TextDecoder, where: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new InvalidInputError(where, "is not UTF-8; restore it from a copy", { cause: error });
  }
}
