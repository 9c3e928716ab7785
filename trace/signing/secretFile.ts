/** Files that hold a secret: for their owner's eyes only. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import { failedSurroundings } from "../run/systemErrors.ts";

/** A file with a secret that must not be used as it is. */
export class KeyFileError extends InvalidInputError {}

/** Bits of a file's mode that let others than its owner do something with it. */
export const OTHERS = 0o077;

/**
 * The text of a file that holds a secret.
 * @param what the file should be: what a message tells to name
 * @param most bytes that such a file has
 * @throws KeyFileError if it is not there, is readable by others, or is longer
 * @throws EnvironmentError if the system does not let it be read
 */
export function readSecretFile(path: string, what: string, most: number): string {
  const unreadable = (cause: unknown): Error => {
    const reason = failedSurroundings(cause);
    if (reason !== undefined) return new EnvironmentError("disk", `${path}: ${reason}`, { cause });
    return new KeyFileError(path, `cannot be read; name ${what}`, { cause });
  };
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (cause) {
    throw unreadable(cause);
  }
  try {
    // Of the open file, not of the name: that could mean another one by now.
    const found = fstatSync(file);
    // What others may do in a folder is nothing to change for this.
    if (found.isDirectory()) throw new KeyFileError(path, `is a folder; name ${what}`);
    if ((found.mode & OTHERS) !== 0) {
      throw new KeyFileError(
        path,
        `others may use it; say chmod 600 ${path}, and take another secret if they may have read it`,
      );
    }
    // Not to its end: it may be a pipe, or a device that has none.
    const bytes = Buffer.alloc(most + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length < bytes.length; length += read) {
      read = readSync(file, bytes, length, bytes.length - length, null);
    }
    if (length > most) throw new KeyFileError(path, `is too long to be ${what}`);
    return bytes.toString("utf8", 0, length);
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    throw unreadable(cause);
  } finally {
    closeSync(file);
  }
}
