/**
 * The container that `.r1cs`, `.wtns`, `.zkey` and `.ptau` share: four letters, u32 version, u32 number of sections, then sections of
 * u32 id, u64 length, data. Everything is little-endian. Only the table of sections is read here, never the whole file.
 */
import { type FileHandle, open } from "node:fs/promises";
import { FormatError } from "./errors.ts";

/** Where a section's data begins in the file, and its length, both in bytes. */
export interface Section {
  readonly offset: number;
  readonly size: number;
}

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

  /** @throws FormatError if it is not such a file, or cut short. */
  static async open(path: string, magic: "r1cs" | "wtns" | "zkey" | "ptau"): Promise<BinFile> {
    const handle = await open(path, "r").catch((cause: unknown) => {
      throw new FormatError("UNREADABLE", `${path} cannot be read: name a .${magic} file`, { cause });
    });
    try {
      const { size } = await handle.stat();
      const head = await readExactly(handle, path, 0, Math.min(12, size));
      if (head.length < 12 || head.toString("latin1", 0, 4) !== magic) {
        throw new FormatError("NOT_A_CONTAINER", `${path} is not a .${magic} file: make it again`);
      }
      const sections = new Map<number, Section>();
      let at = 12;
      for (let left = head.readUInt32LE(8); left > 0; left--) {
        const entry = await readExactly(handle, path, at, 12);
        const length = Number(entry.readBigUInt64LE(4));
        if (at + 12 + length > size) throw tooShort(path);
        sections.set(entry.readUInt32LE(0), { offset: at + 12, size: length });
        at += 12 + length;
      }
      return new BinFile(path, handle, sections);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  section(id: number): Section {
    const section = this.sections.get(id);
    if (section === undefined) {
      throw new FormatError("NO_SECTION", `${this.path} has no section ${id}: make the file again`);
    }
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
