/** A thread that applies modules' functions to items. */

import { importModule } from "../../modules/importModule.ts";
import { serve } from "../../pool/jobLoop.ts";
import { RuntimeUseError } from "../errors.ts";
import { type ErrorData, errorData } from "./packets.ts";

/** A piece of the items, and the function: the export of a module. */
export interface MapTask {
  readonly module: string;
  readonly name: string;
  readonly items: readonly unknown[];
  /** Index of the first item. */
  readonly first: number;
}
/** The results up to the first item that failed. */
export interface MapAnswer {
  readonly results: readonly unknown[];
  readonly failure: ErrorData | undefined;
}

async function map({ module, name, items, first }: MapTask): Promise<MapAnswer> {
  const results: unknown[] = [];
  try {
    const work = (await importModule(module))[name];
    if (typeof work !== "function") throw new RuntimeUseError(`${module} exports no function ${name}`);
    for (const [i, item] of items.entries()) results.push(await work(item, first + i));
    // A result that cannot be copied to the caller's thread is found here, so that the caller gets an error.
    structuredClone(results);
    return { results, failure: undefined };
  } catch (error) {
    return { results: [], failure: errorData(error) };
  }
}

await serve(() => map);
