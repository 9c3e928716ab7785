/** The list of a run's files, as a server gives it. A stranger may have written it. */
import { quoted } from "../../../trace/describe/quoted.ts";
import { isRunFile } from "../../../trace/run/runFileNames.ts";

/** A file of the list. */
export interface Listed {
  readonly name: string;
  /** Its length when the list was made. */
  readonly bytes: number;
}

/** A list. */
export interface FileList {
  readonly files: readonly Listed[];
  /** Whether the server gives several small files in one answer. */
  readonly packs: boolean;
}

/** @throws Error if it is no list, or lists what is no file of a run, or one twice */
export function listedIn(text: string): FileList {
  const names = new Set<string>();
  const { packs, files } = listOf(text);
  const listed = files.map((file: unknown) => {
    const { name, bytes } = (typeof file === "object" && file !== null ? file : {}) as Partial<Listed>;
    if (typeof name !== "string" || !Number.isSafeInteger(bytes) || (bytes as number) < 0) throw noList();
    if (!isRunFile(name)) throw new Error(`files.json lists ${quoted(name)}, which is no file of a run`);
    if (names.has(name)) throw new Error(`files.json lists ${quoted(name)} twice`);
    names.add(name);
    return { name, bytes: bytes as number };
  });
  return { files: listed, packs };
}

function listOf(text: string): { files: readonly unknown[]; packs: boolean } {
  try {
    const { schemaVersion, files, packs } = JSON.parse(text) as Record<string, unknown>;
    if (schemaVersion === 1 && Array.isArray(files)) return { files, packs: packs === true };
  } catch {
    // Said below.
  }
  throw noList();
}

function noList(): Error {
  return new Error("files.json is no list of a run's files; write the folder with explore --out");
}
