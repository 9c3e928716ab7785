/** What following a chain takes, tells meanwhile, and gives at its end. */
import type { BlockLine } from "../../trace/import/blocks/blockLines.ts";
import type { BlocksReport } from "../../trace/import/blocks/blocksReport.ts";
import type { NewProof, ProvingAlongOptions } from "../proving/proveAlong.ts";

/** What is followed, and how. What is left out is taken from the import that the directory holds. */
export interface FollowOptions {
  /** Number of the first block of a new import; by default the one that is confirmed now. */
  from?: number | undefined;
  /** The last block; by default it goes on until the signal. */
  to?: number | undefined;
  /** A block is recorded once so many follow it (default 12). */
  confirmations?: number | undefined;
  /** Levels of a new map; by default those of the first profile. */
  levels?: number | undefined;
  /** Only transactions that touch one of these addresses or tokens. */
  addresses?: readonly string[] | undefined;
  tokens?: readonly string[] | undefined;
  /** Proves batches as they fill; with `to`, at the end also the unfinished one. */
  prove?: boolean | ProvingAlongOptions | undefined;
  /** Wait between two questions for new blocks, in milliseconds (default 4000). */
  pollMs?: number | undefined;
  /** Longest time that a node may be away, in milliseconds (default five minutes). */
  patienceMs?: number | undefined;
  /** Wait after the first question without an answer, in milliseconds (default 1000). */
  backoffMs?: number | undefined;
  /** Ends it after the block or the batch at hand, or at once while it waits. */
  signal?: AbortSignal | undefined;
  /** Called with what happens meanwhile. */
  onEvent?: ((event: FollowEvent) => void) | undefined;
}

/** What happens meanwhile. */
export type FollowEvent =
  | { type: "block"; line: BlockLine; head: number }
  | { type: "takenBack"; from: number; to: number }
  | { type: "proof"; proof: NewProof }
  | { type: "away"; why: string; waitMs: number }
  | { type: "back" };

/** What was done, and where it stands. The numbers of blocks are those of the whole import. */
export interface FollowReport extends BlocksReport {
  /** How often recorded blocks were taken back, and how many in all, in this call. */
  reorganisations: number;
  takenBack: number;
  /** New proofs, and the last transition that is proven; 0 if none is. */
  proofs: number;
  provenTo: number;
  /** How often the node was away. */
  outages: number;
  /** The chain's latest block when it was last asked; null if it never was. */
  chainHead: number | null;
  confirmations: number;
}
