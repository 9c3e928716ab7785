/** The same transaction in the forms of different clients, with or without a node's answers beside the call tree. */
import { NodeAnswer, type NodeFacts } from "../../../trace/import/evmNode.ts";
import type { Random } from "../../lib/random.ts";
import { allNodes, type Node, type Play, type TrueLog } from "./importModel.ts";

/** The differences of clients. */
export const CLIENTS = ["geth", "zksync", "anvil", "old", "no value"] as const;
export type Client = (typeof CLIENTS)[number];

/** A frame as JSON. */
export type Shown = { [field: string]: unknown; calls?: Shown[] };

/** The input of the import. */
export interface Rendered {
  client: Client;
  json: { result: Shown; block?: string; timestamp?: string; node?: Facts };
  /**
   * Addresses that this client shows incompletely. The wei of the heir may differ if the import reports the contract.
   */
  vague: readonly (readonly [contract: string, heir: string])[];
}

/** A node's answers beside the tree. Lies change them in place. */
export interface Facts extends NodeFacts {
  transaction: Shown;
  receipt: Shown;
  header: Shown;
  balances: { pre: Record<string, Shown>; post: Record<string, Shown> } | null;
}

/** The rendered transaction as the input of an import. */
export function inputOf({ json: { result, block, timestamp, node } }: Rendered): unknown {
  return node === undefined ? { result, block, timestamp } : new NodeAnswer(result, block, timestamp, node);
}

const HASH = `0x${"ab".repeat(32)}`;
const BLOCK = `0x${"cd".repeat(32)}`;
/** Gas of the transaction and its price: the sender pays the product, and the coinbase gets half of it. */
const GAS = 50_000n;
const PRICE = 4n;
const FEE = GAS * PRICE;
const ZERO = `0x${"0".repeat(40)}`;

const hex = (n: bigint | number): string => `0x${n.toString(16)}`;

/** Shows a transaction as one client does. `asked`: a node was asked, so that there is a receipt. */
export function render(play: Play, client: Client, asked: boolean, random: Random): Rendered {
  const vague: [string, string][] = [];
  const result = new Screen(play, client, random, vague).frame(play.root);
  const timed = asked || random.below(3) > 0;
  // If the rules of the block are unknown, an ended contract may have lost its wei.
  const unsure = !asked && (!timed || play.cancun);
  const ends = allNodes(play.root).filter(({ type, undone }) => type === "SELFDESTRUCT" && !undone);
  if (unsure) vague.push(...ends.map(({ from }): [string, string] => [from, from]));
  const json = timed ? { result, block: "0x64", timestamp: timeOf(play) } : { result };
  return { client, json: asked ? { ...json, node: factsOf(play, random.below(4) > 0) } : json, vague };
}

const timeOf = ({ cancun }: Play): string => hex(cancun ? 1_750_000_000 : 1_600_000_000);

/** One client's view of one transaction, frame by frame in their order. */
class Screen {
  readonly #play: Play;
  readonly #client: Client;
  readonly #random: Random;
  readonly #vague: [string, string][];
  readonly #withLogs: boolean;
  /** The latest payment that was not undone. */
  #last: Shown | null = null;

  constructor(play: Play, client: Client, random: Random, vague: [string, string][]) {
    this.#play = play;
    this.#client = client;
    this.#random = random;
    this.#vague = vague;
    this.#withLogs = random.below(3) > 0;
  }

