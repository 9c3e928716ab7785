/** A folder of files that each have one text: bundles, signatures. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../trace/errors.ts";

/** A file as found on disk: its name, and either what it says or why it says nothing. */
export type Found<T> =
  | { readonly name: string; readonly value: T }
  | { readonly name: string; readonly error: InvalidInputError };

/**
 * Every file of a folder, in the order of their names; none if there is no folder. Files that end otherwise than in `.json` are what an
 * interrupted write leaves behind.
 * @param parse reads a text, given the file's name
 * @param called what messages call a file of that name
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
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new EnvironmentError("disk", `${folder} cannot be read`, { cause: error });
  }
  return await Promise.all(
    names.map(async (name) => {
      try {
        return { name, value: parse(name, decode(called(name), await readFile(join(folder, name)))) };
      } catch (error) {
        if (error instanceof InvalidInputError) return { name, error };
        throw new EnvironmentError("disk", `${join(folder, name)} cannot be read`, { cause: error });
      }
    }),
  );
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidInputError(name, "is not UTF-8; restore it from a copy", { cause: error });
  }
}
