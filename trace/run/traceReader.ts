/**
 * Reads a trace: whole groups only. The remains of a crash at the very end (a line without its line break, an
 * unfinished group) are cut off and reported. Any other deviation from the written form is an error.
 */
import { TextDecoder } from "node:util";
import { type Trigger, triggersOf } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Row } from "../machine/transition.ts";
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
  /** Transitions of an unfinished group that were cut off. */
  cut: number;
}

const LINE_BREAK = 0x0a;

/**
 * Reads a trace.
 * @throws InvalidInputError naming line and field
 */
export function parseTrace(data: Uint8Array): Trace {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let start = 0;
  let number = 0;
  let header: TraceHeader | undefined;
  const groups = new Grouping();
  while (start < data.length) {
    const end = data.indexOf(LINE_BREAK, start);
    if (end < 0) break;
    const where = `line ${++number}`;
    const text = decode(decoder, where, data.subarray(start, end));
    if (header === undefined) header = parseHeader(where, text);
    else {
      const line = parseLine(where, text);
      if ("record" in line) groups.add(where, line.record, start);
      else if ("trigger" in line) groups.announce(where, line.trigger, start);
      else groups.close(where, line.checkpoint);
    }
    start = end + 1;
  }
  if (header === undefined)
    throw new InvalidInputError("line 1", "is missing or torn, so nothing was recorded; begin the trace anew");
  const cut = groups.cut();
  return {
    header,
    records: groups.records,
    checkpoints: groups.checkpoints,
    triggers: groups.triggers,
    torn: start < data.length || cut !== undefined,
    bytes: cut?.start ?? start,
    cut: cut?.rows ?? 0,
  };
}

function decode(decoder: TextDecoder, where: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new InvalidInputError(where, "is not UTF-8; restore it from a copy", { cause: error });
  }
}

/** Combines records into groups. A group of several rows is whole once a checkpoint follows it. */
class Grouping {
  readonly records: TraceRecord[] = [];
  readonly checkpoints: Checkpoint[] = [];
  readonly triggers = new Map<bigint, readonly Row[]>();
  /** Start of the trigger lines for the next group. */
  #announced: { start: number; digests: bigint[] } | undefined;
  /** The open group: its first seq, and its start in the file. */
  #open: { first: number; start: number; digests: readonly bigint[] } | undefined;

  announce(where: string, { digest, rows }: Trigger, start: number): void {
    if (this.#open !== undefined)
      throw new InvalidInputError(`${where} trigger`, `stands within group ${this.#open.first}, not before it`);
    if (this.triggers.has(digest)) throw new InvalidInputError(`${where} trigger`, "stands in the trace already");
    this.triggers.set(digest, rows);
    this.#announced ??= { start, digests: [] };
    this.#announced.digests.push(digest);
  }

  add(where: string, record: TraceRecord, start: number): void {
    const { seq, group } = record;
    const next = this.records.length + 1;
    if (seq !== next) throw new InvalidInputError(`${where} seq`, `is ${seq}, but transition ${next} comes here`);
    if (this.#open !== undefined) {
      const { first } = this.#open;
      if (group !== first)
        throw new InvalidInputError(`${where} group`, `is ${group}, but group ${first} is not closed by a checkpoint`);
    } else if (group === seq) {
      this.#open = { first: seq, start: this.#announced?.start ?? start, digests: this.#announced?.digests ?? [] };
      this.#announced = undefined;
    } else if (group !== 0) {
      throw new InvalidInputError(`${where} group`, `is ${group}, but no such group is open`);
    }
    this.records.push(record);
    if (this.#announced === undefined) return;
    this.#requireSet(where, this.#announced.digests, [record]);
    this.#announced = undefined;
  }

  close(where: string, checkpoint: Checkpoint): void {
    const last = this.records.length;
    if (checkpoint.checkpoint !== last) {
      throw new InvalidInputError(
        `${where} checkpoint`,
        `is ${checkpoint.checkpoint}, but transition ${last} came before it`,
      );
    }
    if (this.#open?.first === last)
      throw new InvalidInputError(`${where} checkpoint`, `cuts group ${last} short: it has one row only`);
    if (this.#open !== undefined) this.#requireSet(where, this.#open.digests, this.records.slice(this.#open.first - 1));
    this.#open = undefined;
    this.checkpoints.push(checkpoint);
  }

  /** Every trigger before a group must be set by the group, or by one of these triggers. */
  #requireSet(where: string, digests: readonly bigint[], group: readonly Row[]): void {
    const set = new Set(triggersOf(group, (digest) => this.triggers.get(digest)).map(({ digest }) => digest));
    const stray = digests.find((digest) => !set.has(digest));
    if (stray !== undefined)
      throw new InvalidInputError(`${where} trigger`, `the group does not set trigger ${stray} that stands before it`);
  }

  /** Removes the open group, with the triggers that it would have set. */
  cut(): { start: number; rows: number } | undefined {
    const unfinished = this.#open ?? this.#announced;
    if (unfinished === undefined) return undefined;
    for (const digest of unfinished.digests) this.triggers.delete(digest);
    const rows = this.#open === undefined ? 0 : this.records.splice(this.#open.first - 1).length;
    return { start: unfinished.start, rows };
  }
}
