/**
 * Imports a chain block by block into a run directory. A block is on disk wholly or not at all, so an import can stop
 * anywhere and go on. Only what is live is kept in memory: the map, the books of its addresses, one line a block.
 */
import { appendFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError } from "../../errors.ts";
import { makeRunFolder, pathIn } from "../../run/runDirectory.ts";
import { lockRun } from "../../run/runLock.ts";
import { createRunStream, type OpenRun, openRun } from "../../tracer/appendRun.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import { GenesisBooks } from "../ledger/genesisBooks.ts";
import type { LedgerHost } from "../ledger/host.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { reopen } from "../ledger/reopen.ts";
import { entryName, ISSUER, nameFunction } from "../names.ts";
import type { BlockRecord } from "../node/chainNode.ts";
import { TokenBook } from "../tokens/tokenBook.ts";
import { settleApprovals } from "./approvalChecks.ts";
import { BLOCKS_FILE, type BlockLine, type BlocksHeader, headerText, lineText, tablesAfter } from "./blockLines.ts";
import { type BlockPlan, type ImportNode, planBlock } from "./blockPlan.ts";
import { keptBlocks, removeImport } from "./blocksFile.ts";
import { addBlock, type BlocksReport, type BlocksTotals, blocksNotes, noBlocks, reportOf } from "./blocksReport.ts";
import { bringForward, intoGenesis, playBlock, takeOut } from "./chainRecorder.ts";
import { ImportNames } from "./importNames.ts";
import { type ChainImportOptions, FullMapError, roomOf, streamOptions } from "./importOptions.ts";
import {
  changesOf,
  forget,
  notImported,
  requireFollows,
  type TokensBefore,
  tokensBefore,
  tokensOf,
} from "./lineParts.ts";

export class ChainImport implements Disposable {
  readonly #dir: string;
  readonly #node: ImportNode;
  readonly #options: ChainImportOptions;
  readonly totals: BlocksTotals = noBlocks();
  /** The last recorded block; null before the first. */
  #last: Pick<BlockLine, "block" | "hash" | "end"> | null = null;
  /** The run's; from the first block on. */
  #lock: Disposable | undefined;
  #run: OpenRun | undefined;
  #ledger: Ledger | undefined;
  #tokens = new TokenBook();
  readonly #names = new ImportNames();
  /** Number of programs after the last recorded block. */
  #programs = 0;
  /** True while a block is recorded in part: the books are then ahead of the files. */
  #within = false;
  /** Time of the block at hand. */
  #at = 0;

  private constructor(dir: string, node: ImportNode, options: ChainImportOptions) {
    this.#dir = dir;
    this.#node = node;
    this.#options = options;
  }

  /** Begins an import. The run's files appear with the first block. */
  static begin(dir: string, node: ImportNode, options: ChainImportOptions): ChainImport {
    return new ChainImport(dir, node, options);
  }

  /**
   * Goes on with an import. What a crash left is cut off: blocks.jsonl first, then the trace after its last line. A
   * crash in between leaves a trace that is too long, as a crash between a commit and its line does.
   * @param last the last block that stays; by default the last one
   * @throws InvalidInputError if the directory holds no import of blocks, or one with other options
   * @throws EnvironmentError if another process writes to it
   */
  static resume(dir: string, node: ImportNode, options: ChainImportOptions, last?: number): ChainImport {
    return ChainImport.#resume(dir, node, options, last, lockRun(dir, options.verb));
  }

