/** The options of an import of blocks, and their agreement with those of the import that goes on. */
import { InvalidInputError } from "../../errors.ts";
import { firstLeaf } from "../../state/tree.ts";
import type { RunStreamOptions } from "../../tracer/appendRun.ts";
import type { ProfileBound } from "../../tracer/groupSize.ts";
import type { BlocksHeader } from "./blockLines.ts";
import type { Filters } from "./blockWork.ts";

/** What is imported, and how. */
export interface ChainImportOptions {
  chainId: bigint;
  /** Number of the first block. */
  from: number;
  filters: Filters;
  levels: number;
  profiles: readonly ProfileBound[];
  /** The verb, for others who find the run locked. */
  verb: string;
}

/** How the run of an import is written. @param lock the run's, if it is held already */
export function streamOptions(options: ChainImportOptions, lock: Disposable | undefined): RunStreamOptions {
  const { chainId, profiles, verb } = options;
  return {
    ...(profiles.length === 0 ? {} : { profiles }),
    ...(lock === undefined ? {} : { lock }),
    ...{ verb, scenario: `blocks of chain ${chainId}`, namesEvery: 64 },
  };
}

/** Number of programs that a map of so many levels holds. */
export function roomOf(levels: number): number {
  return firstLeaf(levels) - 1;
}

/** The map has no room for a block: nothing of the block is recorded. */
export class FullMapError extends InvalidInputError {
  override readonly name = "FullMapError";

  /**
   * @param needs how many programs the block needs, in words
   * @param taken number of programs after the block before
   */
  constructor(levels: number, needs: string, taken: number) {
    super(
      "levels",
      `the next block needs ${needs} programs, and a map of ${levels} levels holds ${roomOf(levels)}, of which ${taken} ` +
        "are taken; import with more --levels, or follow fewer addresses (--address, --token)",
    );
  }
}

/** @throws InvalidInputError naming the option that differs */
export function requireSame(header: BlocksHeader, { chainId, from, filters, levels }: ChainImportOptions): void {
  const differs = (what: string, has: unknown, asked: unknown): never => {
    throw new InvalidInputError(
      what,
      `of the import there is ${has}, not ${asked}; give the same, or another directory`,
    );
  };
  if (header.chainId !== chainId.toString()) differs("chain", header.chainId, chainId);
  if (header.from !== from) differs("from", header.from, from);
  if (header.levels !== levels) differs("levels", header.levels, levels);
  for (const name of ["addresses", "tokens"] as const) {
    const [has, asked] = [[...header[name]].sort().join(), [...filters[name]].sort().join()];
    if (has !== asked) differs(name, has || "none", asked || "none");
  }
}
