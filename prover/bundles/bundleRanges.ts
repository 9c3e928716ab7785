/** What the names of bundles say. A folder may hold more bundles than fit into memory; their names do. */
import { readdir } from "node:fs/promises";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { proofsIn } from "./bundle.ts";

/** A bundle by its name: the first and the last transition of its batch. */
export interface NamedRange {
  readonly name: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

/** Every bundle of a run directory by its name, in the order of their names. Their contents are not read. */
export async function bundleRanges(dir: string): Promise<NamedRange[]> {
  let names: string[];
  try {
    names = await readdir(proofsIn(dir));
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw error;
  }
  return names.sort().flatMap((name) => {
    const [, first, last] = /^([0-9]{10})-([0-9]{10})-[0-9a-f]{16}\.json$/.exec(name) ?? [];
    return first === undefined || last === undefined ? [] : [{ name, firstSeq: Number(first), lastSeq: Number(last) }];
  });
}
