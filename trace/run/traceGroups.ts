/**
 * Combines the lines of a trace into whole groups. A group of several rows is whole once something follows it: a
 * checkpoint, or the first line of the next group.
 */
import { type Trigger, type TriggerRows, triggersOf } from "../effects/triggers.ts";
import { InvalidInputError } from "../errors.ts";
import type { Row } from "../machine/transition.ts";
import type { Checkpoint, TraceRecord } from "./traceLines.ts";

/** A whole group, and the bytes of the trace up to the end of its last record. */
export interface WholeGroup {
  group: TraceRecord[];
  bytes: number;
}

/** A group whose end was not read yet. */
interface OpenGroup extends WholeGroup {
  first: number;
  digests: readonly bigint[];
}

/** A place in a trace at which it can end. The lines before it are whole groups also without those after it. */
export interface SafeEnd {
  /** Transitions before it. */
  seq: number;
  /** Bytes before it. */
  bytes: number;
}

/** Where reading goes on in a trace, and what is known of the part before it. */
export interface Continuation extends SafeEnd {
  /** Lines before it, for messages; 0 if that is not known. */
  lines?: number;
  /** The rows behind the triggers that stand before it. */
  earlier?: TriggerRows;
}

/** Combines records into groups. */
export class Grouping {
  /** The rows behind the digests of triggers. */
  readonly triggers = new Map<bigint, readonly Row[]>();
  /** Number of the last record. */
  #last: number;
  /** Digests of the trigger lines for the next group. */
  #announced: bigint[] = [];
  #open: OpenGroup | undefined;
  #safe: SafeEnd;
  /** Digests of the trigger lines since then. */
  #unsafe: bigint[] = [];
  /** Of triggers that stand before the first group. */
  readonly #earlier: TriggerRows;

  /**
   * @param bytes of the lines before the first group
   * @param seq number of the last transition before it
   * @param earlier the rows behind triggers that stand before it
   */
  constructor(bytes: number, seq = 0, earlier: TriggerRows = () => undefined) {
    this.#last = seq;
    this.#safe = { seq, bytes };
    this.#earlier = earlier;
  }

  /** Takes a trigger line. @returns the group that it closes, if one was open */
  announce(where: string, { digest, rows }: Trigger): WholeGroup | undefined {
    if (this.#open?.first === this.#last)
      throw new InvalidInputError(`${where} trigger`, `stands within group ${this.#last}, not before it`);
    const closed = this.#close(where);
    if (this.#rowsOf(digest) !== undefined)
      throw new InvalidInputError(`${where} trigger`, "stands in the trace already");
    this.triggers.set(digest, rows);
    this.#announced.push(digest);
    this.#unsafe.push(digest);
    return closed;
  }

  /** Takes a record. @returns the groups that are whole now: one that it closes, and the record if it stands alone */
  add(where: string, record: TraceRecord, bytes: number): WholeGroup[] {
    const { seq, group } = record;
    const next = this.#last + 1;
    if (seq !== next) throw new InvalidInputError(`${where} seq`, `is ${seq}, but transition ${next} comes here`);
    const open = this.#open;
    if (open !== undefined && group === open.first) {
      open.group.push(record);
      open.bytes = bytes;
      this.#last = seq;
      return [];
    }
    if (open?.first === this.#last)
      throw new InvalidInputError(`${where} group`, `is ${group}, but group ${open.first} has one row only`);
    if (group !== 0 && group !== seq)
      throw new InvalidInputError(`${where} group`, `is ${group}, but no such group is open`);
    const closed = this.#close(where);
    const whole = closed === undefined ? [] : [closed];
    this.#last = seq;
    const digests = this.#announced;
    this.#announced = [];
    if (group === seq) {
      this.#open = { first: seq, digests, group: [record], bytes };
      return whole;
    }
    this.#requireSet(where, digests, [record]);
    this.#endHere(bytes);
    return [...whole, { group: [record], bytes }];
  }

  /** Takes a checkpoint. @returns the group that it closes, if one was open */
  mark(where: string, { checkpoint }: Checkpoint, bytes: number): WholeGroup | undefined {
    const last = this.#last;
    if (checkpoint !== last) {
      throw new InvalidInputError(`${where} checkpoint`, `is ${checkpoint}, but transition ${last} came before it`);
    }
    if (this.#open?.first === last)
      throw new InvalidInputError(`${where} checkpoint`, `cuts group ${last} short: it has one row only`);
    const closed = this.#close(where);
    if (this.#announced.length === 0) this.#endHere(bytes);
    return closed;
  }

  #close(where: string): WholeGroup | undefined {
    const open = this.#open;
    if (open === undefined) return undefined;
    this.#requireSet(where, open.digests, open.group);
    this.#open = undefined;
    return { group: open.group, bytes: open.bytes };
  }

  #rowsOf(digest: bigint): readonly Row[] | undefined {
    return this.triggers.get(digest) ?? this.#earlier(digest);
  }

  #endHere(bytes: number): void {
    this.#safe = { seq: this.#last, bytes };
    this.#unsafe = [];
  }

  /** Every trigger before a group must be set by the group, or by one of these triggers. */
  #requireSet(where: string, digests: readonly bigint[], group: readonly Row[]): void {
    if (digests.length === 0) return;
    const set = new Set(triggersOf(group, (digest) => this.#rowsOf(digest)).map(({ digest }) => digest));
    const stray = digests.find((digest) => !set.has(digest));
    if (stray !== undefined)
      throw new InvalidInputError(`${where} trigger`, `the group does not set trigger ${stray} that stands before it`);
  }

  /**
   * Cuts off what follows the last safe end, with the triggers that it would have set.
   * @returns the safe end, and the number of transitions cut off
   */
  cut(): SafeEnd & { cut: number } {
    for (const digest of this.#unsafe) this.triggers.delete(digest);
    return { ...this.#safe, cut: this.#last - this.#safe.seq };
  }
}
