/**
 * Files that appear whole or not at all. The content is written under another name in the same folder, is on disk
 * before it gets its name, and gets it in one step. So a reader finds the old content or the new, never a part, even
 * after a crash of the process or the machine. The folder is not flushed: after a power failure the old content may be
 * back. A process killed at work can leave a file whose name ends in `.PID-HEX`, which nothing reads.
 */
import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** How a file is written. */
export interface Writing {
  /** Whether it may replace a file of that name; true by default. If not, the system's error is EEXIST. */
  readonly replace?: boolean;
  /** Its mode; by default what the user's mask allows. */
  readonly mode?: number;
  /** Sees the empty file before its content is written, and may throw. */
  readonly check?: (file: number) => void;
}

/** Writes a file. A failure leaves the old one. @throws any error of the system */
export function writeWhole(
  path: string,
  content: string | Uint8Array,
  { replace = true, mode = 0o666, check }: Writing = {},
): void {
  const temporary = besides(path);
  try {
    const file = openSync(temporary, "wx", mode);
    try {
      check?.(file);
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    // Unlike a rename, a link never replaces an existing file.
    (replace ? renameSync : linkSync)(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/**
 * Has a file written by others, who get another name for it. The old content stays meanwhile, so the new one may be
 * made from it.
 * @param unwritable the error to throw if the folder cannot hold the file, from the system's
 * @throws any error that `write` throws
 */
export async function haveWrittenWhole<T>(
  path: string,
  write: (file: string) => Promise<T>,
  unwritable: (cause: unknown) => Error,
): Promise<T> {
  const temporary = besides(path);
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (cause) {
      throw unwritable(cause);
    }
  };
  attempt(() => writeFileSync(temporary, "", { flag: "wx" }));
  try {
    const result = await write(temporary);
    attempt(() => {
      flush(temporary);
      renameSync(temporary, path);
    });
    return result;
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** A new name beside another: no other process and no other thread makes the same. */
export function besides(path: string): string {
  return `${path}.${process.pid}-${randomBytes(6).toString("hex")}`;
}

function flush(path: string): void {
  const file = openSync(path, "r+");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
