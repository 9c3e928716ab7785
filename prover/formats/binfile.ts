/**
 * The container that `.r1cs`, `.wtns`, `.zkey` and `.ptau` share: four letters, u32 version, u32 number of sections,
 * then sections of u32 id, u64 length, data. Everything is little-endian. Only the table of sections is read here,
 * never the whole file.
 */

import { type FileHandle, open } from "node:fs/promises";
import { count } from "../../trace/describe/count.ts";
import { FormatError } from "../errors.ts";

/** Where a section's data begins in the file, and its length, both in bytes. */
export interface Section {
  readonly offset: number;
  readonly size: number;
}

/** The version of each sort of file, its required sections, and its optional ones. */
const CONTAINERS = {
  r1cs: { version: 1, must: [1, 2], may: [3] },
  wtns: { version: 2, must: [1, 2], may: [] },
  zkey: { version: 1, must: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], may: [] },
  // Each use states the sections it needs: a file that is not prepared lacks the last ones.
  ptau: { version: 1, must: [1], may: [2, 3, 4, 5, 6, 7, 12, 13, 14, 15] },
} as const;

/** The sorts of container, by their four letters. */
export type Magic = keyof typeof CONTAINERS;

/** An open container. Close it. */
export class BinFile {
  readonly path: string;
  readonly sections: ReadonlyMap<number, Section>;
  readonly #handle: FileHandle;

  private constructor(path: string, handle: FileHandle, sections: Map<number, Section>) {
    this.path = path;
    this.#handle = handle;
    this.sections = sections;
  }

  /**
   * Opens a file that has every required section once and nothing unknown, so that all readers read the same.
   * @throws FormatError UNREADABLE, NOT_A_CONTAINER, OTHER_VERSION, CUT_SHORT, SECTION_TWICE, SECTION_UNKNOWN,
   *   NO_SECTION, BYTES_BEHIND
   */
  static async open(path: string, magic: Magic): Promise<BinFile> {
    const unreadable = (cause?: unknown): FormatError =>
      new FormatError("UNREADABLE", `${path} cannot be read: name a .${magic} file`, { cause });
    const handle = await open(path, "r").catch((cause: unknown) => {
      throw unreadable(cause);
    });
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw unreadable();
      return new BinFile(path, handle, await readTable(handle, path, magic, stat.size));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  section(id: number): Section {
    const section = this.sections.get(id);
    if (section === undefined) throw noSection(this.path, id);
    return section;
  }

  /** Bytes `from`..`from + size` of a section; all of it by default. */
  async read(id: number, from = 0, size = this.section(id).size - from): Promise<Buffer> {
    const section = this.section(id);
    if (from + size > section.size) throw tooShort(this.path);
    return await readExactly(this.#handle, this.path, section.offset + from, size);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** The positions of the sections. */
async function readTable(handle: FileHandle, path: string, magic: Magic, size: number): Promise<Map<number, Section>> {
  const { version, must, may } = CONTAINERS[magic];
  const head = await readExactly(handle, path, 0, Math.min(12, size));
  if (head.length < 12 || head.toString("latin1", 0, 4) !== magic) {
    throw new FormatError("NOT_A_CONTAINER", `${path} is not a .${magic} file: make it again`);
  }
  const found = head.readUInt32LE(4);
  if (found !== version) {
    throw new FormatError("OTHER_VERSION", `${path} is of version ${found}, not ${version}: make it again`);
  }
  const sections = new Map<number, Section>();
  let at = 12;
  for (let left = head.readUInt32LE(8); left > 0; left--) {
    const entry = await readExactly(handle, path, at, 12);
    const [id, length] = [entry.readUInt32LE(0), Number(entry.readBigUInt64LE(4))];
    if (at + 12 + length > size) throw tooShort(path);
    if (sections.has(id)) {
      throw new FormatError("SECTION_TWICE", `${path} has section ${id} twice: get the file again, or make it again`);
    }
    if (![...must, ...may].some((known) => known === id)) {
      throw new FormatError(
        "SECTION_UNKNOWN",
        `${path} has a section ${id}, which no .${magic} file has: make it again`,
      );
    }
    sections.set(id, { offset: at + 12, size: length });
    at += 12 + length;
  }
  if (at !== size) {
    throw new FormatError(
      "BYTES_BEHIND",
      `${path} has ${count(size - at, "byte")} behind its last section: make it again`,
    );
  }
  const missing = must.find((id) => !sections.has(id));
  if (missing !== undefined) throw noSection(path, missing);
  return sections;
}

function noSection(path: string, id: number): FormatError {
  return new FormatError("NO_SECTION", `${path} has no section ${id}: make the file again`);
}

async function readExactly(handle: FileHandle, path: string, position: number, size: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(size);
  let done = 0;
  while (done < size) {
    // One read is limited to 2 GiB − 1 by the operating system.
    const length = Math.min(size - done, 1 << 30);
    const { bytesRead } = await handle.read(buffer, done, length, position + done);
    if (bytesRead === 0) throw tooShort(path);
    done += bytesRead;
  }
  return buffer;
}

function tooShort(path: string): FormatError {
  return new FormatError("CUT_SHORT", `${path} ends too early: make the file again`);
}

/** A little-endian unsigned integer of `size` bytes, a multiple of 8. */
export function readInteger(bytes: Buffer, offset: number, size: number): bigint {
  let value = 0n;
  for (let at = size - 8; at >= 0; at -= 8) value = (value << 64n) | bytes.readBigUInt64LE(offset + at);
  return value;
}

/** The 32 little-endian bytes of a value below 2^256. */
export function integerBytes(value: bigint): Buffer {
  const bytes = Buffer.alloc(32);
  for (let word = 0; word < 4; word++)
    bytes.writeBigUInt64LE((value >> BigInt(64 * word)) & 0xffffffffffffffffn, 8 * word);
  return bytes;
}
