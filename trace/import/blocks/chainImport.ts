/**
 * Imports a chain block by block into a run directory. A block is on disk wholly or not at all, so an import can stop
 * anywhere and go on. Only what is live is kept in memory: the map, the books of its addresses, one line a block.
 */
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { selectorOf } from "../../effects/selector.ts";
import { InvalidInputError } from "../../errors.ts";
import { address } from "../../layout.ts";
import { makeRunFolder, pathIn, textAt } from "../../run/runDirectory.ts";
import { lockRun } from "../../run/runLock.ts";
import { firstLeaf } from "../../state/tree.ts";
import { createRunStream, type OpenRun, openRun } from "../../tracer/appendRun.ts";
import type { ProfileBound } from "../../tracer/groupSize.ts";
import type { Tracer } from "../../tracer/tracer.ts";
import { GenesisBooks } from "../ledger/genesisBooks.ts";
import type { LedgerHost } from "../ledger/host.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { reopen } from "../ledger/reopen.ts";
import type { BlockRecord } from "../node/chainNode.ts";
import { kindName, type TokenKind, WEI } from "../tokens/kinds.ts";
import { TokenBook } from "../tokens/tokenBook.ts";
import { settleApprovals } from "./approvalChecks.ts";
import {
  approvalLine,
  BLOCKS_FILE,
  type BlockLine,
  type BlocksHeader,
  headerText,
  lineText,
  parseBlocks,
  type TableChanges,
  tablesAfter,
} from "./blockLines.ts";
import { type BlockPlan, type ImportNode, planBlock } from "./blockPlan.ts";
import { cutBlocks } from "./blocksFile.ts";
import { addBlock, type BlocksReport, type BlocksTotals, blocksNotes, noBlocks } from "./blocksReport.ts";
import type { Filters } from "./blockWork.ts";
import { bringForward, ISSUER, intoGenesis, playBlock, takeOut } from "./chainRecorder.ts";

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

