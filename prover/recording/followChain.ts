/**
 * Follows a chain: records its blocks as they are confirmed, takes back those that the chain takes back, and proves
 * alongside if asked.
 */

import type { BlockLine } from "../../trace/import/blocks/blockLines.ts";
import { blocksHeaderIn } from "../../trace/import/blocks/blocksFile.ts";
import { type BlocksReport, noBlocks } from "../../trace/import/blocks/blocksReport.ts";
import type { ChainImport } from "../../trace/import/blocks/chainImport.ts";
import { FullMapError } from "../../trace/import/blocks/importOptions.ts";
import { AskFailure } from "../../trace/import/node/ask.ts";
import type { BlockHeader, BlockRecord, ChainNode } from "../../trace/import/node/chainNode.ts";
import { bundleRanges } from "../bundles/bundleRanges.ts";
import { ProvingAlong } from "../proving/proveAlong.ts";
import type { FollowOptions, FollowReport } from "./following.ts";
import { openImport } from "./importBlocks.ts";
import { Patience, StoppedError } from "./patience.ts";
import { lastCommon } from "./takeBack.ts";

const CONFIRMATIONS = 12;
const POLL_MS = 4_000;
const PATIENCE_MS = 300_000;
const BACKOFF_MS = 1_000;
/** Most blocks that are recorded before a batch is proven. */
const BLOCKS_A_ROUND = 16;
/** All holdings are compared with the chain after blocks whose number this divides. */
const COMPARE_EVERY = 256;

/**
 * Follows a chain into a run directory, or goes on where it was. Each block is on disk wholly or not at all.
 * @throws ProvenBlockError if the chain takes back a block that is proven; InvalidInputError if the directory holds
 *   another run or an import with other options, or the node contradicts itself
 * @throws EnvironmentError "rpc" if the node is away for too long; what is recorded stays
 *
 * @example
 *     import { ChainNode } from "time-bandits";
 *     import { followChain } from "time-bandits/prover";
 *     import { askManyAt } from "time-bandits/verifier";
 *
 *     const node = new ChainNode(askManyAt("http://127.0.0.1:8545"));
 *     await followChain("chain", node, { confirmations: 12, prove: true, signal });
 */
export async function followChain(dir: string, node: ChainNode, options: FollowOptions = {}): Promise<FollowReport> {
  const following = new Following(dir, node, options);
  try {
    return await following.run();
  } finally {
    await following.close();
  }
}

class Following {
  readonly #dir: string;
  readonly #node: ChainNode;
  readonly #options: FollowOptions;
  readonly #confirmations: number;
  readonly #patience: Patience;
  readonly #done = { reorganisations: 0, takenBack: 0, proofs: 0, outages: 0 };
  #import: ChainImport | undefined;
  #proving: ProvingAlong | undefined;
  #chainHead: number | null = null;
  /** Why the map takes no more blocks. */
  #full: string | null = null;
  /** The last transition behind which no batch was found. */
  #looked = -1;

