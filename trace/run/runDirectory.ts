/** A run directory: `genesis.json`, `trace.jsonl` and `manifest.json`. */
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { EnvironmentError, InvalidInputError } from "../errors.ts";
import type { Genesis } from "../state/genesis.ts";
import { parseGenesis, writeGenesis } from "./genesisFile.ts";
import { emptyManifest, type Manifest, parseManifest, writeManifest } from "./manifest.ts";
import { failedSurroundings, systemCode } from "./systemErrors.ts";
import type { TraceHeader } from "./traceLines.ts";
import { parseTrace, type Trace } from "./traceReader.ts";
import { writeWhole } from "./wholeFile.ts";

/** Names of the files of a run directory. */
export const FILES = { genesis: "genesis.json", trace: "trace.jsonl", manifest: "manifest.json" } as const;

/** Path of one of the files. */
export function pathIn(dir: string, file: keyof typeof FILES): string {
  return join(dir, FILES[file]);
}

/** The content of a run directory. */
export interface Run {
  genesis: Genesis;
  trace: Trace;
  /** Empty if the file is missing: names are optional. */
  manifest: Manifest;
}

/**
 * Reads a run directory.
 * @throws InvalidInputError naming file and field
 */
export function readRun(dir: string): Run {
  const genesis = readGenesis(dir);
  const trace = parseTrace(bytesAt(pathIn(dir, "trace")));
  const manifest = readManifest(dir, trace.header.profiles);
  requireProfiles(trace.header, manifest);
  return { genesis, trace, manifest };
}

/** Reads the genesis of a run directory. @throws InvalidInputError naming the field */
export function readGenesis(dir: string): Genesis {
  return parseGenesis(textAt(pathIn(dir, "genesis")));
}

/**
 * Reads the manifest of a run directory.
 * @param profiles for the empty one, if the file is missing
 * @throws InvalidInputError naming the field
 */
export function readManifest(dir: string, profiles: readonly string[] = []): Manifest {
  const path = pathIn(dir, "manifest");
  return existsSync(path) ? parseManifest(textAt(path)) : emptyManifest("", profiles);
}

/** @throws InvalidInputError if trace and manifest name other profiles */
export function requireProfiles({ profiles }: TraceHeader, manifest: Manifest): void {
  if (JSON.stringify(profiles) === JSON.stringify(manifest.profiles)) return;
  throw new InvalidInputError("line 1 profiles", "are not those of manifest.json; restore the one that was changed");
}

/**
 * Makes the directory and writes its genesis.
 * @throws InvalidInputError if it holds a run already, or is a file
 * @throws EnvironmentError if it cannot be written
 */
export function createRun(dir: string, genesis: Genesis): void {
  const text = writeGenesis(genesis);
  makeRunFolder(dir);
  try {
    writeWhole(pathIn(dir, "genesis"), text, { replace: false });
  } catch (error) {
    if (systemCode(error) === "EEXIST") {
      throw new InvalidInputError(dir, "holds a run already; choose another directory or remove it", { cause: error });
    }
    throw unwritable(dir, error);
  }
}

/**
 * Makes the directory of a run, if it does not exist.
 * @throws InvalidInputError if it is a file
 * @throws EnvironmentError if it cannot be made
 */
export function makeRunFolder(dir: string): void {
  try {
    makeFolder(dir);
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw unwritable(dir, error);
    throw new InvalidInputError(dir, "is no directory; name another one", { cause: error });
  }
}

/**
 * The error for a file or folder that cannot be written.
 * @param next what to do where the system gives no reason of its own
 */
export function unwritable(path: string, cause: unknown, next = "name another directory"): EnvironmentError {
  const reason = failedSurroundings(cause) ?? next;
  return new EnvironmentError("disk", `${path} cannot be written: ${reason}`, { cause });
}

/**
 * Makes a folder and its missing parents. In a folder that allows none to be made (`/proc`), Node's recursive mkdir
 * would try forever.
 * @throws any error of the system; EEXIST if something else has that name
 */
export function makeFolder(path: string): void {
  const above = dirname(path);
  if (!existsSync(above) && above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // It exists already, or another process made it meanwhile.
    if (systemCode(error) !== "EEXIST" || !statSync(path).isDirectory()) throw error;
  }
}

/**
 * Writes the manifest, whole or not at all: it also holds the map's place on a chain.
 * @throws EnvironmentError if it cannot be written; the old manifest stays
 */
export function saveManifest(dir: string, manifest: Manifest): void {
  const path = pathIn(dir, "manifest");
  try {
    writeWhole(path, writeManifest(manifest));
  } catch (error) {
    throw unwritable(path, error, "free some space, or make the folder writable");
  }
}

/** A file to read: its size limit, and the name for errors. */
interface WantedFile {
  readonly most?: number;
  readonly what?: string;
}

function bytesAt(
  path: string,
  { most = Number.POSITIVE_INFINITY, what = "a run directory" }: WantedFile = {},
): Uint8Array {
  try {
    // Checked before reading: pipes and some devices never end.
    const found = statSync(path);
    if (found.isFile() && found.size > most) {
      throw new InvalidInputError(path, `has ${found.size} bytes, more than the ${most} that such a file may have`);
    }
    if (found.isFile()) return readFileSync(path);
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    const reason = failedSurroundings(error);
    if (reason !== undefined) throw new EnvironmentError("disk", `${path}: ${reason}`, { cause: error });
    throw new InvalidInputError(path, `cannot be read; name ${what}`, { cause: error });
  }
  throw new InvalidInputError(path, "is not a file; restore it from a copy");
}

/** Bytes at the end of a trace that usually contain its last whole line. */
const TAIL = 65_536;

/**
 * The number of the last transition in a trace file, by its last whole line with a number. The rest is not read, so the
 * result is only a hint.
 * @returns 0 if there is none, or no such file
 */
export function lastSeqIn(path: string): number {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    return 0;
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL));
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length);
    const told = bytes.toString("latin1", 0, length).matchAll(/^\{"(?:seq|checkpoint)":([0-9]{1,10}),.*\n/gm);
    return Number([...told].at(-1)?.[1] ?? 0);
  } catch {
    return 0;
  } finally {
    closeSync(file);
  }
}

/**
 * A file of a run, or another wanted file, as text.
 * @throws InvalidInputError if it is not a file, is too large, cannot be read, or is not UTF-8
 */
export function textAt(path: string, wanted?: WantedFile): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytesAt(path, wanted));
  } catch (error) {
    if (error instanceof InvalidInputError) throw error;
    throw new InvalidInputError(path, "is not UTF-8; restore it from a copy", { cause: error });
  }
}
