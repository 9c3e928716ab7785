/** What events and traces alone would say that everybody has. Written for the tests of this folder only. */
import { toQuantity } from "ethers";
import type { WorldToken } from "./deployed.ts";
import type { World } from "./world.ts";

/** A frame of the tracer `callTracer`. */
export interface Frame {
  readonly type: string;
  readonly from: string;
  readonly to?: string;
  readonly value?: string;
  readonly error?: string;
  readonly calls?: readonly Frame[];
}

interface Log {
  readonly topics: readonly string[];
  readonly data: string;
}
interface PaidReceipt {
  readonly from: string;
  readonly gasUsed: string;
  readonly effectiveGasPrice: string;
}
interface Block {
  readonly hash: string;
  readonly miner: string;
  readonly baseFeePerGas: string;
}

/** Amounts by account, with the signs that double entries have. */
class Sums extends Map<string, bigint> {
  move(from: string | undefined, to: string | undefined, amount: bigint): void {
    if (from !== undefined) this.set(from.toLowerCase(), (this.get(from.toLowerCase()) ?? 0n) - amount);
    if (to !== undefined) this.set(to.toLowerCase(), (this.get(to.toLowerCase()) ?? 0n) + amount);
  }
}

/** The sums of a token's events, by address. The zero address has the negative of what was made. */
export async function sumsOfEvents(
  world: World,
  token: WorldToken,
  events: readonly ("Transfer" | "Deposit" | "Withdrawal")[],
): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Sums();
  const { abi } = world.tokens.weth;
  const filter = { address: token.address, fromBlock: "0x0", toBlock: "latest" };
  for (const { topics, data } of await world.node.ask<Log[]>("eth_getLogs", filter)) {
    // Logs of another shape are no events of a token.
    const event = abi.getEvent(topics[0] ?? "");
    const known = events.find((name) => name === event?.name);
    if (known === undefined || topics.length !== (known === "Transfer" ? 3 : 2) || data.length !== 66) continue;
    const [first, second] = topics.slice(1).map((topic) => `0x${topic.slice(-40)}`);
    if (known === "Deposit") sums.move(undefined, first, BigInt(data));
    else sums.move(first, second, BigInt(data));
  }
  return sums;
}

/** Wei by address at the end of a block: the first block's balances, and what traces and fees moved since. */
export async function etherByTraces(world: World, last: number): Promise<ReadonlyMap<string, bigint>> {
  const sums = new Sums();
  for (const account of world.accounts) {
    sums.move(undefined, account, BigInt(await world.node.ask<string>("eth_getBalance", account, "0x0")));
  }
  for (let number = 1; number <= last; number++) {
    const block = await world.node.ask<Block>("eth_getBlockByNumber", toQuantity(number), false);
    const traces = await world.node.ask<{ result: Frame }[]>("debug_traceBlockByHash", block.hash, {
      tracer: "callTracer",
    });
    for (const { result } of traces) moveAll(sums, result, new Set());
    for (const receipt of await world.node.ask<PaidReceipt[]>("eth_getBlockReceipts", block.hash)) {
      const [gas, price] = [BigInt(receipt.gasUsed), BigInt(receipt.effectiveGasPrice)];
      sums.move(receipt.from, undefined, gas * price);
      sums.move(undefined, block.miner, gas * (price - BigInt(block.baseFeePerGas)));
    }
  }
  return sums;
}

/** @param created contracts that this transaction has created so far */
function moveAll(sums: Sums, frame: Frame, created: Set<string>): void {
  if (frame.error !== undefined) return;
  const { type, from, to, value = "0x0", calls = [] } = frame;
  if (type.startsWith("CREATE") && to !== undefined) created.add(to);
  // A delegated call repeats the value of the call around it.
  if (type !== "DELEGATECALL" && type !== "CALLCODE") {
    const lost = type === "SELFDESTRUCT" && from === to && created.has(from);
    sums.move(from, lost ? undefined : to, BigInt(value));
  }
  for (const call of calls) moveAll(sums, call, created);
}
