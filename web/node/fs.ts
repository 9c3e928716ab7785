/** `node:fs` over the folder in memory. Whatever writes is refused. */
import { contentOf, FileError, kindOf, namesIn } from "./files.ts";

/** An open file, and where the next read without a place begins. */
interface Opened {
  readonly content: Uint8Array;
  next: number;
}

const handles = new Map<number, Opened>();
let nextHandle = 3;

export function existsSync(path: string | URL): boolean {
  return kindOf(path) !== undefined;
}

/** The bytes, or the text if an encoding is given. */
export function readFileSync(path: string | URL, encoding?: string): Uint8Array | string {
  const content = contentOf(path);
  return encoding === undefined ? content : new TextDecoder().decode(content);
}

export function readdirSync(path: string | URL): string[] {
  return namesIn(path);
}

export function statSync(path: string | URL): Stats {
  const kind = kindOf(path);
  if (kind === undefined) throw new FileError("ENOENT", String(path));
  return new Stats(kind, kind === "file" ? contentOf(path).length : 0);
}

export function openSync(path: string | URL, flags = "r"): number {
  if (flags !== "r") readOnly(path);
  handles.set(nextHandle, { content: contentOf(path), next: 0 });
  return nextHandle++;
}

export function closeSync(handle: number): void {
  handles.delete(handle);
}

export function fstatSync(handle: number): Stats {
  return new Stats("file", open(handle).content.length);
}

/** Reads bytes into a buffer. @param from their place in the file; null: behind those that were read this way before */
export function readSync(
  handle: number,
  into: Uint8Array,
  offset: number,
  length: number,
  from: number | null,
): number {
  const file = open(handle);
  const start = from ?? file.next;
  const bytes = file.content.subarray(start, start + length);
  into.set(bytes, offset);
  if (from === null) file.next += bytes.length;
  return bytes.length;
}

/** What is asked of a file or folder. */
export class Stats {
  readonly size: number;
  readonly mtimeMs = 0;
  readonly #kind: "file" | "folder";

  constructor(kind: "file" | "folder", size: number) {
    this.#kind = kind;
    this.size = size;
  }

  isFile(): boolean {
    return this.#kind === "file";
  }

  isDirectory(): boolean {
    return this.#kind === "folder";
  }
}

function open(handle: number): Opened {
  const found = handles.get(handle);
  if (found === undefined) throw new FileError("EBADF", String(handle));
  return found;
}

function readOnly(path: unknown): never {
  throw new FileError("EROFS", String(path));
}

export {
  readOnly as createReadStream,
  readOnly as fsyncSync,
  readOnly as ftruncateSync,
  readOnly as linkSync,
  readOnly as mkdirSync,
  readOnly as renameSync,
  readOnly as rmdirSync,
  readOnly as rmSync,
  readOnly as unlinkSync,
  readOnly as utimesSync,
  readOnly as writeFileSync,
  readOnly as writeSync,
};
