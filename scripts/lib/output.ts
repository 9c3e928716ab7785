/** A verb's result: one JSON object, or lines for people. Both go to stdout; progress and errors go to stderr. */

import { failedSurroundings } from "../../trace/run/systemErrors.ts";

export { count, plural } from "../../trace/describe/count.ts";
/**
 * Version of every JSON object that a command prints, and of every JSON file with a command's findings. It grows when a
 * member changes its meaning or is removed. New members do not change it.
 */
export const SCHEMA_VERSION = 1;

/** The result of a verb. */
export interface Done {
  /** False if the verb finished and its answer is no, such as a proof that is not valid. */
  ok?: boolean;
  /** For `--json`. A bigint becomes a decimal text. */
  facts: Readonly<Record<string, unknown>>;
  /** For people. */
  lines: Iterable<string>;
  /** The verb has printed its result already: it goes on after that, as a server does. */
  printed?: boolean;
}

/** The message for a run without transitions. */
export const EMPTY = "the trace has no transitions, so there are no batches";

/** One line of JSON; a bigint becomes a decimal text. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === "bigint" ? member.toString() : member));
}

/** The text of a JSON file: the version first, then the facts. */
export function jsonFile(facts: object): string {
  return `${JSON.stringify(JSON.parse(toJson({ schemaVersion: SCHEMA_VERSION, ...facts })), null, 2)}\n`;
}

/** Characters that are written together. */
const PIECE = 1 << 20;

/** Prints a result, piece by piece: a long one is never one text in memory. */
export function printDone(done: Done, json: boolean): void {
  let text = "";
  const put = (part: string): void => {
    text += part;
    if (text.length < PIECE) return;
    process.stdout.write(text);
    text = "";
  };
  if (json)
    for (const part of jsonParts({ schemaVersion: SCHEMA_VERSION, ok: done.ok ?? true, ...done.facts })) put(part);
  else for (const line of done.lines) put(`${line}\n`);
  if (json) put("\n");
  if (text !== "") process.stdout.write(text);
}

/** Elements of a list from which on it is written one by one. */
const LONG = 1_000;

/** The same text as {@link toJson} gives, in parts. */
export function* jsonParts(facts: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{";
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    before = ",";
    if (!Array.isArray(value) || value.length < LONG) {
      yield toJson(value);
      continue;
    }
    let mark = "[";
    for (const element of value) {
      yield `${mark}${toJson(element)}`;
      mark = ",";
    }
    yield "]";
  }
  yield before === "{" ? "{}" : "}";
}

/** Names and values in two columns. */
export function pairs(rows: readonly (readonly [string, unknown])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
}

/** A table; every column but the first is flush right. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd(),
  );
}

/** Seconds for people, with one or two decimals. */
export function seconds(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/**
 * Ends the program without an error when the reader of its output closes the pipe (`| head`). Any other write error is
 * reported.
 */
export function endWhenNobodyReads(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      const reason = failedSurroundings(error) ?? error.message;
      // The failed stream cannot carry the message. If it is stderr, no stream can.
      if (stream === process.stdout) process.stderr.write(`timebandits: the output cannot be written: ${reason}\n`);
      process.exit(3);
    });
  }
}
