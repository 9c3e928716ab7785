/** A node of the simulated chain, without a network. It tells the time that it takes itself. */
import type { Answered, AskMany } from "../../../trace/import/node/ask.ts";
import { ASKED } from "../../../trace/import/node/contractCalls.ts";
import { hex, type Json, word } from "./callTree.ts";
import { allowanceOf, balanceOf, ChainState, ownerOf, weiOf } from "./chainState.ts";
import { addressOf, Draws } from "./draws.ts";
import { MIX } from "./mix.ts";
import { type Done, Transactions } from "./transactions.ts";

/** A block as the node gives it. */
interface Block {
  header: Json;
  receipts: Json[];
  traces: Json[];
}

/** What the blocks so far hold. */
export interface Held {
  blocks: number;
  transactions: number;
  failed: number;
  calls: number;
  /** Logs, and those of them that tell of tokens are counted by the importer. */
  logs: number;
  sorts: Record<string, number>;
}

const GWEI = 10n ** 9n;
const BASE_FEE = GWEI;
const PRICE = 2n * GWEI;
const START = 1_750_000_000;
const WITHDRAWN = 19n * 10n ** 6n;
const hash = (n: number): string => `0x${word(0xb10c_0000_0000 + n)}`;

export class SimulatedNode {
  readonly #state = new ChainState();
  readonly #transactions: Transactions;
  readonly #draws: Draws;
  readonly #blocks = new Map<string, Block>();
  readonly held: Held = { blocks: 0, transactions: 0, failed: 0, calls: 0, logs: 0, sorts: {} };
  /** Requests so far, and the seconds in which they were answered. */
  readonly cost = { requests: 0, roundTrips: 0, processor: 0, clock: 0 };

  constructor(seed: number) {
    this.#transactions = new Transactions(this.#state, seed);
    this.#draws = new Draws(~seed);
  }

  readonly ask: AskMany = async (requests) => {
    const [started, now] = [process.cpuUsage(), performance.now()];
    const answers = requests.map(({ method, params }): Answered => {
      const result = this.#answer(method, params);
      return result === undefined ? { error: "execution reverted" } : { result };
    });
    const { user, system } = process.cpuUsage(started);
    this.cost.processor += (user + system) / 1e6;
    this.cost.clock += (performance.now() - now) / 1_000;
    this.cost.requests += requests.length;
    this.cost.roundTrips++;
    return answers;
  };

  #answer(method: string, [first, second]: readonly unknown[]): unknown {
    const block = second === "latest" ? this.#state.block : Number(second);
    switch (method) {
      case "eth_chainId":
        return hex(1);
      case "eth_getBlockByNumber":
        return this.#block(Number(first)).header;
      case "eth_getBlockReceipts":
        return this.#block(Number(first)).receipts;
      case "debug_traceBlockByHash":
        return this.#blocks.get(String(first))?.traces;
      case "eth_getBalance":
        return hex(this.#state.at(weiOf(String(first)), block));
      case "eth_getCode":
        return this.#transactions.contracts.code.has(String(first)) ? "0x00" : "0x";
      case "eth_call":
        return this.#call(first as { to: string; data: string }, block);
      default:
        return undefined;
    }
  }

  #call({ to, data }: { to: string; data: string }, block: number): string | undefined {
    const [selector, first = "", second = ""] = [data.slice(0, 10), data.slice(10, 74), data.slice(74)];
    const address = (text: string): string => `0x${text.slice(24)}`;
    const number = (key: string): string => `0x${word(this.#state.at(key, block))}`;
    switch (selector) {
      case ASKED["balanceOf(address)"]:
        return number(balanceOf(to, address(first)));
      case ASKED["allowance(address,address)"]:
      case ASKED["isApprovedForAll(address,address)"]:
        return number(allowanceOf(to, address(first), address(second)));
      case ASKED["ownerOf(uint256)"]:
        return number(ownerOf(to, BigInt(`0x${first}`)));
      case ASKED["getApproved(uint256)"]:
        return `0x${word(0)}`;
      case ASKED["decimals()"]:
        return `0x${word(18)}`;
      case ASKED["symbol()"]:
      case ASKED["name()"]:
        return `0x${Buffer.from(`T${to.slice(2, 6)}`)
          .toString("hex")
          .padEnd(64, "0")}`;
      default:
        return undefined;
    }
  }

  /** The block of that number; it is made when it is asked for. */
  #block(number: number): Block {
    const known = this.#blocks.get(hash(number));
    if (known !== undefined) return known;
    if (number !== this.#state.block + 1) throw new Error(`block ${number} is not the next one`);
    this.#state.block = number;
    this.#state.begin();
    const miner = addressOf("builder", this.#draws.rank(MIX.builders));
    const done = Array.from({ length: MIX.transactionsPerBlock }, () => this.#transactions.next());
    const withdrawals = this.#withdrawals();
    const place = (i: number): Json => ({
      ...{ blockHash: hash(number), blockNumber: hex(number), transactionIndex: hex(i) },
    });
    const name = (i: number): string => `0x${word(0x7_0000_0000 + number * 100_000 + i)}`;
    const transactions = done.map(({ from, to, tree: { root } }, i) => ({
      ...{ ...place(i), hash: name(i), from, to, value: root.value, input: root.input, gasPrice: hex(PRICE) },
    }));
    const receipts = done.map((each, i) => ({
      ...{ ...place(i), transactionHash: name(i), from: each.from, to: each.to, contractAddress: null },
      ...{ status: each.failed ? "0x0" : "0x1", logs: each.tree.logs },
      ...{ gasUsed: hex(each.gas), effectiveGasPrice: hex(PRICE) },
    }));
    const traces = done.map(({ tree }, i) => ({ txHash: name(i), result: tree.root }));
    for (const each of done) this.#count(each, miner);
    const facts = { number: hex(number), hash: hash(number), parentHash: hash(number - 1), miner };
    const more = { timestamp: hex(START + MIX.secondsPerBlock * number), baseFeePerGas: hex(BASE_FEE) };
    const block = { header: { ...facts, ...more, blobGasUsed: "0x0", withdrawals, transactions }, receipts, traces };
    this.#blocks.set(hash(number), block);
    this.#blocks.delete(hash(number - 2));
    this.held.blocks++;
    return block;
  }

  #withdrawals(): Json[] {
    return Array.from({ length: MIX.withdrawals }, (_, i) => {
      const address = addressOf("staker", this.#draws.rank(MIX.stakers));
      this.#state.move(null, weiOf(address), WITHDRAWN * GWEI);
      return { index: hex(i), validatorIndex: hex(i), address, amount: hex(WITHDRAWN) };
    });
  }

  /** The sender pays for the gas; what is above the base fee goes to who built the block. */
  #count({ sort, from, failed, gas, tree }: Done, miner: string): void {
    const used = BigInt(gas);
    this.#state.move(weiOf(from), null, used * PRICE);
    this.#state.move(null, weiOf(miner), used * (PRICE - BASE_FEE));
    this.held.transactions++;
    this.held.calls += tree.calls;
    this.held.logs += tree.logs.length;
    if (failed) this.held.failed++;
    this.held.sorts[sort] = (this.held.sorts[sort] ?? 0) + 1;
  }
}
