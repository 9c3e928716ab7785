/** Writing a trace: whole groups, each on disk before the next begins. */
import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { type TriggerRows, triggersOf } from "../effects/triggers.ts";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import type { Row, Transition } from "../machine/transition.ts";
import { checkpointLine, headerLine, recordLine, recordOf, type TraceHeader, triggerLine } from "./traceLines.ts";
import { parseTrace, type Trace } from "./traceReader.ts";

/** Most transitions between two checkpoints. A group of several rows has one after it in any case. */
export const CHECKPOINT_EVERY = 256;

/** Appends groups to a trace file. */
export class TraceWriter {
  readonly #file: number;
  #seq: number;
  #checkpoint: number;
  /** Triggers that the trace already holds. */
  readonly #triggers: Map<bigint, readonly Row[]>;
  /** Why writing has stopped: part of a line may be on disk, and more text would complete it to a wrong one. */
  #failure: EnvironmentError | undefined;

  private constructor(file: number, seq: number, checkpoint: number, triggers: Trace["triggers"] = new Map()) {
    this.#file = file;
    this.#seq = seq;
    this.#checkpoint = checkpoint;
    this.#triggers = new Map(triggers);
  }

  /**
   * Begins a trace.
   * @throws InvalidInputError if the file exists already
   * @throws EnvironmentError if it cannot be written
   */
  static create(path: string, header: TraceHeader): TraceWriter {
    const file = attempt(path, () => openSync(path, "wx"));
    const writer = new TraceWriter(file, 0, 0);
    writer.#write(`${headerLine(header)}\n`);
    return writer;
  }

  /**
   * Opens a trace to append to it. An unfinished end left by a crash is cut off first.
   * @returns the writer, and the trace as it stands
   * @throws InvalidInputError if the trace is damaged elsewhere
   */
  static open(path: string): { writer: TraceWriter; trace: Trace } {
    const file = attempt(path, () => openSync(path, "r+"));
    try {
      const trace = parseTrace(readFileSync(file));
      ftruncateSync(file, trace.bytes);
      fsyncSync(file);
      closeSync(file);
      const checkpoint = trace.checkpoints.at(-1)?.checkpoint ?? 0;
      return { writer: new TraceWriter(openSync(path, "a"), trace.records.length, checkpoint, trace.triggers), trace };
    } catch (error) {
      try {
        closeSync(file);
      } catch {
        // It may be closed already. The earlier error is the one to report.
      }
      throw error;
    }
  }

  /**
   * Appends a group and waits until it is on disk.
   * @param root the state's root after the group; called only if a checkpoint is due
   * @param triggers the rows behind the digests of the watches that the group sets; they are written before it
   */
  append(group: readonly Transition[], root: () => bigint, triggers: TriggerRows): void {
    const [first] = group;
    if (first === undefined || first.seq !== this.#seq + 1) {
      throw new InvalidInputError(
        "seq",
        `the group begins with ${first?.seq ?? "nothing"}, but transition ${this.#seq + 1} comes next`,
      );
    }
    const lines = triggersOf(group, triggers, this.#triggers).map(triggerLine);
    lines.push(...group.map((t) => recordLine(recordOf(t))));
    this.#seq += group.length;
    // A group of several rows is whole only if the checkpoint after it exists.
    if (group.length > 1 || this.#seq >= this.#checkpoint + CHECKPOINT_EVERY) lines.push(this.#mark(root()));
    this.#write(`${lines.join("\n")}\n`);
  }

  /** Ends the trace with a checkpoint, unless it ends with one or a group could not be written, and closes the file. */
  close(root: () => bigint): void {
    try {
      if (this.#failure === undefined && this.#checkpoint < this.#seq) this.#write(`${this.#mark(root())}\n`);
    } finally {
      closeSync(this.#file);
    }
  }

  #mark(root: bigint): string {
    this.#checkpoint = this.#seq;
    return checkpointLine({ checkpoint: this.#seq, root });
  }

  #write(text: string): void {
    if (this.#failure !== undefined) throw this.#failure;
    const bytes = Buffer.from(text, "utf8");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
      fsyncSync(this.#file);
    } catch (error) {
      this.#failure = new EnvironmentError("disk", "the trace cannot be written; free some space and open it again", {
        cause: error,
      });
      throw this.#failure;
    }
  }
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
