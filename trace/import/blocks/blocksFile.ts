/**
 * `blocks.jsonl` on disk: its header, its lines from the last one back, and its shortening. None of these reads more
 * than it needs, since the file may be longer than the memory.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../errors.ts";
import { pathIn, textAt } from "../../run/runDirectory.ts";
import { removeStore } from "../../store/storeFile.ts";
import { BLOCKS_FILE, type BlockLine, type BlocksHeader, parseBlocks } from "./blockLines.ts";
import { type ChainImportOptions, requireSame } from "./importOptions.ts";

/** Bytes that are read at once. */
const CHUNK = 1 << 16;
const LINE_BREAK = 0x0a;

/**
 * The header of the import in a directory.
 * @returns null if there is no import, or not even its header is whole
 * @throws InvalidInputError if the file is none of an import
 */
export function blocksHeaderIn(dir: string): BlocksHeader | null {
  if (!existsSync(join(dir, BLOCKS_FILE))) return null;
  return opened(dir, "r", (file) => {
    let text = Buffer.alloc(0);
    for (;;) {
      const chunk = pieceAt(file, text.length, CHUNK);
      text = Buffer.concat([text, chunk]);
      const end = text.indexOf(LINE_BREAK);
      if (end >= 0) return parseBlocks(text.toString("utf8", 0, end + 1)).header;
      if (chunk.length === 0) return null;
    }
  });
}

/**
 * The lines of the blocks, from the last one back to the first.
 * @throws InvalidInputError if one of them cannot be read
 */
export function* blocksBackwards(dir: string): Generator<BlockLine> {
  const file = openSync(join(dir, BLOCKS_FILE), "r");
  try {
    let rest = Buffer.alloc(0);
    // A torn line at the end counts as little as one that was never written.
    let torn = true;
    for (let at = fstatSync(file).size; at > 0; ) {
      const from = Math.max(0, at - CHUNK);
      rest = Buffer.concat([pieceAt(file, from, at - from), rest]);
      at = from;
      for (let end = rest.lastIndexOf(LINE_BREAK); end >= 0; end = rest.lastIndexOf(LINE_BREAK)) {
        if (!torn) yield lineIn(rest.toString("utf8", end + 1));
        torn = false;
        rest = rest.subarray(0, end);
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Cuts the file, and waits until that is on disk: the trace must never be shorter than the file says. */
export function cutBlocks(dir: string, bytes: number): void {
  opened(dir, "r+", (file) => {
    if (fstatSync(file).size === bytes) return;
    ftruncateSync(file, bytes);
    fsyncSync(file);
  });
}

function opened<T>(dir: string, flags: string, work: (file: number) => T): T {
  const file = openSync(join(dir, BLOCKS_FILE), flags);
  try {
    return work(file);
  } finally {
    closeSync(file);
  }
}

/** A piece of a file; it is shorter at the end of the file. */
function pieceAt(file: number, from: number, length: number): Buffer<ArrayBuffer> {
  const piece = Buffer.alloc(length);
  return piece.subarray(0, readSync(file, piece, 0, length, from));
}

function lineIn(text: string): BlockLine {
  try {
    const line = JSON.parse(text) as BlockLine;
    if (Number.isSafeInteger(line.block) && typeof line.hash === "string") return line;
  } catch {
    // It is said below.
  }
  throw new InvalidInputError(BLOCKS_FILE, "holds a line that is no block's; import the blocks again");
}

/**
 * Reads the import in a directory, and cuts its file after the last block that stays.
 * @param last the last block that stays; by default the last one
 * @returns null if a crash left not even the header
 * @throws InvalidInputError if the file is no import's, or one with other options; if no block stays of a run with
 *   proofs
 */
export function keptBlocks(dir: string, options: ChainImportOptions, last: number | undefined) {
  const text = textAt(join(dir, BLOCKS_FILE));
  if (!text.includes("\n") && !existsSync(pathIn(dir, "genesis"))) return null;
  const { header, lines } = parseBlocks(text);
  if (lines.length > 0) requireSame(header, options);
  const kept = last === undefined ? lines : lines.filter(({ block }) => block <= last);
  const proofs = join(dir, "proofs");
  if (kept.length === 0 && existsSync(proofs) && readdirSync(proofs).length > 0) {
    throw new InvalidInputError(
      BLOCKS_FILE,
      "has no block that stays, but there are proofs of the run; nothing was changed: bring the file back, or take the " +
        "proofs away",
    );
  }
  cutBlocks(dir, bytesOfLines(text, 1 + kept.length));
  return { header, lines: kept };
}

/** The number of bytes of the first lines of a text. */
function bytesOfLines(text: string, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i++) end = text.indexOf("\n", end) + 1;
  return Buffer.byteLength(text.slice(0, end));
}

/** Removes what an import wrote before its first block was whole. */
export function removeImport(dir: string): void {
  removeStore(dir);
  for (const file of [pathIn(dir, "genesis"), pathIn(dir, "trace"), pathIn(dir, "manifest"), join(dir, BLOCKS_FILE)]) {
    if (existsSync(file)) rmSync(file);
  }
}