  frame(node: Node): Shown {
    if (node.type === "SELFDESTRUCT") return this.#end(node);
    const { type, from, to, value, input, failed } = node;
    const creates = type === "CREATE" || type === "CREATE2";
    const shown: Shown = { type, from, gas: "0x5208", gasUsed: "0x5208", input };
    if (!creates || !failed) shown.to = to;
    if (type !== "STATICCALL") shown.value = hex(value);
    if (failed) shown.error = "execution reverted";
    if (this.#client === "zksync") {
      shown.type = type[0] + type.slice(1).toLowerCase();
      shown.error = null;
      shown.revertReason = failed ? "Error: no" : null;
      shown.calls = [];
    }
    if (creates || (type === "CALL" && value > 0n)) this.#pay(node);
    if (node.calls.length > 0) shown.calls = node.calls.map((inner) => this.frame(inner));
    const logs = node.undone ? [] : node.logs;
    if (this.#withLogs && logs.length > 0) shown.logs = logs.map(asJson);
    return shown;
  }

  #pay({ from, to, value, undone }: Node): void {
    if (!undone) this.#last = { from, to, value: hex(value) };
  }

  #end(node: Node): Shown {
    const { from, to, value, young, undone } = node;
    const bare: Shown = { type: "SELFDESTRUCT", gas: "0x0", gasUsed: "0x0", input: "0x" };
    if (this.#play.cancun && from === to && !young) {
      if (this.#client === "anvil") return { ...bare, ...this.#inPlace(node) };
    } else this.#pay(node);
    if (!undone && (this.#client === "old" || this.#client === "no value")) this.#vague.push([from, to]);
    if (this.#client === "old") return { ...bare, from };
    return this.#client === "no value" ? { ...bare, from, to } : { ...bare, from, to, value: hex(value) };
  }

  /** If an end changes nothing, anvil repeats the latest payment of any account, or shows no address. */
  #inPlace({ from, undone }: Node): Shown {
    const last = undone || this.#random.below(3) === 0 ? null : this.#last;
    if (!undone) this.#vague.push([from, String(last?.to ?? from)]);
    return last ?? { from: ZERO };
  }
}

const asJson = ({ address, topics, data }: TrueLog): Shown => ({ address, topics, data, position: "0x0" });

function factsOf(play: Play, withBalances: boolean): Facts {
  const { root, sender, coinbase, cancun } = play;
  const creates = root.type === "CREATE";
  const logs = allNodes(root)
    .filter(({ undone }) => !undone)
    .flatMap((node) => node.logs.map(asJson));
  const header: Shown = {
    hash: BLOCK,
    number: "0x64",
    timestamp: timeOf(play),
    miner: coinbase,
    baseFeePerGas: hex(PRICE / 2n),
  };
  if (cancun) header.parentBeaconBlockRoot = HASH;
  return {
    hash: HASH,
    chainId: "1",
    transaction: {
      ...{ hash: HASH, blockHash: BLOCK, blockNumber: "0x64", from: sender, to: creates ? null : root.to },
      ...{ value: hex(root.value), input: root.input, gasPrice: hex(PRICE) },
    },
    receipt: {
      ...{ transactionHash: HASH, blockHash: BLOCK, blockNumber: "0x64", from: sender, to: creates ? null : root.to },
      ...{ contractAddress: creates ? root.to : null, status: root.failed ? "0x0" : "0x1", logs },
      ...{ gasUsed: hex(GAS), effectiveGasPrice: hex(PRICE) },
    },
    header,
    balances: withBalances ? balancesOf(play, new Map(play.after)) : null,
    noBalances: withBalances ? null : "no such tracer",
  };
}

/** Balances before and after, with the fee. */
export function balancesOf(play: Play, after: Map<string, bigint>): NonNullable<Facts["balances"]> {
  const { sender, coinbase, before, gone } = play;
  const add = (who: string, wei: bigint): void => void after.set(who, (after.get(who) ?? 0n) + wei);
  add(sender, -FEE);
  if (!gone.has(coinbase)) add(coinbase, FEE / 2n);
  const balances: NonNullable<Facts["balances"]> = { pre: {}, post: {} };
  for (const who of new Set([...before.keys(), ...after.keys()])) {
    const [had, has] = [before.get(who) ?? 0n, after.get(who) ?? 0n];
    if (had === has) continue;
    balances.pre[who] = { balance: hex(had) };
    if (!gone.has(who)) balances.post[who] = { balance: hex(has) };
  }
  return balances;
}
