/** What the chain itself says that everybody has. */
import { toQuantity } from "ethers";
import type { WorldContract, WorldToken } from "./deployed.ts";
import { NodeError, type Question } from "./node.ts";
import type { World } from "./world.ts";

/** Everything at the end of one block. Addresses are in small letters. What is zero is left out. */
export interface Balances {
  readonly block: number;
  /** Every address that any transaction touched, in order. */
  readonly addresses: readonly string[];
  /** Wei by address. */
  readonly ether: ReadonlyMap<string, bigint>;
  /** Amounts by address, by the token's address. A token without `balanceOf` has no entry. */
  readonly tokens: ReadonlyMap<string, ReadonlyMap<string, bigint>>;
  /** Owners by number, by the collection's address. */
  readonly nfts: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** Amounts by address and kind, as `ADDRESS KIND`. */
  readonly multi: ReadonlyMap<string, bigint>;
}

/** The kinds that the contract of many kinds has. */
export const MULTI_KINDS = [0, 1, 2, 3] as const;

const ADDRESS = /^0x[0-9a-f]{40}$/;
const ADDRESS_TOPIC = /^0x0{24}([0-9a-f]{40})$/;

interface Traced {
  readonly action: Readonly<Record<string, unknown>>;
  readonly result: Readonly<Record<string, unknown>> | null;
}
interface LoggedReceipt {
  readonly logs: readonly { readonly topics: readonly string[] }[];
}

/** What is known of the blocks up to one: by its hash, the addresses that it touched. */
const touched = new WeakMap<World, Map<string, readonly string[]>>();

/**
 * Every address that the blocks up to `block` touched: senders, receivers, contracts, whoever was named by an event,
 * and whoever a call reached, even one that failed. The zero address and those known from the start are among them.
 */
export async function addressesUpTo(world: World, block: number): Promise<string[]> {
  const known = touched.get(world) ?? new Map<string, readonly string[]>();
  touched.set(world, known);
  const everyone = new Set([...world.accounts, world.proposer, world.treasury, `0x${"0".repeat(40)}`]);
  for (const { address } of contractsOf(world)) everyone.add(address);
  for (let number = 1; number <= block; number++) {
    const tag = toQuantity(number);
    const { hash } = await world.node.ask<{ hash: string }>("eth_getBlockByNumber", tag, false);
    const addresses = known.get(hash) ?? (await addressesIn(world, hash, tag));
    known.set(hash, addresses);
    for (const address of addresses) everyone.add(address);
  }
  return [...everyone].map((address) => address.toLowerCase()).sort();
}

async function addressesIn(world: World, hash: string, number: string): Promise<string[]> {
  // Not the tracer that an importer uses, and much faster.
  const traces = await world.node.ask<Traced[]>("trace_block", number);
  const receipts = await world.node.ask<LoggedReceipt[]>("eth_getBlockReceipts", hash);
  const parts = traces.flatMap(({ action, result }) => [...Object.values(action), result?.address]);
  const topics = receipts.flatMap(({ logs }) => logs.flatMap((log) => log.topics));
  const named = topics.map((topic) => ADDRESS_TOPIC.exec(topic)?.[1]).filter((found) => found !== undefined);
  const acting = parts.filter((part) => typeof part === "string").filter((part) => ADDRESS.test(part));
  return [...acting, ...named.map((address) => `0x${address}`)];
}

function contractsOf(world: World): WorldContract[] {
  return [...Object.values(world.tokens), ...Object.values(world.contracts), ...world.lateTokens];
}

/** All tokens: those of the deployment, and those that later transactions created. */
export function tokensOf(world: World): WorldToken[] {
  const all = [...Object.values(world.tokens), ...world.lateTokens];
  // A reorganised chain may have created the same one again.
  return [...new Map(all.map((token) => [token.address, token])).values()];
}

/**
 * What everybody has at the end of a block.
 * @param block its number. Default: the last one.
 */
export async function finalBalances(world: World, block?: number): Promise<Balances> {
  const number = block ?? Number(await world.node.ask<string>("eth_blockNumber"));
  const addresses = await addressesUpTo(world, number);
  const [ether, tokens, nfts, multi] = [
    await etherOf(world, addresses, number),
    new Map<string, ReadonlyMap<string, bigint>>(),
    new Map<string, ReadonlyMap<number, string>>(),
    await multiOf(world, addresses, number),
  ];
  for (const token of tokensOf(world)) {
    const found = await amountsOf(world, token, addresses, number);
    if (found !== undefined) tokens.set(token.address, found);
  }
  for (const nft of [world.contracts.nft, world.contracts.otherNft]) {
    nfts.set(nft.address, await ownersOf(world, nft, number));
  }
  return { block: number, addresses, ether, tokens, nfts, multi };
}

async function etherOf(world: World, addresses: readonly string[], block: number): Promise<Map<string, bigint>> {
  const tag = toQuantity(block);
  const answers = await world.node.askAll<string>(
    addresses.map((address) => ({ method: "eth_getBalance", params: [address, tag] })),
  );
  return nonZero(addresses.map((address, index) => [address, quantity(answers[index])]));
}

/** Undefined if the contract has no `balanceOf`, or does not exist at that block. */
async function amountsOf(world: World, token: WorldToken, addresses: readonly string[], block: number) {
  // Asked of the impostor too, whose interface does not have it.
  const { abi } = world.tokens.gold;
  const answers = await world.node.askAll<string>(
    addresses.map((address) => question(token, abi.encodeFunctionData("balanceOf", [address]), block)),
  );
  if (answers.some((answer) => answer instanceof NodeError || answer === "0x")) return undefined;
  return nonZero(addresses.map((address, index) => [address, quantity(answers[index])]));
}

async function ownersOf(world: World, nft: WorldContract, block: number): Promise<Map<number, string>> {
  const minted = await world.node.askAll<string>([question(nft, nft.abi.encodeFunctionData("minted"), block)]);
  const ids = Array.from({ length: Number(quantity(minted[0])) }, (_, id) => id);
  const answers = await world.node.askAll<string>(
    ids.map((id) => question(nft, nft.abi.encodeFunctionData("ownerOf", [id]), block)),
  );
  const owners = new Map<number, string>();
  // The question fails for those that were destroyed.
  for (const [id, answer] of answers.entries()) if (typeof answer === "string") owners.set(id, lastBytes(answer));
  return owners;
}

async function multiOf(world: World, addresses: readonly string[], block: number): Promise<Map<string, bigint>> {
  const { multi } = world.contracts;
  const pairs = addresses.flatMap((address) => MULTI_KINDS.map((kind) => [address, kind] as const));
  const answers = await world.node.askAll<string>(
    pairs.map((pair) => question(multi, multi.abi.encodeFunctionData("balanceOf", pair), block)),
  );
  return nonZero(pairs.map(([address, kind], index) => [`${address} ${kind}`, quantity(answers[index])]));
}

function question(target: WorldContract, data: string, block: number): Question {
  return { method: "eth_call", params: [{ to: target.address, data }, toQuantity(block)] };
}

/** A number that a contract has to answer. An answer without a number is a contract that does not exist yet. */
function quantity(answer: string | NodeError | undefined): bigint {
  if (typeof answer !== "string") throw answer ?? new Error("the node leaves a question of a batch unanswered");
  return answer === "0x" ? 0n : BigInt(answer);
}

function lastBytes(word: string): string {
  return `0x${word.slice(-40)}`;
}

function nonZero(entries: readonly (readonly [string, bigint])[]): Map<string, bigint> {
  return new Map(entries.filter(([, amount]) => amount !== 0n));
}
