/**
 * The bytes of the WebAssembly module. An installed package has them beside its compiled modules. From the sources they
 * are made once, in a third of a second, and kept in a folder that git ignores; the file's name is a hash of what makes
 * them, so a change makes others.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../run/wholeFile.ts";

const SOURCES = ["arithmetic", "../wasm/assembler", "constants", "image", "memory", "permutation", "tables"];
/** Written by scripts/build.ts, and only beside what it compiles. */
const BUILT = new URL("poseidon.wasm", import.meta.url);
const FOLDER = new URL("../../node_modules/.cache/timebandits/", import.meta.url);

export function moduleBytes(): Uint8Array<ArrayBuffer> {
  return read(BUILT) ?? madeOnce();
}

function madeOnce(): Uint8Array<ArrayBuffer> {
  const hash = createHash("sha256");
  for (const name of SOURCES) hash.update(readFileSync(new URL(`${name}.ts`, import.meta.url)));
  const file = new URL(`poseidon-${hash.digest("hex").slice(0, 32)}.wasm`, FOLDER);
  const kept = read(file);
  if (kept !== null) return kept;
  // Loaded only here, since it is needed once.
  const { assemble } = createRequire(import.meta.url)("./permutation.ts") as typeof import("./permutation.ts");
  const bytes = assemble();
  keep(file, bytes);
  return new Uint8Array(bytes);
}

function read(file: URL): Uint8Array<ArrayBuffer> | null {
  try {
    return new Uint8Array(readFileSync(file));
  } catch {
    return null;
  }
}

/** Written whole or not at all. Where nothing can be written, the next process makes it again. */
function keep(file: URL, bytes: Uint8Array): void {
  try {
    mkdirSync(FOLDER, { recursive: true });
    writeWhole(fileURLToPath(file), bytes);
  } catch {
    // A read-only clone.
  }
}
