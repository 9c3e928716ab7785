/** `node:fs/promises` over the folder in memory. */
import { FileError } from "./files.ts";
import { readdirSync, readFileSync, type Stats, statSync } from "./fs.ts";

export async function readFile(path: string | URL, encoding?: string): Promise<Uint8Array | string> {
  return readFileSync(path, encoding);
}

export async function readdir(path: string | URL): Promise<string[]> {
  return readdirSync(path);
}

export async function stat(path: string | URL): Promise<Stats> {
  return statSync(path);
}

async function readOnly(path: unknown): Promise<never> {
  throw new FileError("EROFS", String(path));
}

export {
  readOnly as copyFile,
  readOnly as mkdir,
  readOnly as mkdtemp,
  readOnly as open,
  readOnly as rename,
  readOnly as rm,
  readOnly as writeFile,
};
