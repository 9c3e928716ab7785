/** Which block and which transaction of the chain a transition belongs to, by `blocks.jsonl`. No proof covers that. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InvalidInputError, inOneLine } from "../errors.ts";
import { BLOCKS_FILE } from "../import/blocks/blockLines.ts";
import { kindName } from "../import/tokens/kinds.ts";
import { issuerOf } from "../layout.ts";
import type { Transition } from "../machine/transition.ts";
import type { Manifest } from "../run/manifest.ts";
import { type BlocksFile, type ChainBlock, type ChainTransaction, readBlocksFile } from "./blocksFile.ts";

/**
 * What a transition is part of. `settlement`: the block refuses a token and has nothing else that tells where taking it
 * out ends and corrections begin.
 */
export type Part = "transaction" | "brought forward" | "correction" | "token refused" | "settlement";

/** The place of a transition on the chain. */
export interface ChainPlace {
  block: ChainBlock;
  part: Part;
  /** Null if it is part of none. */
  transaction: ChainTransaction | null;
}

/** The run that a record is beside. */
export interface RecordedRun {
  manifest: Pick<Manifest, "programs" | "kinds">;
  /** Transitions of the trace. */
  records: number;
  /**
   * The transitions, as far as they replay; or the first of them with another time than its block's; or what finds it.
   */
  transitions: readonly Transition[] | { mistimed: Mistimed | null } | FindMistimed;
}

/** Finds the first transition with another time than its block's. */
export type FindMistimed = (blocks: readonly ChainBlock[]) => Mistimed | null;

/** A transition with another time than its block's. */
export interface Mistimed {
  seq: number;
  at: number;
}

/** The record beside a run, or a sentence on why there is none to rely on. */
export interface FoundRecord {
  record: ChainRecord | null;
  /** Remarks without their full stop. */
  notes: string[];
}

const FOREIGN = "it is another run's; take it away, or restore the one of this run";

export class ChainRecord {
  readonly file: BlocksFile;
  readonly #byHash: ReadonlyMap<string, { block: ChainBlock; transaction: ChainTransaction }>;

