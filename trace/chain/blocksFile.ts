/**
 * Reads `blocks.jsonl` for answers: which transitions are which transaction's, and what tokens say of themselves. Each
 * line is checked as it is read, so a file of another sort or a broken one gives an error, not an answer.
 */
import { join } from "node:path";
import { InvalidInputError } from "../errors.ts";
import { BLOCKS_FILE, type Correction, type SeqRange } from "../import/blocks/blockLines.ts";
import type { Standard, TokenKind } from "../import/tokens/kinds.ts";
import { linesAt } from "./lines.ts";
import { Members } from "./members.ts";

/** A transaction, and its transitions. */
export interface ChainTransaction {
  hash: string;
  status: "done" | "failed";
  seqs: SeqRange;
}

/** An approval that a block changed. */
export interface ApprovalChange {
  owner: string;
  token: string;
  spender: string;
  covers: "amount" | "one" | "all";
  /** Number of the one token; null otherwise. */
  id: bigint | null;
  /** Its capability after the block, and what is left of the allowance; null if it is not in force then. */
  now: { program: number; slot: number; remaining: bigint | null } | null;
}

/** What answers need to know of a block. */
export interface ChainBlock {
  number: number;
  hash: string;
  /** Seconds since 1970. */
  time: number;
  seqs: SeqRange;
  /** The last transition after the block. */
  end: number;
  transactions: readonly ChainTransaction[];
  /** Number of transactions that a filter kept out. */
  skipped: number;
  broughtForward: SeqRange;
  corrections: readonly Correction[];
  approvals: readonly ApprovalChange[];
  /** Whether a token is refused from this block on. */
  refuses: boolean;
}

/** What a token says of itself. Foreign text. */
export interface TokenTexts {
  symbol: string | null;
  name: string | null;
  decimals: number | null;
}

/** The content of `blocks.jsonl`. */
export interface BlocksFile {
  chainId: string;
  /** Name of the program that issues the chain's coin. */
  issuer: string;
  blocks: ChainBlock[];
  /** Names of programs: addresses, ` #2` and so on behind the further programs of one. */
  programs: Map<number, string>;
  /** Kinds of tokens, by number in decimal. */
  kinds: Map<string, TokenKind>;
  /** By contract. */
  tokens: Map<string, TokenTexts>;
  /** The last line is unfinished, and was left out. */
  torn: boolean;
}

const FORMAT = "time-bandits-blocks";
const VERSION = 1;
const STANDARDS = ["ERC-20", "ERC-721", "ERC-1155"] as const;
const WHY = ["fees", "block reward, withdrawal or share of fees", "outside the filter", "not explained"] as const;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const DECIMAL = /^(0|[1-9][0-9]{0,77})$/;

/**
 * Reads the file beside a trace.
 * @throws InvalidInputError naming the line and the member that is not as the importer writes it
 * @throws EnvironmentError if it cannot be read
 */
export function readBlocksFile(dir: string): BlocksFile {
  const file: BlocksFile = {
    ...{ chainId: "", issuer: "", blocks: [], torn: false },
    ...{ programs: new Map(), kinds: new Map(), tokens: new Map() },
  };
  const hashes = new Set<string>();
  let [number, from, end, parent] = [0, 0, 0, ""];
  for (const { text, whole } of linesAt(join(dir, BLOCKS_FILE))) {
    number++;
    if (!whole) {
      file.torn = true;
      break;
    }
    const line = Members.parse(`${BLOCKS_FILE}:${number}`, text);
    if (number === 1) {
      from = readHeader(line, file);
      continue;
    }
    const next = from + number - 2;
    if (line.whole("block") !== next) throw line.wrong("block", `is not ${next}`);
    if (parent !== "" && line.text("parent", HASH) !== parent) throw line.wrong("parent", "is not the block before");
    end = readBlock(line, file, end, hashes);
    parent = line.text("hash", HASH);
  }
  if (number < 1 || file.issuer === "") {
    throw new InvalidInputError(`${BLOCKS_FILE}:1`, "is missing; import the blocks again");
  }
  return file;
}

/** @returns the number of the first block */
function readHeader(line: Members, file: BlocksFile): number {
  if (line.value("format") !== FORMAT || line.value("version") !== VERSION) {
    throw line.wrong("format", `is not ${FORMAT} of version ${VERSION}`);
  }
  file.chainId = line.text("chainId", DECIMAL);
  file.issuer = line.text("issuer", /^[a-z]{1,40}$/);
  return line.whole("from");
}

