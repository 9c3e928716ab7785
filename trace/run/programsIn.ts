/** What the text of a trace tells of programs: which ones it makes, and which are open. No state is needed for that. */
import { address } from "../layout.ts";
import type { TimeMap } from "../state/timeMap.ts";
import { chunksOf } from "./traceFile.ts";
import { parseLine, type TraceRecord } from "./traceLines.ts";

const LINE_BREAK = 0x0a;

/** A part of a trace file: whole lines. */
export interface TraceBytes {
  /** Bytes before it, and up to its end. */
  readonly start: number;
  readonly bytes: number;
}

const WHOLE: TraceBytes = { start: 0, bytes: Number.POSITIVE_INFINITY };

/** The records that make programs. @throws InvalidInputError if such a line is none of a trace */
export function creationsIn(path: string, place: TraceBytes): TraceRecord[] {
  return [...recordsWith(path, ["CreateProgram"], place)];
}

/**
 * Numbers of the programs that have no key at the end of a trace file, in order. A header is read of those of the
 * genesis alone: in a long run, reading one of each program takes minutes.
 * @param map the state at the end
 */
export function openProgramsIn(path: string, map: Pick<TimeMap, "cell" | "programs">): number[] {
  const isOpen = new Map<number, boolean>();
  for (const { effect, actor, peer, argument } of recordsWith(path, ["CreateProgram", "RotateAuthority"])) {
    const program = effect === "CreateProgram" ? peer : actor;
    if (effect === "CreateProgram" || isOpen.has(program)) isOpen.set(program, argument.authority === 0n);
  }
  const first = Array.from({ length: map.programs() - isOpen.size }, (_, i) => i + 1).filter((program) => {
    const header = map.cell(address(program, 0));
    return header.type === "program" && header.authority === 0n;
  });
  return [...first, ...[...isOpen].flatMap(([program, open]) => (open ? [program] : []))];
}

/**
 * The records of some effects, found without reading the others.
 * @throws InvalidInputError if such a line is none of a trace
 */
export function* recordsWith(
  path: string,
  effects: readonly string[],
  { start, bytes }: TraceBytes = WHOLE,
): Generator<TraceRecord> {
  const marks = effects.map((effect) => Buffer.from(`"effect":"${effect}"`));
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of chunksOf(path, start, bytes)) {
    const data = Buffer.concat([rest, chunk]);
    const end = data.lastIndexOf(LINE_BREAK) + 1;
    const places = marks.flatMap((mark) => [...placesOf(mark, data.subarray(0, end))]).sort((a, b) => a - b);
    for (const at of places) {
      const line = data.toString("utf8", data.lastIndexOf(LINE_BREAK, at) + 1, data.indexOf(LINE_BREAK, at));
      // A trigger's rows have effects, too.
      if (!line.startsWith('{"seq":')) continue;
      const parsed = parseLine("trace.jsonl", line);
      if ("record" in parsed) yield parsed.record;
    }
    rest = data.subarray(end);
  }
}

function* placesOf(mark: Buffer, data: Buffer): Generator<number> {
  for (let at = data.indexOf(mark); at >= 0; at = data.indexOf(mark, at + mark.length)) yield at;
}
