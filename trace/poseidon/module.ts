/**
 * The bytes of the WebAssembly modules. An installed package has them beside its compiled modules. From the sources
 * they are made once, in a third of a second each, and kept in a folder that git ignores; the file's name is a hash of
 * what makes them, so a change makes others.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../run/wholeFile.ts";

const SOURCES = [
  "arithmetic",
  "../wasm/assembler",
  "../wasm/modular",
  "constants",
  "image",
  "memory",
  "permutation",
  "tables",
];
const PAIRS = ["columns", "exact", "field", "limbs", "loops", "simd", "words"].map((name) => `../wasm/pairs/${name}`);
const PAIR_SOURCES = [...SOURCES, ...PAIRS, "pairs/image", "pairs/memory", "pairs/permutation"];
const FOLDER = new URL("../../node_modules/.cache/timebandits/", import.meta.url);

/** The permutation for all numbers of inputs, which runs everywhere. */
export function moduleBytes(): Uint8Array<ArrayBuffer> {
  return read(built("poseidon")) ?? madeOnce("poseidon", SOURCES, () => fromScalar().assemble());
}

/** The permutation in pairs. */
export function pairModuleBytes(): Uint8Array<ArrayBuffer> {
  return read(built("poseidonPairs")) ?? madeOnce("poseidonPairs", PAIR_SOURCES, () => fromPairs().assemblePairs());
}

// Loaded only when they are needed: once. scripts/build.ts knows this form.
const fromScalar = () => createRequire(import.meta.url)("./permutation.ts") as typeof import("./permutation.ts");
const fromPairs = () =>
  createRequire(import.meta.url)("./pairs/permutation.ts") as typeof import("./pairs/permutation.ts");
/** Written by scripts/build.ts, and only beside what it compiles. */
const built = (name: string): URL => new URL(`${name}.wasm`, import.meta.url);

function madeOnce(
  name: string,
  sources: readonly string[],
  assemble: () => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const hash = createHash("sha256");
  for (const source of sources) hash.update(readFileSync(new URL(`${source}.ts`, import.meta.url)));
  const file = new URL(`${name}-${hash.digest("hex").slice(0, 32)}.wasm`, FOLDER);
  const kept = read(file);
  if (kept !== null) return kept;
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
