/** The journal of a run directory: lines are appended, and the file is written anew once most of them are replaced. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { EnvironmentError } from "../../trace/errors.ts";
import { failedSurroundings, hasCode } from "../../trace/run/systemErrors.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { type JournalLine, journalHeader, journalText, parseJournal } from "./journalLines.ts";

export const JOURNAL_FILE = "journal.jsonl";

/** Lines after which it is looked whether most are replaced. */
const LEAST = 1_000;

/** The lines of a run's journal; undefined if it has none. @throws InvalidInputError if it is damaged */
export function readJournal(dir: string): JournalLine[] | undefined {
  const path = join(dir, JOURNAL_FILE);
  return existsSync(path) ? onDisk(dir, () => parseJournal(readFileSync(path, "utf8"))) : undefined;
}

/** A journal, open for appending. */
export class Journal implements Disposable {
  readonly #dir: string;
  readonly #onStep: (step: string) => void;
  #file: number | undefined;
  /** Lines in the file, and those that were in it when it was written whole. */
  #lines = 0;
  #whole = 0;

  constructor(dir: string, onStep: (step: string) => void) {
    this.#dir = dir;
    this.#onStep = onStep;
  }

  /** Whether the file has grown so much that writing it anew pays. */
  get long(): boolean {
    return this.#lines > LEAST + 4 * this.#whole;
  }

  /** Appends lines and waits until they are on disk. @throws EnvironmentError; the journal must be opened again then */
  append(lines: readonly JournalLine[]): void {
    if (lines.length === 0) return;
    const text = Buffer.from(lines.map(journalText).join(""), "utf8");
    onDisk(this.#dir, () => {
      this.#onStep("journal");
      this.#file ??= openSync(join(this.#dir, JOURNAL_FILE), "a");
      for (let at = 0; at < text.length; ) at += writeSync(this.#file, text, at);
      fsyncSync(this.#file);
    });
    this.#lines += lines.length;
  }

  /** Writes the whole file anew: the old one stays until the new one is on disk. @throws EnvironmentError */
  rewrite(lines: readonly JournalLine[]): void {
    onDisk(this.#dir, () => {
      this.#onStep("whole journal");
      writeWhole(join(this.#dir, JOURNAL_FILE), wholeJournal(lines));
      flushFolder(this.#dir);
    });
    this[Symbol.dispose]();
    this.#lines = lines.length;
    this.#whole = lines.length;
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

/** The text of a journal with these lines. */
export function wholeJournal(lines: readonly JournalLine[]): string {
  return journalHeader() + lines.map(journalText).join("");
}

/** Waits until the names in a folder are on disk. Where a folder cannot be opened, the system does it by itself. */
export function flushFolder(dir: string): void {
  let folder: number;
  try {
    folder = openSync(dir, "r");
  } catch {
    return;
  }
  try {
    fsyncSync(folder);
  } catch (error) {
    if (!hasCode(error, "EPERM", "EINVAL", "EISDIR", "EBADF")) throw error;
  } finally {
    closeSync(folder);
  }
}

/** @throws EnvironmentError if the disk refuses */
export function onDisk<T>(dir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && "syscall" in error)) throw error;
    const reason = failedSurroundings(error) ?? "make it writable";
    throw new EnvironmentError("disk", `${dir} cannot be written: ${reason}; nothing was accepted, so send it again`, {
      cause: error,
    });
  }
}
