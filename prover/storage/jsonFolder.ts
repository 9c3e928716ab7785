/** A folder of files with one canonical text each: bundles, signatures. */
import { existsSync, statSync } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { failedSurroundings, systemCode } from "../../trace/run/systemErrors.ts";

/** A file as found on disk: its name, and either its content or the reason why it cannot be read. */
export type Found<T> =
  | { readonly name: string; readonly value: T }
  | { readonly name: string; readonly error: InvalidInputError };

/** Files read at once. Systems limit the number of open files. */
const TOGETHER = 64;

/**
 * Every file of a folder, ordered by name; none if there is no folder. Files that do not end in `.json` are left over
 * from interrupted writes.
 * @param parse reads a text, given the file's name
 * @param called the name of a file in messages
 * @param except names of files that are left out
 * @throws InvalidInputError if it is not a folder
 * @throws EnvironmentError if something cannot be read
 */
export async function readFolder<T>(
  folder: string,
  parse: (name: string, text: string) => T,
  called: (name: string) => string = (name) => name,
  except: ReadonlySet<string> = new Set(),
): Promise<Found<T>[]> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((name) => name.endsWith(".json") && !except.has(name)).sort();
  } catch (error) {
    const code = systemCode(error);
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") {
      const above = dirname(folder);
      // The folder itself, or the run directory above it, is a file.
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
      // Checked before reading: pipes and some devices never end.
      if (!(await stat(path)).isFile()) throw new InvalidInputError(called(name), "is not a file; remove it");
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
  const reason = failedSurroundings(cause) ?? "check what it is, and remove it";
  return new EnvironmentError("disk", `${path} cannot be read: ${reason}`, { cause });
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidInputError(name, "is not UTF-8; restore it from a copy", { cause: error });
  }
}