  static #resume(
    dir: string,
    node: ImportNode,
    options: ChainImportOptions,
    last: number | undefined,
    lock: Disposable,
  ): ChainImport {
    const resumed = new ChainImport(dir, node, options);
    resumed.#lock = lock;
    try {
      const kept = keptBlocks(dir, options, last);
      if (kept === null || kept.lines.length === 0) removeImport(dir);
      else resumed.#reopen(kept.header, kept.lines);
      return resumed;
    } catch (error) {
      resumed.#free();
      throw error;
    }
  }

  /**
   * Takes blocks back. This import is closed; the run stays locked meanwhile.
   * @param last the last block that stays; with one before the first, nothing of the run stays
   * @returns the import that goes on
   */
  backTo(last: number): ChainImport {
    const lock = this.#lock ?? lockRun(this.#dir, this.#options.verb);
    this.#lock = undefined;
    try {
      this.close();
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
    return ChainImport.#resume(this.#dir, this.#node, this.#options, last, lock);
  }

  /** The number of the next block. */
  get next(): number {
    return (this.#last?.block ?? this.#options.from - 1) + 1;
  }
  /** The last recorded block; null before the first. */
  get last(): Pick<BlockLine, "block" | "hash" | "end"> | null {
    return this.#last;
  }
  /** The tracer; undefined before the first block. */
  get tracer(): Tracer | undefined {
    return this.#run?.tracer;
  }
  /** The tokens, and what of them is refused. */
  get tokens(): TokenBook {
    return this.#tokens;
  }

  /**
   * Records the next block.
   * @param everything compares all holdings of tokens with the chain, and refuses the tokens that differ
   * @throws FullMapError if the map has no room for the block: the import stands at the block before
   * @throws EnvironmentError "rpc" if the node does not answer: the block can be recorded again. After other errors,
   *   resume the import
   */
  async record(block: BlockRecord, everything = false): Promise<BlockLine> {
    if (block.number !== this.next) throw new Error(`block ${block.number} is not the next one, ${this.next}`);
    if (this.#within) throw new Error(`the import stopped within block ${this.next}; resume it`);
    requireFollows(block, this.#last);
    const before = tokensBefore(this.#tokens);
    const plan = await this.#planned(block, everything, before);
    for (const [token, { symbol }] of plan.described) this.#names.symbol(token, symbol);
    const at = block.time;
    this.#within = true;
    const begun = this.#begin(plan, at);
    const { ledger, run } = begun;
    const first = run.tracer.seq + 1;
    takeOut(ledger, this.#tokens, before.refused);
    const seq = (): number => run.tracer.seq;
    const forward = begun.forward ?? bringForward(ledger, plan, this.#options.filters, seq);
    const played = playBlock(ledger, plan, this.#options.filters, seq);
    const unconfirmed = settleApprovals(ledger, plan.approvalsAfter);
    const line: BlockLine = {
      block: block.number,
      hash: block.hash,
      parent: block.parentHash,
      time: at,
      seqs: run.tracer.seq < first ? null : [first, run.tracer.seq],
      end: run.tracer.seq,
      transactions: played.transactions,
      skipped: plan.work.skipped,
      unplaced: plan.transactions.reduce((sum, { unplaced }) => sum + unplaced, 0),
      broughtForward: forward,
      corrections: played.corrections,
      tokens: tokensOf(this.#tokens, before),
      notImported: notImported(plan, this.#tokens, before, played.undeclared),
      approvals: { ...played.approvals, unconfirmed },
      compared: plan.compared,
      checked: plan.checked,
      changes: changesOf(ledger, plan, this.#tokens, before, this.#names.take()),
    };
    run.commit();
    appendFileSync(join(this.#dir, BLOCKS_FILE), lineText(line), { flush: true });
    this.#take(line);
    this.#within = false;
    return line;
  }

  /** The plan of the next block. A failure leaves the tokens as they were. */
  async #planned(block: BlockRecord, everything: boolean, before: TokensBefore): Promise<BlockPlan> {
    const tokens = this.#tokens;
    try {
      const plan = await planBlock(this.#node, block, this.#options.filters, this.#ledger, tokens, everything);
      this.#requireRoom(plan);
      return plan;
    } catch (error) {
      forget(tokens, before);
      throw error;
    }
  }

  /** Where the import stands, in numbers. */
  report(stopped: string | null): BlocksReport {
    const { refused } = this.#tokens;
    return reportOf({ totals: this.totals, programs: this.#programs, last: this.#last, refused }, this.next, stopped);
  }

  #take(line: BlockLine): void {
    addBlock(this.totals, line);
    this.#programs += line.changes.programs.length;
    this.#last = { block: line.block, hash: line.hash, end: line.end };
  }

  /** Ends the import; it can go on later. */
  close(): void {
    if (this.#run !== undefined) {
      const { notes } = this.#run.tracer.manifest;
      notes.splice(0, notes.length, ...blocksNotes({ totals: this.totals, refused: this.#tokens.refused }));
    }
    try {
      this.#run?.close();
    } finally {
      this.#run = undefined;
      this.#free();
    }
  }

  #free(): void {
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** The run and its books; made with the first block. */
  #begin(plan: BlockPlan, at: number) {
    if (this.#run !== undefined && this.#ledger !== undefined) {
      this.#at = at;
      return { run: this.#run, ledger: this.#ledger, forward: undefined };
    }
    const { chainId, from, filters, levels, verb } = this.#options;
    const books = new GenesisBooks(this.#names.hear);
    const forward = intoGenesis(books, plan);
    if (this.#names.fresh > this.#room) throw this.#fullWith("further");
    const genesis = books.genesis(levels);
    makeRunFolder(this.#dir);
    this.#lock ??= lockRun(this.#dir, verb);
    if ([pathIn(this.#dir, "genesis"), join(this.#dir, BLOCKS_FILE)].some((path) => existsSync(path))) {
      throw new InvalidInputError(this.#dir, "holds a run already; choose another directory, or go on with its import");
    }
    // The header first: what a crash leaves of a run without a block is found by it, and removed.
    const header = { chainId: chainId.toString(), from, levels, issuer: ISSUER };
    const lists = { addresses: [...filters.addresses], tokens: [...filters.tokens] };
    appendFileSync(join(this.#dir, BLOCKS_FILE), headerText({ ...header, ...lists }), { flush: true });
    const run = createRunStream(this.#dir, genesis, streamOptions(this.#options, this.#lock));
    const { ledger } = books;
    this.#run = run;
    this.#ledger = ledger;
    ledger.host = this.#host(run);
    this.#at = at;
    this.#names.enterAll(run.tracer);
    for (const { entry } of plan.needs.entries) nameFunction(run.tracer.manifest, entryName(entry));
    return { run, ledger, forward };
  }

  #reopen(header: BlocksHeader, lines: readonly BlockLine[]): void {
    const { tables, refused, unwrapped } = tablesAfter(header, lines);
    const run = openRun(this.#dir, { ...streamOptions(this.#options, this.#lock), upTo: lines.at(-1)?.end ?? 0 });
    // Names of what was cut are gone, too.
    Object.assign(run.tracer.manifest, { programs: {}, kinds: {} });
    for (const [token, why] of refused) this.#tokens.refused.set(token, why);
    for (const token of unwrapped) this.#tokens.unwrapped.add(token);
    for (const { changes } of lines) {
      for (const [token, symbol] of changes.tokens) this.#names.symbol(token, symbol);
      this.#names.enter(run.tracer, changes);
    }
    this.#run = run;
    this.#ledger = reopen(this.#host(run), run.tracer.map, tables);
    for (const line of lines) this.#take(line);
  }

  #host(run: OpenRun): LedgerHost {
    const creating = (): void => {
      if (run.tracer.map.programs() >= this.#room) throw this.#fullWith("further");
    };
    return this.#names.host(run, () => this.#at, creating);
  }

  #requireRoom({ needs }: BlockPlan): void {
    const have = this.tracer?.map.programs() ?? 1;
    const fresh = [...needs.addresses, ...needs.created].filter((who) => this.#ledger?.find(who) === undefined).length;
    if (have + fresh > this.#room) throw this.#fullWith(`${fresh} more`);
  }

  /** Number of programs that the map holds. */
  get #room(): number {
    return roomOf(this.#options.levels);
  }

  #fullWith(needs: string): FullMapError {
    return new FullMapError(this.#options.levels, needs, this.#last === null ? 1 : this.#programs);
  }
}