  constructor(dir: string, node: ChainNode, options: FollowOptions) {
    this.#dir = dir;
    this.#node = node;
    this.#options = options;
    this.#confirmations = options.confirmations ?? CONFIRMATIONS;
    let away = false;
    this.#patience = new Patience({
      patienceMs: options.patienceMs ?? PATIENCE_MS,
      backoffMs: options.backoffMs ?? BACKOFF_MS,
      signal: options.signal,
      onAway: (why, waitMs) => {
        if (why !== null && !away) this.#done.outages++;
        away = why !== null;
        options.onEvent?.(why === null ? { type: "back" } : { type: "away", why, waitMs });
      },
    });
  }

  async run(): Promise<FollowReport> {
    let stopped: string | null = null;
    try {
      await this.#rounds(await this.#open());
      stopped = this.#full;
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      stopped = "interrupted";
    }
    return await this.#report(stopped);
  }

  async close(): Promise<void> {
    try {
      this.#import?.close();
    } finally {
      await this.#proving?.[Symbol.asyncDispose]();
    }
  }

  async #open(): Promise<ChainImport> {
    const { from, levels, addresses, tokens } = this.#options;
    const has = blocksHeaderIn(this.#dir);
    const first = from ?? has?.from ?? Math.max(1, (await this.#head()).number - this.#confirmations);
    const settings = {
      ...{ from: first, levels: levels ?? has?.levels, verb: "follow" },
      ...{ addresses: addresses ?? has?.addresses, tokens: tokens ?? has?.tokens },
    };
    this.#import = await openImport(this.#dir, this.#node, settings);
    return this.#import;
  }

  /** Each round asks for the head first, records some blocks, and proves one batch at most. */
  async #rounds(opened: ChainImport): Promise<void> {
    const { to = Number.POSITIVE_INFINITY, pollMs = POLL_MS } = this.#options;
    let imported = opened;
    for (;;) {
      const head = (await this.#head()).number;
      if (await this.#isRearranged(imported, head)) {
        imported = await this.#takeBack(imported);
        continue;
      }
      const recorded = await this.#record(imported, Math.min(to, head - this.#confirmations), head);
      if (recorded === "rearranged") {
        imported = await this.#takeBack(imported);
        continue;
      }
      const ended = imported.next > to || this.#full !== null;
      const proven = await this.#proveOne(imported, imported.next > to);
      if (ended && !proven) return;
      this.#stopIfAsked();
      if (recorded === 0 && !proven) await this.#patience.sleep(pollMs);
    }
  }

  async #head(): Promise<BlockHeader> {
    const head = await this.#ask(() => this.#node.head());
    this.#chainHead = head.number;
    return head;
  }

  async #isRearranged(imported: ChainImport, head: number): Promise<boolean> {
    const { last } = imported;
    // A head below the last block is that of a node behind, or of a chain that is still to grow.
    if (last === null || head < last.block) return false;
    return (await this.#hashOf(last.block)) !== last.hash;
  }

  /** Records blocks. @returns how many, or that the next one does not follow */
  async #record(imported: ChainImport, upTo: number, head: number): Promise<number | "rearranged"> {
    const { to, onEvent } = this.#options;
    let count = 0;
    while (imported.next <= upTo && count < BLOCKS_A_ROUND && this.#full === null) {
      this.#stopIfAsked();
      const block = await this.#ask(() => this.#nextOf(imported));
      if (imported.last !== null && block.parentHash !== imported.last.hash) return "rearranged";
      const everything = block.number === to || block.number % COMPARE_EVERY === 0;
      const line = await this.#recordOne(imported, block, everything);
      if (line === null) return "rearranged";
      if (line === undefined) break;
      count++;
      onEvent?.({ type: "block", line, head });
    }
    return count;
  }

  /** The next block. @throws AskFailure if its parent is another than the node says, and the recorded one is right */
  async #nextOf({ next, last }: ChainImport): Promise<BlockRecord> {
    const block = await this.#node.block(next);
    if (last === null || block.parentHash === last.hash) return block;
    const parent = await this.#node.header(last.block);
    if (parent.hash !== last.hash) return block;
    const what = `block ${next} follows ${block.parentHash}, but block ${last.block} is ${last.hash}`;
    throw new AskFailure("again", `${what}; the node contradicts itself`);
  }

  /** Records a block. @returns null if it is on the chain no more, undefined if the map is full */
  async #recordOne(
    imported: ChainImport,
    block: BlockRecord,
    everything: boolean,
  ): Promise<BlockLine | null | undefined> {
    try {
      return await this.#patience.ask(() => imported.record(block, everything));
    } catch (error) {
      if (error instanceof FullMapError) {
        this.#full = error.message;
        return undefined;
      }
      if (error instanceof StoppedError) throw error;
      // The chain may have been rearranged between two answers. What was recorded of the block is dropped with it.
      const now = await this.#hashOf(block.number).catch(() => block.hash);
      if (now !== block.hash) return null;
      throw error;
    }
  }

  async #takeBack(imported: ChainImport): Promise<ChainImport> {
    const { last } = imported;
    if (last === null) {
      imported.close();
      return await this.#open();
    }
    const { block, gone } = await lastCommon(this.#dir, (number) => this.#hashOf(number));
    const back = imported.backTo(block);
    this.#import = back;
    this.#looked = -1;
    if (back.last === null) {
      await this.#proving?.[Symbol.asyncDispose]();
      this.#proving = undefined;
    }
    if (gone > 0) {
      this.#done.reorganisations++;
      this.#done.takenBack += gone;
      this.#options.onEvent?.({ type: "takenBack", from: block + 1, to: last.block });
    }
    return back;
  }

  async #hashOf(number: number): Promise<string> {
    return (await this.#ask(() => this.#node.header(number))).hash;
  }

  /** Proves a batch. @returns whether there was one */
  async #proveOne({ last }: ChainImport, unfinished: boolean): Promise<boolean> {
    const { prove = false, onEvent } = this.#options;
    if (prove === false || last === null || (this.#looked === last.end && !unfinished)) return false;
    this.#proving ??= await ProvingAlong.open(this.#dir, prove === true ? {} : prove);
    const proof = await this.#proving.one(last.end, unfinished);
    if (proof === undefined) {
      this.#looked = last.end;
      return false;
    }
    this.#done.proofs++;
    onEvent?.({ type: "proof", proof });
    return true;
  }

  async #report(stopped: string | null): Promise<FollowReport> {
    const provenTo = (await bundleRanges(this.#dir)).reduce((most, { lastSeq }) => Math.max(most, lastSeq), 0);
    const chain = { chainHead: this.#chainHead, confirmations: this.#confirmations };
    return { ...(this.#import?.report(stopped) ?? nothing(stopped)), ...this.#done, provenTo, ...chain };
  }

  /** Asks, and waits for a node that is away. */
  async #ask<T>(question: () => Promise<T>): Promise<T> {
    return await this.#patience.ask(() => this.#patience.orStopped(question()));
  }

  #stopIfAsked(): void {
    if (this.#options.signal?.aborted === true) throw new StoppedError();
  }
}

/** The report before the import was opened. */
function nothing(stopped: string | null): BlocksReport {
  const head = { head: null, headHash: null, stoppedAt: null, stoppedWhy: stopped };
  return { ...noBlocks(), programs: 0, transitions: 0, ...head, tokensRefused: {} };
}
