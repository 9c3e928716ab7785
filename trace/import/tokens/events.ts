/**
 * Events by which tokens tell what they did: transfers, approvals, and the deposits and withdrawals of a wrapped coin.
 * The layouts are those of EIP-20, EIP-721, EIP-1155 and of WETH9. An event is a claim of its contract, no more.
 */
import type { Log } from "../evmLogs.ts";
import { type TokenKind, ZERO } from "./kinds.ts";

/** A transfer that an event tells of. */
export interface TransferEvent {
  type: "transfer";
  kind: TokenKind;
  /** Null for a mint: the event names address 0. */
  from: string | null;
  /** Null for a burn. */
  to: string | null;
  amount: bigint;
  /** Who moved it, where the event says so (ERC-1155). */
  operator: string | null;
  /** True for a deposit or a withdrawal of a wrapped coin, which has no Transfer event. */
  wrapped: boolean;
}

/** An approval that an event tells of. */
export interface ApprovalEvent {
  type: "approval";
  token: string;
  owner: string;
  spender: string;
  /** `amount`: an allowance of an ERC-20 token; `one`: one token of an ERC-721; `all`: every token of the contract. */
  covers: "amount" | "one" | "all";
  /** Number of the one token; null otherwise. */
  id: bigint | null;
  /** The allowance; 1 for a granted `one` or `all`; 0 when it is taken away. */
  amount: bigint;
}

export type TokenEvent = TransferEvent | ApprovalEvent;

/** Hashes of the events' signatures (keccak-256). */
export const EVENTS = {
  transfer: "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
  transferSingle: "0xc3d58168c5ae7397731d063d5bbf3d657854427343f4c083240f7aacaa2d0f62",
  transferBatch: "0x4a39dc06d4c0dbc64b70af90fd698a233a518aa5d07e595d983b8c0526c8f7fb",
  approval: "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
  approvalForAll: "0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31",
  deposit: "0xe1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c",
  withdrawal: "0x7fcf532c15f0a6db0bd6d0e038bea71d30d808c7d98cb3bf7268a95bf5081b65",
} as const;

const WORD = 64;

/**
 * Reads the event of a log.
 * @returns the events that it tells of, one for each token of a batch; none if it is another event or malformed
 */
export function tokenEvents({ address: token, topics, data }: Log): TokenEvent[] {
  const words = wordsOf(data);
  const [event, ...indexed] = topics;
  const at = indexed.map(addressIn);
  switch (event) {
    case EVENTS.transfer:
      return transferOf(token, indexed, at, words);
    case EVENTS.transferSingle:
      return multiTransfer(token, at, words.length === 2 ? [[words[0] as bigint, words[1] as bigint]] : null);
    case EVENTS.transferBatch:
      return multiTransfer(token, at, batchOf(words));
    case EVENTS.approval:
      return approvalOf(token, indexed, at, words);
    case EVENTS.approvalForAll:
      return approvalForAll(token, at, words);
    case EVENTS.deposit:
    case EVENTS.withdrawal:
      return wrapOf(token, event === EVENTS.deposit, at, words);
    default:
      return [];
  }
}

function transferOf(token: string, indexed: readonly string[], at: readonly (string | null)[], words: bigint[]) {
  const [from, to] = at;
  if (from == null || to == null) return [];
  const ends = { from: somebody(from), to: somebody(to), operator: null, wrapped: false };
  if (indexed.length === 2 && words.length === 1) {
    const kind: TokenKind = { token, standard: "ERC-20", id: null };
    return [{ type: "transfer" as const, kind, amount: words[0] as bigint, ...ends }];
  }
  if (indexed.length === 3 && words.length === 0) {
    const kind: TokenKind = { token, standard: "ERC-721", id: BigInt(indexed[2] as string) };
    return [{ type: "transfer" as const, kind, amount: 1n, ...ends }];
  }
  return [];
}

function multiTransfer(
  token: string,
  [operator, from, to]: readonly (string | null)[],
  moved: readonly (readonly [bigint, bigint])[] | null,
): TransferEvent[] {
  if (operator == null || from == null || to == null || moved === null) return [];
  const ends = { from: somebody(from), to: somebody(to), operator, wrapped: false };
  return moved.map(([id, amount]) => ({
    type: "transfer",
    kind: { token, standard: "ERC-1155", id },
    amount,
    ...ends,
  }));
}

/** Ids and amounts of a batch: two lists, each behind the offset of its length. Null if malformed. */
function batchOf(words: readonly bigint[]): (readonly [bigint, bigint])[] | null {
  const listAt = (offset: bigint | undefined): readonly bigint[] | null => {
    if (offset === undefined || offset % 32n !== 0n || offset / 32n >= BigInt(words.length)) return null;
    const start = Number(offset / 32n);
    const length = words[start] as bigint;
    if (length > BigInt(words.length - start - 1)) return null;
    return words.slice(start + 1, start + 1 + Number(length));
  };
  const [ids, amounts] = [listAt(words[0]), listAt(words[1])];
  if (ids === null || amounts === null || ids.length !== amounts.length) return null;
  return ids.map((id, i) => [id, amounts[i] as bigint] as const);
}

function approvalOf(token: string, indexed: readonly string[], at: readonly (string | null)[], words: bigint[]) {
  const [owner, spender] = at;
  if (owner == null || spender == null) return [];
  const approval = { type: "approval" as const, token, owner, spender };
  if (indexed.length === 2 && words.length === 1) {
    return [{ ...approval, covers: "amount" as const, id: null, amount: words[0] as bigint }];
  }
  if (indexed.length === 3 && words.length === 0) {
    const amount = spender === ZERO ? 0n : 1n;
    return [{ ...approval, covers: "one" as const, id: BigInt(indexed[2] as string), amount }];
  }
  return [];
}

function approvalForAll(token: string, [owner, spender]: readonly (string | null)[], words: bigint[]) {
  if (owner == null || spender == null || words.length !== 1) return [];
  const amount = words[0] === 0n ? 0n : 1n;
  return [{ type: "approval" as const, token, owner, spender, covers: "all" as const, id: null, amount }];
}

function wrapOf(token: string, deposit: boolean, [who]: readonly (string | null)[], words: bigint[]): TransferEvent[] {
  if (who == null || words.length !== 1) return [];
  const [from, to] = deposit ? [null, who] : [who, null];
  const kind: TokenKind = { token, standard: "ERC-20", id: null };
  return [{ type: "transfer", kind, from, to, amount: words[0] as bigint, operator: null, wrapped: true }];
}

const somebody = (address: string): string | null => (address === ZERO ? null : address);

/** The address in a topic; null if the topic holds more than an address. */
function addressIn(topic: string): string | null {
  return topic.startsWith(`0x${"0".repeat(24)}`) ? `0x${topic.slice(26)}` : null;
}

/** The words of a log's data; a number of bytes that is no multiple of 32 gives one word too many, so nothing fits. */
function wordsOf(data: string): bigint[] {
  const hex = data.slice(2);
  const words: bigint[] = [];
  for (let i = 0; i < hex.length; i += WORD) words.push(BigInt(`0x${hex.slice(i, i + WORD)}`));
  return hex.length % WORD === 0 ? words : [...words, 0n, 0n];
}
