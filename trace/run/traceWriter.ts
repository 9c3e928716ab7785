/** Writing a trace: whole groups, each on disk before the next begins, or many of them at once. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { type FoundTriggers, type TriggerRows, triggersOf } from "../effects/triggers.ts";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import { checkpointLine, headerLine, recordLine, type TraceHeader, triggerLine } from "./traceLines.ts";
import { parseTrace, type Trace } from "./traceReader.ts";

/**
 * Most transitions between two checkpoints, where groups are appended one by one. A group of several rows has one after
 * it in any case. Groups that are appended together have one after the last of them.
 */
export const CHECKPOINT_EVERY = 256;

/** Characters of text that are written together. */
const PIECE = 1 << 22;

/** The place in a trace after which it goes on, and what the trace holds before it. */
export interface TraceTail extends Pick<Trace, "bytes" | "triggers"> {
  /** Transitions before it. */
  seq: number;
  /** The last checkpoint before it; 0 if there is none. */
  checkpoint: number;
  /** Triggers before it that are not among `triggers`; none by default. */
  others?: TriggerRows;
}

/** Appends groups to a trace file. */
export class TraceWriter {
  readonly #file: number;
  #seq: number;
  /** The last one. */
  #checkpoint: number;
  /** Triggers that the trace already holds. */
  readonly #triggers: FoundTriggers;
  /** Whether what is written waits for the disk. */
  #syncs = true;
  /** Why writing has stopped: part of a line may be on disk, and more text would complete it to a wrong one. */
  #failure: EnvironmentError | undefined;

  private constructor(file: number, { seq, checkpoint, triggers, others }: Omit<TraceTail, "bytes">) {
    this.#file = file;
    this.#seq = seq;
    this.#checkpoint = checkpoint;
    const own = new Map(triggers);
    this.#triggers = {
      has: (digest) => own.has(digest) || others?.(digest) !== undefined,
      set: (digest, rows) => own.set(digest, rows),
    };
  }

  /**
   * Begins a trace.
   * @throws InvalidInputError if the file exists already
   * @throws EnvironmentError if it cannot be written
   */
  static create(path: string, header: TraceHeader): TraceWriter {
    const file = attempt(path, () => openSync(path, "wx"));
    const writer = new TraceWriter(file, { seq: 0, checkpoint: 0, triggers: new Map() });
    writer.#write([headerLine(header)]);
    return writer;
  }

  /**
   * Opens a trace to append to it. An unfinished end left by a crash is cut off first.
   * @returns the writer, and the trace as it stands
   * @throws InvalidInputError if the trace is damaged elsewhere
   */
  static open(path: string): { writer: TraceWriter; trace: Trace } {
    const trace = parseTrace(attempt(path, () => readFileSync(path)));
    const checkpoint = trace.checkpoints.at(-1)?.checkpoint ?? 0;
    return { writer: TraceWriter.after(path, { ...trace, seq: trace.records.length, checkpoint }), trace };
  }

  /**
   * Opens a trace that was read before, to append to it. What follows the place is cut off first.
   * @throws EnvironmentError if it cannot be written
   */
  static after(path: string, tail: TraceTail): TraceWriter {
    const file = attempt(path, () => openSync(path, "r+"));
    try {
      ftruncateSync(file, tail.bytes);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return new TraceWriter(
      attempt(path, () => openSync(path, "a")),
      tail,
    );
  }

  /** From now on, waits for the disk only when the trace is closed: for a file that counts once it is complete. */
  syncAtEnd(): void {
    this.#syncs = false;
  }

  /**
   * Appends a group and waits until it is on disk.
   * @param root the state's root after the group; called only if a checkpoint is due
   * @param triggers the rows behind the digests of the watches that the group sets; they are written before it
   */
  append(group: readonly Transition[], root: () => bigint, triggers: TriggerRows): void {
    const lines = this.#linesOf(group, triggers);
    // A group of several rows is whole only if something follows it.
    if (group.length > 1 || this.#seq >= this.#checkpoint + CHECKPOINT_EVERY) lines.push(this.#mark(root()));
    this.#write(lines);
  }

  /**
   * Appends several groups with one checkpoint after the last, and waits until all are on disk. After a crash meanwhile
   * some of them may be there, without the checkpoint.
   * @param root the state's root after the last group
   * @param triggers the rows behind the digests of the watches that the groups set
   */
  appendAll(groups: readonly (readonly Transition[])[], root: () => bigint, triggers: TriggerRows): void {
    if (groups.length === 0) return;
    let next = this.#seq;
    for (const group of groups) {
      requireNext(group, next);
      next += group.length;
    }
    // Before anything counts as written: it may throw, where the state is read from a store.
    const after = root();
    const lines: string[] = [];
    for (const group of groups) for (const line of this.#linesOf(group, triggers)) lines.push(line);
    lines.push(this.#mark(after));
    this.#write(lines);
  }

  /** The lines of the next group. */
  #linesOf(group: readonly Transition[], triggers: TriggerRows): string[] {
    requireNext(group, this.#seq);
    const lines = triggersOf(group, triggers, this.#triggers).map(triggerLine);
    for (const transition of group) lines.push(recordLine(transition));
    this.#seq += group.length;
    return lines;
  }

  /** Writes a checkpoint, unless the trace ends with one. */
  checkpoint(root: () => bigint): void {
    if (this.#checkpoint < this.#seq) this.#write([this.#mark(root())]);
  }

  /** Ends the trace with a checkpoint, unless it ends with one or a group could not be written, and closes the file. */
  close(root: () => bigint): void {
    try {
      if (this.#failure === undefined) {
        this.checkpoint(root);
        if (!this.#syncs) this.#attempt(() => fsyncSync(this.#file));
      }
    } finally {
      closeSync(this.#file);
    }
  }

  #mark(root: bigint): string {
    this.#checkpoint = this.#seq;
    return checkpointLine({ checkpoint: this.#seq, root });
  }

  #write(lines: readonly string[]): void {
    this.#attempt(() => {
      let text = "";
      for (const line of lines) {
        text += `${line}\n`;
        if (text.length < PIECE) continue;
        this.#put(text);
        text = "";
      }
      this.#put(text);
      if (this.#syncs) fsyncSync(this.#file);
    });
  }

  #attempt(work: () => void): void {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      work();
    } catch (error) {
      this.#failure = new EnvironmentError("disk", "the trace cannot be written; free some space and open it again", {
        cause: error,
      });
      throw this.#failure;
    }
  }

  #put(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
  }
}

/** @throws InvalidInputError unless the group comes after the transition `seq` */
function requireNext([first]: readonly Transition[], seq: number): void {
  if (first?.seq === seq + 1) return;
  throw new InvalidInputError(
    "seq",
    `the group begins with ${first?.seq ?? "nothing"}, but transition ${seq + 1} comes next`,
  );
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST")
      throw new InvalidInputError(path, "exists already; choose another directory or remove it", { cause: error });
    if (code === "ENOENT")
      throw new InvalidInputError(path, "does not exist; name a directory that holds a trace", { cause: error });
    throw new EnvironmentError("disk", `${path} cannot be opened`, { cause: error });
  }
}