/** @returns the last transition of the block */
function readBlock(line: Members, file: BlocksFile, before: number, hashes: Set<string>): number {
  const end = line.whole("end");
  const seqs = line.range("seqs", before + 1, end);
  if ((seqs === null ? before : seqs[1]) !== end || (seqs !== null && seqs[0] !== before + 1)) {
    throw line.wrong("seqs", `does not go from ${before + 1} to ${end}`);
  }
  const forward = line.inner("broughtForward").range("seqs", before + 1, end);
  let last = forward?.[1] ?? before;
  const transactions = line.list("transactions").map((each) => {
    const hash = each.text("hash", HASH);
    if (hashes.has(hash)) throw each.wrong("hash", "is that of an earlier transaction");
    hashes.add(hash);
    const range = each.range("seqs", last + 1, end);
    last = range?.[1] ?? last;
    return { hash, status: each.oneOf("status", ["done", "failed"] as const), seqs: range };
  });
  const changes = line.inner("changes");
  readTables(changes, file);
  const time = line.whole("time");
  if (time < (file.blocks.at(-1)?.time ?? 0)) throw line.wrong("time", "is before that of the block before");
  file.blocks.push({
    ...{ number: line.whole("block"), hash: line.text("hash", HASH), time, seqs, end, transactions },
    ...{ skipped: line.whole("skipped"), broughtForward: forward, refuses: changes.list("refused").length > 0 },
    corrections: line.list("corrections").map((each) => ({
      ...{ address: each.text("address", ADDRESS), of: each.text("of"), amount: each.text("amount", /^-?[0-9]+$/) },
      why: each.oneOf("why", WHY),
    })),
    approvals: changes.list("approvals").map(readApproval),
  });
  return end;
}

function readTables(changes: Members, { programs, kinds, tokens, issuer }: BlocksFile): void {
  for (const row of changes.list("programs")) {
    const [program, name] = [row.whole("0"), row.text("1")];
    if (name !== issuer && !/^0x[0-9a-f]{40}( #[1-9][0-9]{0,6})?$/.test(name)) throw row.wrong("1", "is no address");
    if (program < 1 || programs.has(program)) throw row.wrong("0", "is no new program");
    programs.set(program, name);
  }
  for (const row of changes.list("kinds")) {
    const standard: Standard = row.oneOf("2", STANDARDS);
    const id = row.value("3") === null ? null : BigInt(row.text("3", DECIMAL));
    const kind = row.text("0", DECIMAL);
    if (kinds.has(kind) || (standard === "ERC-20") !== (id === null)) throw row.wrong("0", "is no new kind");
    kinds.set(kind, { token: row.text("1", ADDRESS), standard, id });
  }
  for (const row of changes.list("tokens")) {
    const token = row.text("0", ADDRESS);
    const texts: TokenTexts = {
      symbol: row.value("1") === null ? null : row.text("1"),
      name: row.value("2") === null ? null : row.text("2"),
      decimals: row.value("3") === null ? null : row.whole("3"),
    };
    const told = tokens.get(token);
    // Other decimals than before: neither are certain.
    if (told !== undefined && told.decimals !== texts.decimals) texts.decimals = null;
    tokens.set(token, texts);
  }
}

function readApproval(row: Members): ApprovalChange {
  const key = row.text("1", /^0x[0-9a-f]{40} 0x[0-9a-f]{40} (amount|all|null|[0-9]{1,78})$/).split(" ");
  const [token = "", spender = "", covers = ""] = key;
  const one = /^[0-9]/.test(covers);
  const now = row.value("2") === null ? undefined : row.inner("2");
  const place = now?.inner("place");
  return {
    ...{ owner: row.text("0", ADDRESS), token, spender, id: one ? BigInt(covers) : null },
    covers: one ? "one" : covers === "amount" ? "amount" : "all",
    now:
      now === undefined || place === undefined
        ? null
        : {
            ...{ program: place.whole("program"), slot: place.whole("slot") },
            remaining: now.value("remaining") === null ? null : BigInt(now.text("remaining", DECIMAL)),
          },
  };
}
