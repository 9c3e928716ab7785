/**
 * Multiples of a key's points, with which the native prover takes less time: a file in the artifact cache, made once
 * for each key, as large as a budget allows. Without a budget there is none.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { EnvironmentError } from "../../../trace/errors.ts";
import { BinFile } from "../../formats/binfile.ts";
import { ZKEY } from "../../keys/zkeyFile.ts";
import { cached, hashFile, sha256 } from "../../storage/cache.ts";
import type { Programs } from "../childProcess.ts";

/** Kind of the cache entry, and the name of the file in it. */
export const MULTIPLES_KIND = "multiples";
const FILE = "multiples.mult";

const VARIABLE = "TIMEBANDITS_MULTIPLES";

/** Changes with the layout of the file. */
const FORMAT = 1;

/** The most tables that pay, the points themselves included. */
const MOST_TABLES = 4;

/** The sections whose points are summed. */
const SUMMED = [ZKEY.a, ZKEY.b1, ZKEY.b2, ZKEY.c, ZKEY.h];

/**
 * The budget of disk and of memory for each key in MiB, as the environment has it; 0 if it has none.
 * @throws EnvironmentError if it is no whole number
 */
export function multiplesBudget(value = process.env[VARIABLE] ?? ""): number {
  if (/^[0-9]{0,7}$/.test(value)) return Number(value);
  throw new EnvironmentError("multiples", `${VARIABLE} is ${value}: give a whole number of MiB, or unset it`);
}

/** How many tables of a key's points fit into a budget in MiB; 1 means that there is no room for multiples. */
export async function tablesWithin(zkeyPath: string, budget: number): Promise<number> {
  await using file = await BinFile.open(zkeyPath, "zkey");
  const size = SUMMED.reduce((sum, id) => sum + file.section(id).size, 0);
  return Math.max(1, Math.min(MOST_TABLES, Math.floor((budget * 2 ** 20) / size)));
}

/** Finds the file for a key, and has the program make it if there is none yet. Each key is looked at once. */
export class Multiples {
  readonly #programs: Programs;
  readonly #found = new Map<string, Promise<string | null>>();

  constructor(programs: Programs) {
    this.#programs = programs;
  }

  /**
   * @param budget in MiB
   * @returns the path of the file, or null if the budget is too small for one
   * @throws CacheError if the cache cannot be written
   */
  async file(program: string, zkeyPath: string, budget: number): Promise<string | null> {
    if (budget === 0) return null;
    const { size, mtimeMs } = await stat(zkeyPath);
    const name = JSON.stringify([program, zkeyPath, size, mtimeMs, budget]);
    let found = this.#found.get(name);
    if (found === undefined) {
      found = this.#make(program, zkeyPath, budget);
      this.#found.set(name, found);
      found.catch(() => this.#found.delete(name));
    }
    return await found;
  }

  async #make(program: string, zkeyPath: string, budget: number): Promise<string | null> {
    const tables = await tablesWithin(zkeyPath, budget);
    if (tables === 1) return null;
    const key = sha256(JSON.stringify({ format: FORMAT, zkey: await hashFile(zkeyPath), tables }));
    const { folder } = await cached(MULTIPLES_KIND, key, async (to) => {
      await this.#programs.run(program, ["--multiples", String(tables), zkeyPath, join(to, FILE)]);
      return { tables };
    });
    return join(folder, FILE);
  }
}