/** The map has no room for a block: nothing of the block is recorded. */
export class FullMapError extends InvalidInputError {
  override readonly name = "FullMapError";
}

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
  #named: Pick<TableChanges, "programs" | "kinds"> & {
    programs: (readonly [number, string])[];
    kinds: (readonly [string, string, TokenKind["standard"], string | null])[];
  } = { programs: [], kinds: [] };
  readonly #symbols = new Map<string, string>();

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
      const text = textAt(join(dir, BLOCKS_FILE));
      if (!text.includes("\n") && !existsSync(pathIn(dir, "genesis"))) {
        removeImport(dir);
        return resumed;
      }
      const { header, lines } = parseBlocks(text);
      if (lines.length > 0) requireSame(header, options);
      const kept = last === undefined ? lines : lines.filter(({ block }) => block <= last);
      cutBlocks(dir, bytesOfLines(text, 1 + kept.length));
      if (kept.length === 0) removeImport(dir);
      else resumed.#reopen(header, kept);
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
    const last = this.#last;
    if (last !== null && block.parentHash !== last.hash) {
      throw new InvalidInputError(
        `block ${block.number}`,
        `follows ${block.parentHash}, but ${last.hash} is recorded: the chain was rearranged; follow takes back what is ` +
          `not proven`,
      );
    }
    const before = { counts: { ...this.#tokens.counts }, reasons: { ...this.#tokens.reasons } };
    const refused = new Set(this.#tokens.refused.keys());
    const unwrapped = new Set(this.#tokens.unwrapped);
    const plan = await this.#planned(block, everything, refused, unwrapped);
    for (const [token, { symbol }] of plan.described) if (symbol !== null) this.#symbols.set(token, symbol);
    const at = block.time;
    this.#within = true;
    const begun = this.#begin(plan, at);
    const { ledger, run } = begun;
    const first = run.tracer.seq + 1;
    takeOut(ledger, this.#tokens, refused);
    const seq = (): number => run.tracer.seq;
    const forward = begun.forward ?? bringForward(ledger, plan, this.#options.filters, seq);
    const played = playBlock(ledger, plan, this.#options.filters, seq);
    const unconfirmed = settleApprovals(ledger, plan.approvalsAfter);
    const { counts, reasons } = this.#tokens;
    const line: BlockLine = {
      block: block.number,
      hash: block.hash,
      parent: block.parentHash,
      time: at,
      seqs: run.tracer.seq < first ? null : [first, run.tracer.seq],
      end: run.tracer.seq,
      transactions: played.transactions,
      skipped: plan.work.skipped,
      broughtForward: forward,
      corrections: played.corrections,
      tokens: {
        transfers: counts.transfers - before.counts.transfers,
        imported: counts.imported - before.counts.imported,
        refused: counts.refused - before.counts.refused,
      },
      notImported: notImported(plan, reasons, before.reasons, played.undeclared),
      approvals: { ...played.approvals, unconfirmed },
      compared: plan.compared,
      checked: plan.checked,
      changes: this.#changes(ledger, plan, refused, unwrapped),
    };
    run.commit();
    appendFileSync(join(this.#dir, BLOCKS_FILE), lineText(line), { flush: true });
    this.#take(line);
    this.#within = false;
    return line;
  }

  /** The plan of the next block. A failure leaves the tokens as they were. */
  async #planned(
    block: BlockRecord,
    everything: boolean,
    refused: ReadonlySet<string>,
    unwrapped: ReadonlySet<string>,
  ): Promise<BlockPlan> {
    const tokens = this.#tokens;
    try {
      const plan = await planBlock(this.#node, block, this.#options.filters, this.#ledger, tokens, everything);
      this.#requireRoom(plan);
      return plan;
    } catch (error) {
      for (const token of tokens.refused.keys()) if (!refused.has(token)) tokens.refused.delete(token);
      for (const token of tokens.unwrapped) if (!unwrapped.has(token)) tokens.unwrapped.delete(token);
      throw error;
    }
  }

  /** Where the import stands, in numbers. */
  report(stopped: string | null): BlocksReport {
    return {
      ...this.totals,
      programs: this.#programs,
      transitions: this.#last?.end ?? 0,
      head: this.#last?.block ?? null,
      headHash: this.#last?.hash ?? null,
      stoppedAt: stopped === null ? null : this.next,
      stoppedWhy: stopped,
      tokensRefused: Object.fromEntries(this.#tokens.refused),
    };
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
    const { chainId, from, filters, levels, profiles, verb } = this.#options;
    const books = new GenesisBooks(this.#hear);
    const forward = intoGenesis(books, plan);
    if (this.#named.programs.length > this.#room) throw this.#fullWith("further");
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
    const run = createRunStream(this.#dir, genesis, {
      ...(profiles.length === 0 ? {} : { profiles }),
      verb,
      lock: this.#lock,
      scenario: `blocks of chain ${chainId}`,
      namesEvery: 64,
    });
    const { ledger } = books;
    this.#run = run;
    this.#ledger = ledger;
    ledger.host = this.#host(run);
    this.#at = at;
    this.#nameAll(run.tracer, this.#named);
    for (const { entry } of plan.needs.entries)
      nameFunction(run.tracer, entry.startsWith("0x") ? BigInt(entry) : entry);
    return { run, ledger, forward };
  }

  #reopen(header: BlocksHeader, lines: readonly BlockLine[]): void {
    const { profiles, verb } = this.#options;
    const { tables, refused, unwrapped } = tablesAfter(header, lines);
    const bounds = profiles.length === 0 ? {} : { profiles };
    const options = { ...bounds, verb, namesEvery: 64, ...(this.#lock !== undefined && { lock: this.#lock }) };
    const run = openRun(this.#dir, { ...options, upTo: lines.at(-1)?.end ?? 0 });
    // Names of what was cut are gone, too.
    Object.assign(run.tracer.manifest, { programs: {}, kinds: {} });
    for (const [token, why] of refused) this.#tokens.refused.set(token, why);
    for (const token of unwrapped) this.#tokens.unwrapped.add(token);
    for (const { changes } of lines) {
      for (const [token, symbol] of changes.tokens) if (symbol !== null) this.#symbols.set(token, symbol);
      this.#nameAll(run.tracer, changes);
    }
    this.#run = run;
    this.#ledger = reopen(this.#host(run), run.tracer.map, tables);
    for (const line of lines) this.#take(line);
  }

  #at = 0;
  /** Number of programs after the last recorded block. */
  #programs = 0;
  /** True while a block is recorded in part: the books are then ahead of the files. */
  #within = false;

  #host(run: OpenRun): LedgerHost {
    const { tracer } = run;
    const named = new Set<string | bigint>();
    return {
      perform: (program, effect) => {
        if ((effect.effect === "DeclareEntry" || effect.effect === "InvokeProgram") && !named.has(effect.name)) {
          named.add(effect.name);
          nameFunction(tracer, effect.name);
        }
        if (effect.effect === "CreateProgram" && tracer.map.programs() >= this.#room) throw this.#fullWith("further");
        tracer.perform(program, effect, this.#at);
      },
      programs: () => tracer.map.programs(),
      resourceAt: (program, slot) => {
        const cell = tracer.map.cell(address(program, slot));
        return cell.type === "resource" ? cell.id : 0n;
      },
      named: (what) => {
        const before = { programs: this.#named.programs.length, kinds: this.#named.kinds.length };
        this.#hear(what);
        this.#nameAll(tracer, {
          programs: this.#named.programs.slice(before.programs),
          kinds: this.#named.kinds.slice(before.kinds),
        });
      },
    };
  }

  readonly #hear: NonNullable<LedgerHost["named"]> = (what) => {
    if ("program" in what) this.#named.programs.push([what.program, what.name]);
    else if (what.of !== WEI) {
      const { token, standard, id } = what.of;
      this.#named.kinds.push([what.kind.toString(), token, standard, id?.toString() ?? null]);
    }
  };

  #nameAll({ manifest }: Tracer, { programs, kinds }: Pick<TableChanges, "programs" | "kinds">): void {
    for (const [program, name] of programs) {
      manifest.programs[program] = name;
      if (name === ISSUER) manifest.kinds[((BigInt(program) << 32n) + 1n).toString()] = WEI;
    }
    for (const [kind, token, standard, id] of kinds) {
      const name = kindName({ token, standard, id: id === null ? null : BigInt(id) });
      const symbol = this.#symbols.get(token);
      manifest.kinds[kind] = symbol === undefined ? name : name.replace("token", () => symbol);
    }
  }

  #requireRoom({ needs }: BlockPlan): void {
    const have = this.tracer?.map.programs() ?? 1;
    const fresh = [...needs.addresses, ...needs.created].filter((who) => this.#ledger?.find(who) === undefined).length;
    if (have + fresh > this.#room) throw this.#fullWith(`${fresh} more`);
  }

  /** Number of programs that the map holds. */
  get #room(): number {
    return firstLeaf(this.#options.levels) - 1;
  }

  #fullWith(needs: string): FullMapError {
    const { levels } = this.#options;
    const taken = this.#last === null ? 1 : this.#programs;
    return new FullMapError(
      "levels",
      `the next block needs ${needs} programs, and a map of ${levels} levels holds ${this.#room}, of which ${taken} ` +
        `are taken; import with more --levels, or follow fewer addresses (--address, --token)`,
    );
  }

  /** What changed in the tables since the last line. */
  #changes(
    ledger: Ledger,
    plan: BlockPlan,
    refused: ReadonlySet<string>,
    unwrapped: ReadonlySet<string>,
  ): TableChanges {
    const { programs, kinds } = this.#named;
    this.#named = { programs: [], kinds: [] };
    const approvals = [...ledger.changed].map((changed) => {
      const [owner = "", ...key] = changed.split(" ");
      const now = ledger.find(owner)?.approvals.get(key.join(" "));
      return [owner, key.join(" "), now === undefined ? null : approvalLine(now)] as const;
    });
    ledger.changed.clear();
    return {
      programs,
      kinds,
      approvals,
      tokens: [...plan.described].map(
        ([token, { symbol, name, decimals }]) => [token, symbol, name, decimals] as const,
      ),
      refused: [...this.#tokens.refused].filter(([token]) => !refused.has(token)),
      unwrapped: [...this.#tokens.unwrapped].filter((token) => !unwrapped.has(token)),
    };
  }
}

/** Readers know selectors as four bytes, not as numbers. */
function nameFunction({ manifest }: Tracer, of: string | bigint): void {
  const text = typeof of === "bigint" ? `0x${of.toString(16).padStart(8, "0")}` : of;
  manifest.functions[selectorOf(of).toString()] = text;
}

function notImported(
  { transactions }: BlockPlan,
  now: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
  undeclared: number,
): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (what: string, n: number): void => {
    if (n > 0) counts[what] = (counts[what] ?? 0) + n;
  };
  for (const [reason, n] of Object.entries(now)) add(reason, n - (before[reason] ?? 0));
  for (const { flow } of transactions) for (const [what, n] of Object.entries(flow?.notImported ?? {})) add(what, n);
  add("call of a program without a free slot", undeclared);
  return counts;
}

/** @throws InvalidInputError naming the option that differs */
function requireSame(header: BlocksHeader, { chainId, from, filters, levels }: ChainImportOptions): void {
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

/** The number of bytes of the first lines of a text. */
function bytesOfLines(text: string, count: number): number {
  let end = 0;
  for (let i = 0; i < count; i++) end = text.indexOf("\n", end) + 1;
  return Buffer.byteLength(text.slice(0, end));
}

/** Removes what an import wrote before its first block was whole. */
function removeImport(dir: string): void {
  for (const file of [pathIn(dir, "genesis"), pathIn(dir, "trace"), pathIn(dir, "manifest"), join(dir, BLOCKS_FILE)]) {
    if (existsSync(file)) rmSync(file);
  }
}
