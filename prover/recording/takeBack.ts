/** Which recorded blocks a chain has no more, and whether they may be taken back. */
import { InvalidInputError } from "../../trace/errors.ts";
import type { BlockLine } from "../../trace/import/blocks/blockLines.ts";
import { blocksBackwards } from "../../trace/import/blocks/blocksFile.ts";
import { readManifest } from "../../trace/run/runDirectory.ts";
import { bundleRanges, type NamedRange } from "../bundles/bundleRanges.ts";

/** A recorded block that is proven is on the chain no more. */
export class ProvenBlockError extends InvalidInputError {
  readonly block: number;
  /** The recorded hash, and that of the block which the chain has now. */
  readonly recorded: string;
  readonly present: string;
  /** File name of a bundle that proves transitions of the block; null if a map on a chain begins with the block. */
  readonly bundle: string | null;

  constructor({ block, hash }: BlockLine, present: string, proof: NamedRange | null) {
    const by =
      proof === null
        ? "its state is the genesis of a map on a chain"
        : `proofs/${proof.name} proves transitions ${proof.firstSeq} to ${proof.lastSeq}`;
    super(
      `block ${block}`,
      `is recorded as ${hash}, and on the chain it is ${present}: the chain was rearranged, but ${by}; nothing ` +
        `is taken back: ask another node, or record into another directory, with more --confirmations`,
    );
    this.block = block;
    this.recorded = hash;
    this.present = present;
    this.bundle = proof?.name ?? null;
  }
}

/** The last recorded block that is on the chain. */
export interface CommonBlock {
  /** The block before the first one if none is. */
  block: number;
  /** Number of recorded blocks after it. */
  gone: number;
}

/**
 * Walks back from the last recorded block to one that is on the chain.
 * @param hashOf the hash of the chain's block of a number
 * @throws ProvenBlockError if a block that would be taken back is proven
 */
export async function lastCommon(dir: string, hashOf: (block: number) => Promise<string>): Promise<CommonBlock> {
  const bundles = await bundleRanges(dir);
  let gone = 0;
  let first: { line: BlockLine; present: string } | undefined;
  for (const line of blocksBackwards(dir)) {
    const present = await hashOf(line.block);
    if (present === line.hash) return { block: line.block, gone };
    const from = line.seqs?.[0];
    const proof = from === undefined ? undefined : bundles.find(({ lastSeq }) => lastSeq >= from);
    if (proof !== undefined) throw new ProvenBlockError(line, present, proof);
    gone++;
    first = { line, present };
  }
  if (first === undefined) return { block: 0, gone };
  // The genesis comes from the first block.
  if (readManifest(dir).chain !== undefined) throw new ProvenBlockError(first.line, first.present, null);
  return { block: first.line.block - 1, gone };
}
