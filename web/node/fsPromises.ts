/** `node:fs/promises` over the folder in memory. */
import { FileError } from "./files.ts";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, type Stats, statSync } from "./fs.ts";

export async function readFile(path: string | URL, encoding?: string): Promise<Uint8Array | string> {
  return readFileSync(path, encoding);
}

export async function readdir(path: string | URL): Promise<string[]> {
  return readdirSync(path);
}

export async function stat(path: string | URL): Promise<Stats> {
  return statSync(path);
}

/** An open file, to be read. */
class Handle {
  readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  async stat(): Promise<Stats> {
    return fstatSync(this.fd);
  }

  async read(into: Uint8Array, offset: number, length: number, from: number | null): Promise<{ bytesRead: number }> {
    return { bytesRead: readSync(this.fd, into, offset, length, from) };
  }

  async close(): Promise<void> {
    closeSync(this.fd);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** @throws FileError EROFS if it is not only to be read */
export async function open(path: string | URL, flags = "r"): Promise<Handle> {
  return new Handle(openSync(path, flags));
}

async function readOnly(path: unknown): Promise<never> {
  throw new FileError("EROFS", String(path));
}

export {
  readOnly as copyFile,
  readOnly as mkdir,
  readOnly as mkdtemp,
  readOnly as rename,
  readOnly as rm,
  readOnly as writeFile,
};
