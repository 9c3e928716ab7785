/** Reads a text file line by line, so that a long file needs little memory. */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../errors.ts";
import { failedSurroundings } from "../run/systemErrors.ts";

const CHUNK = 1 << 20;
/** Most bytes of one line. */
const LONGEST_LINE = 1 << 28;

/** A line, and whether a line break ends it. */
export interface Line {
  text: string;
  whole: boolean;
}

/**
 * The lines of a file, without their line breaks. Only the last one can lack a line break.
 * @throws InvalidInputError if the file is not UTF-8, or has an endless line
 * @throws EnvironmentError if it cannot be read
 */
export function* linesAt(path: string): Generator<Line> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = (bytes: Buffer): string => {
    try {
      return decoder.decode(bytes);
    } catch (cause) {
      throw new InvalidInputError(path, "is not UTF-8; restore it from a copy", { cause });
    }
  };
  let file: number | undefined;
  try {
    // Checked before reading: pipes and some devices never end.
    if (!statSync(path).isFile()) throw new InvalidInputError(path, "is not a file; restore it from a copy");
    file = openSync(path, "r");
    let rest: Buffer[] = [];
    let length = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const read = readSync(file, chunk, 0, CHUNK, null);
      if (read === 0) break;
      let from = 0;
      for (let end = chunk.indexOf(10); end >= 0 && end < read; end = chunk.indexOf(10, from)) {
        yield { text: text(Buffer.concat([...rest, chunk.subarray(from, end)])), whole: true };
        [rest, length, from] = [[], 0, end + 1];
      }
      if (from < read) rest.push(chunk.subarray(from, read));
      length += read - from;
      if (length > LONGEST_LINE) throw new InvalidInputError(path, "has an endless line; restore it from a copy");
    }
    // A torn line may end within a character.
    if (length > 0) yield { text: Buffer.concat(rest).toString("utf8"), whole: false };
  } catch (error) {
    if (error instanceof TimeBanditsError) throw error;
    const reason = failedSurroundings(error);
    if (reason !== undefined) throw new EnvironmentError("disk", `${path}: ${reason}`, { cause: error });
    throw new InvalidInputError(path, "cannot be read; restore it from a copy", { cause: error });
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
