/** The faster program of a circuit: made once, kept beside the circuit in the artifact cache. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { BuildError } from "../errors.ts";
import { cached, sha256 } from "../storage/cache.ts";
import { packageVersion } from "../storage/packageFile.ts";
import type { AcceleratedProgram } from "./accelerate.ts";

/** A witness program: its path, and its SHA-256. */
export interface WitnessProgram {
  readonly program: string;
  readonly programHash: string;
}

const FILE = "witness.wasm";
/** .ts, or .js where this is compiled. */
const EXTENSION = extname(import.meta.url);
/** Everything that has a say in what the faster functions are. */
const SOURCES = [".", "../../trace/poseidon", "../../trace/wasm"].map(
  (folder) => new URL(`${folder}/`, import.meta.url),
);

/**
 * The faster program for a circuit, or the one that was made before.
 *
 * @param circuit the circuit's hash, and paths of the compiler's program and symbols
 * @throws BuildError BUILD_PROGRAM if the compiler's program is not made as it is by the compiler that the project
 *   names; CacheError
 */
export async function witnessProgram(circuit: { hash: string; wasm: string; sym: string }): Promise<WitnessProgram> {
  const key = sha256(JSON.stringify({ circuit: circuit.hash, sources: await sourceHashes() }));
  const entry = await cached("programs", key, async (folder) => {
    const { bytes, replaced } = await accelerated(circuit);
    await writeFile(join(folder, FILE), bytes);
    return { replaced };
  });
  return { program: join(entry.folder, FILE), programHash: entry.sha256[FILE] ?? "" };
}

async function accelerated(circuit: { wasm: string; sym: string }): Promise<AcceleratedProgram> {
  // Loaded only here, since it is needed once.
  const { accelerate } = await import("./accelerate.ts");
  try {
    return await accelerate(circuit);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `circom2 ${packageVersion("circom2")} made a witness program of another kind (${cause.message}): run npm install`;
    throw new BuildError("BUILD_PROGRAM", message, { cause });
  }
}

let hashes: Promise<string[]> | undefined;

/** Once per process: sources do not change meanwhile. */
function sourceHashes(): Promise<string[]> {
  hashes ??= Promise.all(
    SOURCES.map(async (folder) => {
      const names = (await readdir(folder)).filter((name) => name.endsWith(EXTENSION)).sort();
      return await Promise.all(names.map(async (name) => `${name} ${sha256(await readFile(new URL(name, folder)))}`));
    }),
  ).then((lists) => lists.flat());
  return hashes;
}
