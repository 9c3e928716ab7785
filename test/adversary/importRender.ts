/** The same transaction as different clients show it, with or without what a node says beside the call tree. */
import { NodeAnswer, type NodeFacts } from "../../trace/import/evm-node.ts";
import type { Random } from "../lib/random.ts";
import { allNodes, type Node, type Play, type TrueLog } from "./importModel.ts";

/** How clients differ. */
export const CLIENTS = ["geth", "zksync", "anvil", "old", "no value"] as const;
export type Client = (typeof CLIENTS)[number];

/** A frame as JSON. */
export type Shown = { [field: string]: unknown; calls?: Shown[] };

/** What is given to the import. */
export interface Rendered {
  client: Client;
  json: { result: Shown; block?: string; timestamp?: string; node?: Facts };
  /** Addresses of which this client does not tell everything: they may differ, if the import says so of the contract before the heir. */
  vague: readonly (readonly [contract: string, heir: string])[];
}

/** What a node says beside the tree, altered in place by lies. */
export interface Facts extends NodeFacts {
  transaction: Shown;
  receipt: Shown;
  header: Shown;
  balances: { pre: Record<string, Shown>; post: Record<string, Shown> } | null;
}

/** The rendered transaction as an import takes it. */
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
  const withLogs = random.below(3) > 0;
  const result = frame(play, client, play.root, null, withLogs);
  const nodes = allNodes(play.root);
  const ends = nodes.filter(({ type, undone }) => type === "SELFDESTRUCT" && !undone);
  // Where the rules of the block are not known either, whatever ended may have lost what it had.
  const timed = random.below(3) > 0;
  const unsure = !asked && (!timed || play.cancun);
  const hidden = ends.filter(
    (end) => client === "old" || client === "no value" || isHidden(play, client, end) || unsure,
  );
  const vague = hidden.map(({ from, to }) => [from, to] as const);
  if (asked) {
    const json = { result, block: "0x64", timestamp: timeOf(play), node: factsOf(play, random.below(4) > 0) };
    return { client, json, vague };
  }
  return { client, json: timed ? { result, block: "0x64", timestamp: timeOf(play) } : { result }, vague };
}

const timeOf = ({ cancun }: Play): string => hex(cancun ? 1_750_000_000 : 1_600_000_000);

/** anvil shows an end in place that changes nothing as something else. */
function isHidden({ cancun }: Play, client: Client, { from, to, young }: Node): boolean {
  return client === "anvil" && cancun && from === to && !young;
}

function frame(play: Play, client: Client, node: Node, around: Node | null, withLogs: boolean): Shown {
  if (node.type === "SELFDESTRUCT") return end(play, client, node, around);
  const { type, from, to, value, input, failed } = node;
  const creates = type === "CREATE" || type === "CREATE2";
  const shown: Shown = { type, from, gas: "0x5208", gasUsed: "0x5208", input };
  if (!creates || !failed) shown.to = to;
  if (type !== "STATICCALL") shown.value = hex(value);
  if (failed) shown.error = "execution reverted";
  if (client === "zksync") {
    shown.type = type[0] + type.slice(1).toLowerCase();
    shown.error = null;
    shown.revertReason = failed ? "Error: no" : null;
    shown.calls = [];
  }
  if (node.calls.length > 0) shown.calls = node.calls.map((inner) => frame(play, client, inner, node, withLogs));
  if (withLogs && node.logs.length > 0 && !node.undone) shown.logs = node.logs.map(asJson);
  return shown;
}

const asJson = ({ address, topics, data }: TrueLog): Shown => ({ address, topics, data, position: "0x0" });

function end(play: Play, client: Client, node: Node, around: Node | null): Shown {
  const { from, to, value } = node;
  const shown: Shown = { type: "SELFDESTRUCT", from, gas: "0x0", gasUsed: "0x0", input: "0x" };
  if (client === "old") return shown;
  if (isHidden(play, client, node) && around !== null) {
    if (around.type === "DELEGATECALL" || around.type === "CALLCODE") return { ...shown, from: ZERO };
    return { ...shown, from: around.from, to, value: hex(around.value) };
  }
  return client === "no value" ? { ...shown, to } : { ...shown, to, value: hex(value) };
}

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