  constructor(file: BlocksFile) {
    this.file = file;
    this.#byHash = new Map(
      file.blocks.flatMap((block) =>
        block.transactions.map((transaction) => [transaction.hash, { block, transaction }] as const),
      ),
    );
  }

  /** Numbers of the first and the last block; undefined before the first. */
  get span(): readonly [number, number] | undefined {
    const [first, last] = [this.file.blocks[0], this.file.blocks.at(-1)];
    return first === undefined || last === undefined ? undefined : [first.number, last.number];
  }
  /** The last transition of a block. */
  get end(): number {
    return this.file.blocks.at(-1)?.end ?? 0;
  }

  /** Where a transition belongs; undefined after the last block. */
  placeOf(seq: number): ChainPlace | undefined {
    const { blocks } = this.file;
    let [low, high] = [0, blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((blocks[middle]?.end ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    const block = blocks[low];
    if (block === undefined || !within(block.seqs, seq)) return undefined;
    const transaction = block.transactions.find(({ seqs }) => within(seqs, seq)) ?? null;
    if (transaction !== null) return { block, part: "transaction", transaction };
    return { block, part: within(block.broughtForward, seq) ? "brought forward" : aside(block, seq), transaction };
  }

  /** @throws InvalidInputError if there is no such transaction */
  transaction(asked: string): { block: ChainBlock; transaction: ChainTransaction } {
    if (!/^0x[0-9a-f]{64}$/i.test(asked)) {
      throw new InvalidInputError(
        "transaction",
        `${inOneLine(asked, 80)} is no hash; give 0x and 64 hexadecimal digits`,
      );
    }
    const found = this.#byHash.get(asked.toLowerCase());
    if (found !== undefined) return found;
    const skipped = this.file.blocks.reduce((sum, block) => sum + block.skipped, 0);
    const kept = skipped === 0 ? "" : `; a filter kept ${skipped} transactions of these blocks out`;
    throw new InvalidInputError("transaction", `${asked} is none of the import; ${this.#there()}${kept}`);
  }

  /** First and last transition of some blocks; null if they have none. @throws InvalidInputError if none is there */
  blocks(from: number, to: number): readonly [number, number] | null {
    if (from > to) throw new InvalidInputError("from-block", `${from} comes after ${to}; name the first block first`);
    const asked = this.file.blocks.filter(({ number }) => number >= from && number <= to);
    if (asked.length === 0) throw new InvalidInputError("block", `${from} is not there; ${this.#there()}`);
    const ranges = asked.flatMap(({ seqs }) => (seqs === null ? [] : [seqs]));
    const [first, last] = [ranges[0], ranges.at(-1)];
    return first === undefined || last === undefined ? null : [first[0], last[1]];
  }

  #there(): string {
    return this.span === undefined ? "there is no block" : `blocks ${this.span[0]} to ${this.span[1]} are there`;
  }
}

/**
 * The record beside a run. A file that is broken or another run's is left out, with a note that says so.
 * @throws EnvironmentError if it is there and cannot be read
 */
export function recordIn(dir: string, run: RecordedRun): FoundRecord {
  if (!existsSync(join(dir, BLOCKS_FILE))) return { record: null, notes: [] };
  try {
    const file = readBlocksFile(dir);
    const record = new ChainRecord(file);
    requireOwn(record, run);
    const torn = "the last line of blocks.jsonl is unfinished, and was left out; importing again goes on from there";
    const beyond = run.records > record.end;
    const last = record.end === 0 ? "none" : `up to ${record.end}`;
    const more = `blocks.jsonl tells of transitions ${last}, and the trace has ${run.records}: the others are of no block`;
    return { record, notes: [...(file.torn ? [torn] : []), ...(beyond ? [more] : [])] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { record: null, notes: [`blocks.jsonl is not used: ${error.message}`] };
  }
}

/**
 * Compares what both say: the names of programs and kinds, the times, the number of transitions.
 * @throws InvalidInputError if the file is not this run's
 */
function requireOwn(record: ChainRecord, { manifest, records, transitions }: RecordedRun): void {
  const { file } = record;
  const differs = (what: string): never => {
    throw new InvalidInputError(BLOCKS_FILE, `${what}: ${FOREIGN}`);
  };
  if (record.end > records) differs(`tells of transition ${record.end}, and the trace ends with ${records}`);
  for (const [program, name] of file.programs) {
    const other = manifest.programs[program];
    const named = other !== undefined && (/^0x[0-9a-f]{40}( #\d+)?$/i.test(other) || other === file.issuer);
    if (named && other.toLowerCase() !== name) differs(`program ${program} is ${name}, by manifest.json ${other}`);
  }
  for (const [kind, of] of file.kinds) {
    if (file.programs.get(issuerOf(BigInt(kind))) !== of.token) differs(`kind ${kind} is not of its token's program`);
    const other = /0x[0-9a-f]{40}( #\d+)?$/i.exec(manifest.kinds[kind] ?? "")?.[0];
    const own = kindName(of).slice("token ".length);
    if (other !== undefined && other.toLowerCase() !== own)
      differs(`kind ${kind} is ${own}, by manifest.json ${other}`);
  }
  const found = mistimedIn(transitions, file.blocks);
  const block = file.blocks.find(({ seqs }) => found !== null && within(seqs, found.seq));
  if (found !== null && block !== undefined)
    differs(`block ${block.number} is of ${block.time}, and transition ${found.seq} of ${found.at}`);
}

function mistimedIn(transitions: RecordedRun["transitions"], blocks: readonly ChainBlock[]): Mistimed | null {
  if (typeof transitions === "function") return transitions(blocks);
  return "mistimed" in transitions ? transitions.mistimed : firstMistimed(blocks, transitions);
}

function firstMistimed(blocks: readonly ChainBlock[], transitions: readonly Transition[]): Mistimed | null {
  for (const { seqs, time } of blocks) {
    const [first, last] = seqs ?? [1, 0];
    for (let seq = first; seq <= last && seq <= transitions.length; seq++) {
      const at = transitions[seq - 1]?.at;
      if (at !== undefined && at !== time) return { seq, at };
    }
  }
  return null;
}

function within(seqs: readonly [number, number] | null, seq: number): boolean {
  return seqs !== null && seqs[0] <= seq && seq <= seqs[1];
}

/** A refused token is taken out before everything else of its block; corrections come last. */
function aside(block: ChainBlock, seq: number): Part {
  const starts = [block.broughtForward, ...block.transactions.map(({ seqs }) => seqs)].flatMap(
    (seqs) => seqs?.[0] ?? [],
  );
  const [first] = starts;
  if (first !== undefined) return seq < first ? "token refused" : "correction";
  return block.refuses ? "settlement" : "correction";
}
