/** A chain of canned blocks whose contracts answer as a test says, block by block. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { importBlocks } from "../../prover/recording/importBlocks.ts";
import { approvalLine, BLOCKS_FILE, parseBlocks, tablesAfter } from "../../trace/import/blocks/blockLines.ts";
import type { ChainImport } from "../../trace/import/blocks/chainImport.ts";
import { ChainNode } from "../../trace/import/node/chainNode.ts";
import { ASKED } from "../../trace/import/node/contractCalls.ts";
import { EVENTS } from "../../trace/import/tokens/events.ts";
import { programOf } from "../../trace/layout.ts";
import {
  type FakeNode,
  type FakeTransaction,
  fakeBlock,
  fakeChainNode,
  hex,
  type Json,
  Refused,
  word,
} from "./fakeChainNode.ts";

/** What the contracts and the chain answer after a block; null for a call that fails. */
export interface Answers {
  wei?(who: string, block: number): bigint;
  /** `balanceOf`; `id` is null but for ERC-1155. */
  balance?(token: string, who: string, id: bigint | null, block: number): bigint | null;
  owner?(token: string, id: bigint, block: number): string | null;
  allowance?(token: string, owner: string, spender: string, block: number): bigint | null;
  forAll?(token: string, owner: string, operator: string, block: number): boolean;
  approved?(token: string, id: bigint, block: number): string | null;
  /** Raw answer of `symbol()`. */
  symbol?(token: string): string;
}

const RICH = 10n ** 18n;

/** A node with a chain from block 1 on. */
export function claimedChain(blocks: readonly (readonly FakeTransaction[])[], answers: Answers): FakeNode {
  const node = fakeChainNode([fakeBlock(0, []), ...blocks.map((list, i) => fakeBlock(i + 1, list))]);
  node.lies.set("eth_getBalance", (_, [who, at]) => hex(answers.wei?.(String(who), Number(at)) ?? RICH));
  node.lies.set("eth_call", (_, [call, at]) => {
    const { to, data } = call as { to: string; data: string };
    const answer = answered(answers, to, data, at === "latest" ? blocks.length : Number(at));
    return answer ?? new Refused("execution reverted");
  });
  return node;
}

function answered(answers: Answers, token: string, data: string, block: number): string | null {
  const words = (data.slice(10).match(/.{64}/g) ?? []).map((each) => BigInt(`0x${each}`));
  const who = (i: number): string => hex20(words[i] ?? 0n);
  const number = (i: number): bigint => words[i] ?? 0n;
  const text = (value: bigint | string | boolean | null | undefined): string | null =>
    value === null || value === undefined ? null : word(BigInt(value));
  switch (data.slice(0, 10)) {
    case ASKED["balanceOf(address)"]:
      return text(answers.balance?.(token, who(0), null, block));
    case ASKED["balanceOf(address,uint256)"]:
      return text(answers.balance?.(token, who(0), number(1), block));
    case ASKED["ownerOf(uint256)"]:
      return text(answers.owner?.(token, number(0), block));
    case ASKED["allowance(address,address)"]:
      return text(answers.allowance?.(token, who(0), who(1), block));
    case ASKED["isApprovedForAll(address,address)"]:
      return text(answers.forAll?.(token, who(0), who(1), block));
    case ASKED["getApproved(uint256)"]:
      return text(answers.approved?.(token, number(0), block));
    case ASKED["symbol()"]:
      return answers.symbol?.(token) ?? null;
    default:
      return null;
  }
}

const hex20 = (n: bigint): string => `0x${n.toString(16).padStart(40, "0")}`;
const topic = (who: string): string => word(BigInt(who));
const log = (address: string, topics: string[], words: readonly (bigint | number)[]): Json => ({
  ...{ address, topics, position: "0x0" },
  data: `0x${words.map((each) => word(each).slice(2)).join("")}`,
});

/** Logs as tokens write them. */
export const says = {
  transfer: (token: string, from: string, to: string, amount: bigint | number): Json =>
    log(token, [EVENTS.transfer, topic(from), topic(to)], [amount]),
  single: (token: string, from: string, to: string, id: bigint | number): Json =>
    log(token, [EVENTS.transfer, topic(from), topic(to), word(id)], []),
  multi: (token: string, by: string, from: string, to: string, id: bigint | number, amount: bigint | number): Json =>
    log(token, [EVENTS.transferSingle, topic(by), topic(from), topic(to)], [id, amount]),
  batch: (token: string, by: string, from: string, to: string, ids: readonly number[], amounts: readonly number[]) => {
    const words = [0x40, 0x60 + 0x20 * ids.length, ids.length, ...ids, amounts.length, ...amounts];
    return log(token, [EVENTS.transferBatch, topic(by), topic(from), topic(to)], words);
  },
  approval: (token: string, owner: string, spender: string, amount: bigint | number): Json =>
    log(token, [EVENTS.approval, topic(owner), topic(spender)], [amount]),
  approvalOne: (token: string, owner: string, spender: string, id: bigint | number): Json =>
    log(token, [EVENTS.approval, topic(owner), topic(spender), word(id)], []),
  forAll: (token: string, owner: string, operator: string, given: boolean): Json =>
    log(token, [EVENTS.approvalForAll, topic(owner), topic(operator)], [given ? 1 : 0]),
  deposit: (token: string, who: string, amount: bigint | number): Json =>
    log(token, [EVENTS.deposit, topic(who)], [amount]),
  withdrawal: (token: string, who: string, amount: bigint | number): Json =>
    log(token, [EVENTS.withdrawal, topic(who)], [amount]),
};

/** Imports all blocks of a node into a directory. */
export async function importAll(
  dir: string,
  node: FakeNode,
  options: Partial<Parameters<typeof importBlocks>[2]> = {},
) {
  const to = Math.max(...node.blocks.keys());
  return await importBlocks(dir, new ChainNode(node.ask, { batch: 1000 }), { from: 1, to, ...options });
}

/** The approvals in force after an import, as `blocks.jsonl` has them. */
export function approvalsIn(dir: string) {
  const { header, lines } = parseBlocks(readFileSync(join(dir, BLOCKS_FILE), "utf8"));
  return tablesAfter(header, lines).tables.approvals.map(approvalLine);
}

/** What the map has at the moment, by address and the kind's name without its first word. */
export function heldIn({ tracer }: ChainImport): Map<string, bigint> {
  const held = new Map<string, bigint>();
  if (tracer === undefined) return held;
  const { programs, kinds } = tracer.manifest;
  for (const at of tracer.map.addresses()) {
    const cell = tracer.map.cell(at);
    if (cell.type !== "resource") continue;
    const who = programs[programOf(at)]?.split(" #")[0];
    const key = `${who} ${kinds[cell.kind.toString()]?.replace("token ", "")}`;
    held.set(key, (held.get(key) ?? 0n) + cell.quantity);
  }
  return held;
}
