/** A node with canned blocks, without a network. A test can change each of its answers, to make it lie or refuse. */
import type { Answered, AskMany, Request } from "../../trace/import/node/ask.ts";

export type Json = Record<string, unknown>;

export const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
export const word = (n: number | bigint): string => `0x${n.toString(16).padStart(64, "0")}`;
export const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
export const MINER = address(0xfee);
/** The hash of a block, and of a transaction in it. */
export const blockHash = (number: number): string => word(0xb10c_0000 + number);
export const transactionHash = (number: number, index: number): string => word(0x7_0000_0000 + number * 1_000 + index);

/** A transaction of a canned block. `calls` are the frames below its own; a creation has no `to`. */
export interface FakeTransaction {
  from: string;
  to?: string;
  created?: string;
  value?: number | bigint;
  input?: string;
  failed?: boolean;
  calls?: readonly Json[];
  /** Logs of its own frame, and all of its receipt. */
  logs?: readonly Json[];
  allLogs?: readonly Json[];
}

/** A node's answers on one block. */
export interface FakeBlock {
  header: Json & { transactions: Json[] };
  receipts: Json[];
  traces: Json[];
}

const GAS = 21_000;
const PRICE = 10;

export function fakeBlock(number: number, list: readonly FakeTransaction[], header: Json = {}): FakeBlock {
  const place = (i: number): Json => ({
    blockHash: blockHash(number),
    blockNumber: hex(number),
    transactionIndex: hex(i),
  });
  const transactions = list.map(({ from, to, value = 0, input = "0x" }, i) => ({
    ...{ ...place(i), hash: transactionHash(number, i), from, to: to ?? null, value: hex(value), input },
    gasPrice: hex(PRICE),
  }));
  const receipts = list.map(({ from, to, created, failed, logs = [], allLogs = logs }, i) => ({
    ...{ ...place(i), transactionHash: transactionHash(number, i), from, to: to ?? null },
    ...{ contractAddress: created ?? null, status: failed ? "0x0" : "0x1", logs: failed ? [] : allLogs },
    ...{ gasUsed: hex(GAS), effectiveGasPrice: hex(PRICE) },
  }));
  const traces = list.map(({ from, to, created, value = 0, input = "0x", failed, calls, logs }, i) => ({
    txHash: transactionHash(number, i),
    result: {
      ...{ type: to === undefined ? "CREATE" : "CALL", from, to: to ?? created, value: hex(value), input },
      ...{ gas: hex(GAS), gasUsed: hex(GAS) },
      ...(failed ? { error: "execution reverted" } : {}),
      ...(calls === undefined ? {} : { calls }),
      ...(logs === undefined ? {} : { logs }),
    },
  }));
  const facts = { number: hex(number), hash: blockHash(number), parentHash: blockHash(number - 1), miner: MINER };
  const more = { timestamp: hex(1_750_000_000 + 12 * number), baseFeePerGas: hex(7), blobGasUsed: "0x0" };
  return { header: { ...facts, ...more, withdrawals: [], ...header, transactions }, receipts, traces };
}

/** Words of a refusal, as a test lets a method answer. */
export class Refused {
  readonly words: string;
  constructor(words: string) {
    this.words = words;
  }
}

/** Changes the answer to a method: it gets the honest answer and the parameters. A `Refused` is a refusal. */
export type Lie = (honest: unknown, params: readonly unknown[]) => unknown;

export interface FakeNode {
  ask: AskMany;
  /** All round trips so far. */
  asked: Request[][];
  /** Blocks by number; the last one is the head. */
  blocks: Map<number, FakeBlock>;
  /** By method. */
  lies: Map<string, Lie>;
  /** Comes before each round trip; it may throw an AskFailure. */
  before: (requests: readonly Request[]) => void;
  /** Balances in wei, and codes, by address. */
  wei: Map<string, bigint>;
  code: Map<string, string>;
  /** Answers of contracts, by address and call data, as in `0xaddress 0xdata`. */
  calls: Map<string, string>;
}

const NO_METHOD = new Refused("the method does not exist/is not available");

/** A node with these blocks. Its lies, states and failures can be set later. */
export function fakeChainNode(blocks: readonly FakeBlock[], chainId = 1n): FakeNode {
  const node: FakeNode = {
    ...{ asked: [], lies: new Map(), before: () => undefined, wei: new Map(), code: new Map(), calls: new Map() },
    blocks: new Map(blocks.map((block) => [Number(block.header.number), block])),
    ask: async (requests) => {
      node.asked.push([...requests]);
      node.before(requests);
      return requests.map(({ method, params }): Answered => {
        const lie = node.lies.get(method);
        const honest = honestly(node, chainId, method, params);
        const answer = lie === undefined ? honest : lie(honest, params);
        return answer instanceof Refused ? { error: answer.words } : { result: structuredClone(answer) };
      });
    },
  };
  return node;
}

function honestly(node: FakeNode, chainId: bigint, method: string, params: readonly unknown[]): unknown {
  const [first, second] = params;
  const of = (hash: unknown, list: "receipts" | "traces"): Json | undefined => {
    const all = [...node.blocks.values()].flatMap((block) => block[list]);
    return all.find(({ transactionHash: a, txHash: b }) => a === hash || b === hash);
  };
  switch (method) {
    case "eth_chainId":
      return hex(chainId);
    case "eth_getBlockByNumber":
      return shown(blockAt(node, first), second === true);
    case "eth_getBlockReceipts":
      return blockAt(node, first)?.receipts ?? null;
    case "eth_getTransactionReceipt":
      return of(first, "receipts") ?? null;
    case "debug_traceBlockByNumber":
      return blockAt(node, first)?.traces ?? new Refused("block not found");
    case "debug_traceBlockByHash":
      return (
        [...node.blocks.values()].find(({ header }) => header.hash === first)?.traces ?? new Refused("block not found")
      );
    case "debug_traceTransaction":
      return of(first, "traces")?.result ?? new Refused("transaction not found");
    case "eth_getBalance":
      return hex(node.wei.get(String(first)) ?? 0n);
    case "eth_getCode":
      return node.code.get(String(first)) ?? "0x";
    case "eth_call": {
      const { to, data } = first as { to: string; data: string };
      return node.calls.get(`${to} ${data}`) ?? new Refused("execution reverted");
    }
    default:
      return NO_METHOD;
  }
}

function blockAt(node: FakeNode, name: unknown): FakeBlock | undefined {
  const latest = Math.max(...node.blocks.keys());
  const number = name === "latest" ? latest : name === "safe" || name === "finalized" ? latest - 1 : Number(name);
  return node.blocks.get(number);
}

function shown(block: FakeBlock | undefined, whole: boolean): Json | null {
  if (block === undefined || whole) return block?.header ?? null;
  return { ...block.header, transactions: block.header.transactions.map(({ hash }) => hash) };
}
