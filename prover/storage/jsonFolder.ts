/** A folder of files that each have one text: bundles, signatures. */
import { existsSync, statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { failedSurroundings, systemCode } from "../../trace/run/systemErrors.ts";

/** A file as found on disk: its name, and either what it says or why it says nothing. */
export type Found<T> =
  | { readonly name: string; readonly value: T }
  | { readonly name: string; readonly error: InvalidInputError };

/** So many files are read at once: systems limit how many may be open. */
const TOGETHER = 64;

/**
 * Every file of a folder, in the order of their names; none if there is no folder. Files that end otherwise than in
 * `.json` are what an interrupted write leaves behind.
 * @param parse reads a text, given the file's name
 * @param called what messages call a file of that name
 * @throws InvalidInputError if it is no folder
 * @throws EnvironmentError if something cannot be read
 */
export async function readFolder<T>(
  folder: string,
  parse: (name: string, text: string) => T,
  called: (name: string) => string = (name) => name,
): Promise<Found<T>[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") {
      const above = dirname(folder);
      // The file is the folder itself, or what was given for a run directory.
      if (existsSync(above) && !statSync(above).isDirectory()) {
        throw new InvalidInputError(above, "is a file; name a run directory", { cause: error });
      }
      throw new InvalidInputError(folder, "is no folder; remove it", { cause: error });
    }
    throw unreadable(folder, error);
  }
  const read = async (name: string): Promise<Found<T>> => {
    const path = join(folder, name);
    try {
      // Asked first: a pipe is never read to its end, nor are some devices.
      if (!(await stat(path)).isFile()) throw new InvalidInputError(called(name), "is no file; remove it");
      return { name, value: parse(name, decode(called(name), await readFile(path))) };
    } catch (error) {
      if (error instanceof InvalidInputError) return { name, error };
      throw unreadable(path, error);
    }
  };
  const found: Found<T>[] = [];
  for (let at = 0; at < names.length; at += TOGETHER) {
    found.push(...(await Promise.all(names.slice(at, at + TOGETHER).map(read))));
  }
  return found;
}

function unreadable(path: string, cause: unknown): EnvironmentError {
  const reason = failedSurroundings(cause) ?? "look what it is, and remove it";
  return new EnvironmentError("disk", `${path} cannot be read: ${reason}`, { cause });
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidInputError(name, "is not UTF-8; restore it from a copy", { cause: error });
  }
}
