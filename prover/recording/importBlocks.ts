/** Imports the blocks of a chain into a run directory, with the profiles of this prover. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../trace/errors.ts";
import { BLOCKS_FILE, type BlockLine } from "../../trace/import/blocks/blockLines.ts";
import type { BlocksReport } from "../../trace/import/blocks/blocksReport.ts";
import { isWhole } from "../../trace/import/blocks/blockWork.ts";
import { ChainImport } from "../../trace/import/blocks/chainImport.ts";
import { FullMapError } from "../../trace/import/blocks/importOptions.ts";
import type { ChainNode } from "../../trace/import/node/chainNode.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { PROFILES, type Profile, profilesWith } from "../profiles.ts";

/** Which blocks are imported. */
export interface BlocksOptions {
  /** Numbers of the first and the last block. */
  from: number;
  to: number;
  /** Levels of the map; by default those of the first profile. */
  levels?: number | undefined;
  /** Only transactions that touch one of these addresses or tokens; lower or mixed case. */
  addresses?: readonly string[] | undefined;
  tokens?: readonly string[] | undefined;
  /** Called after each block. */
  onBlock?: ((line: BlockLine, imported: ChainImport) => void) | undefined;
  /** Ends the import after the block at hand. */
  signal?: AbortSignal | undefined;
  /** The verb, for others who find the run locked. */
  verb?: string | undefined;
}

/** What an import of blocks did, and where it stands. */
export type ImportedBlocks = BlocksReport;

/**
 * Imports blocks, or goes on with an import that stopped earlier. Each block is on disk wholly or not at all.
 * @throws InvalidInputError if the directory holds another run, or the blocks do not follow those that it holds; if the
 *   node contradicts itself
 * @throws EnvironmentError if the node does not answer, or the directory cannot be written; the blocks before stay
 *
 * @example
 *     import { importBlocks } from "time-bandits/prover";
 *
 *     const report = await importBlocks("chain", node, { from: 100, to: 200 });
 *     console.log(report.blocks, report.tokens);
 */
export async function importBlocks(dir: string, node: ChainNode, options: BlocksOptions): Promise<ImportedBlocks> {
  using imported = await openImport(dir, node, options);
  const { to, onBlock, signal } = options;
  let full: string | null = null;
  let ended = true;
  while (imported.next <= to) {
    if (signal?.aborted === true) {
      ended = false;
      break;
    }
    const block = await node.block(imported.next);
    try {
      const line = await imported.record(block, block.number === to);
      onBlock?.(line, imported);
    } catch (error) {
      if (!(error instanceof FullMapError)) throw error;
      full = error.message;
      break;
    }
  }
  const stopped = full ?? (ended ? null : "interrupted");
  return imported.report(stopped);
}

/** Opens the import in a directory: a new one, or one that goes on. */
export async function openImport(
  dir: string,
  node: ChainNode,
  options: Omit<BlocksOptions, "to">,
  last?: number,
): Promise<ChainImport> {
  const { from, addresses = [], tokens = [], levels = (PROFILES[0] as Profile).levels, verb = "import" } = options;
  if (from < 1)
    throw new InvalidInputError("from", "is 0, the chain's own genesis, which nothing comes before; give 1");
  const set = (list: readonly string[]): Set<string> => new Set(list.map((each) => each.toLowerCase()));
  const filters = { addresses: set(addresses), tokens: set(tokens) };
  const profiles = profilesWith(levels);
  const settings = { chainId: await node.chainId(), from, filters, levels, profiles, verb };
  if (existsSync(join(dir, BLOCKS_FILE))) return ChainImport.resume(dir, node, settings, last);
  if (existsSync(pathIn(dir, "genesis"))) {
    throw new InvalidInputError(dir, "holds a run that is no import of blocks; choose another directory");
  }
  if (!isWhole(filters)) for (const each of [...addresses, ...tokens]) requireAddress(each);
  return ChainImport.begin(dir, node, settings);
}

function requireAddress(text: string): void {
  if (/^0x[0-9a-f]{40}$/i.test(text)) return;
  throw new InvalidInputError("address", `${text} is no address: 0x and 40 hexadecimal digits`);
}
