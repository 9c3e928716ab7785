/** The files of the built page, in memory: a few hundred kilobytes, each packed once and found by its content. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, gzip, constants as zlib } from "node:zlib";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import type { Packing } from "./packing.ts";

/** A file of the page. */
export interface PageFile {
  /** Its path in the page's folder, with `/`. */
  readonly name: string;
  readonly type: string;
  /** A hash of its content, in quotes. */
  readonly etag: string;
  /** Whether its name changes with its content. */
  readonly lasting: boolean;
  readonly content: Buffer;
  packed(packing: Packing): Promise<Buffer>;
}

/** The files by name. */
export type Page = ReadonlyMap<string, PageFile>;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".txt": "text/plain; charset=utf-8",
};
const ENTRY = "index.html";
/** Built once, read often. */
const QUALITY = 9;

/** The folder of the page in an installed package; undefined in a clone, which builds it when it is asked for. */
export function packagePage(): string | undefined {
  if (existsSync(join(PROJECT_ROOT, "web", "vite.config.ts"))) return undefined;
  const folder = join(PROJECT_ROOT, "dist", "web");
  return existsSync(join(folder, ENTRY)) ? folder : undefined;
}

/** @throws EnvironmentError if there is no page in the folder */
export async function readPage(folder: string): Promise<Page> {
  const files = new Map<string, PageFile>();
  try {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(join(folder, sep).length).replaceAll(sep, "/");
      files.set(name, pageFile(name, await readFile(path)));
    }
  } catch (error) {
    if (!hasCode(error, "ENOENT", "ENOTDIR")) throw error;
  }
  if (!files.has(ENTRY)) throw new EnvironmentError("page", `${folder} has no page; install the package again`);
  return files;
}

function pageFile(name: string, content: Buffer): PageFile {
  const packed = new Map<Packing, Promise<Buffer>>();
  return {
    ...{ name, content, type: TYPES[extname(name)] ?? "application/octet-stream" },
    etag: `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`,
    lasting: name.startsWith("assets/"),
    packed(packing) {
      const known = packed.get(packing) ?? pack(content, packing);
      packed.set(packing, known);
      return known;
    },
  };
}

async function pack(content: Buffer, packing: Packing): Promise<Buffer> {
  if (packing === "gzip") return await promisify(gzip)(content, { level: QUALITY });
  const params = { [zlib.BROTLI_PARAM_QUALITY]: QUALITY, [zlib.BROTLI_PARAM_SIZE_HINT]: content.length };
  return await promisify(brotliCompress)(content, { params });
}
