/** Random transactions of many kinds. The same seed makes the same transactions on the same chain. */
import { getCreateAddress } from "ethers";
import type { Random } from "../lib/random.ts";
import { etherActions } from "./actions/ether.ts";
import { exchangeActions } from "./actions/exchange.ts";
import { nftActions } from "./actions/nfts.ts";
import { type Action, Scene } from "./actions/scene.ts";
import { tokenActions } from "./actions/tokens.ts";
import { chainContracts } from "./compiled.ts";
import { type Order, Outbox } from "./outbox.ts";
import type { World } from "./world.ts";

const ACTIONS: Readonly<Record<string, Action>> = {
  ...tokenActions,
  ...exchangeActions,
  ...nftActions,
  ...etherActions,
};

/** Names of all kinds of transactions. */
export const KINDS: readonly string[] = Object.keys(ACTIONS);

/** How the transactions are made. */
export interface ActOptions {
  /** How many transactions a block holds, at most 100. Default: 20. */
  readonly perBlock?: number;
  /** Only these kinds. Default: {@link KINDS}. */
  readonly kinds?: readonly string[];
}

/** What was done. */
export interface Acted {
  /** Hashes of the transactions, in their order on the chain. */
  readonly hashes: readonly string[];
  readonly firstBlock: number;
  readonly lastBlock: number;
  /** How many transactions failed. They are on the chain all the same. */
  readonly failed: number;
  /** How many transactions each kind made, and how many of them succeeded. */
  readonly kinds: Readonly<Record<string, { readonly sent: number; readonly succeeded: number }>>;
}

const GWEI = 1_000_000_000;

/**
 * Runs `count` random transactions, several to a block. All are mined when it returns.
 * @throws Error if a block does not hold what was sent
 */
export async function act(world: World, random: Random, count: number, options: ActOptions = {}): Promise<Acted> {
  const { perBlock = 20, kinds = KINDS } = options;
  const scene = new Scene(world, random, await chainContracts());
  const outbox = new Outbox(world.node);
  const hashes: string[] = [];
  const kindOf = new Map<string, string>();
  const counts: Record<string, { sent: number; succeeded: number }> = {};
  const before = Number(await world.node.ask<string>("eth_blockNumber"));
  let failed = 0;
  let lastBlock = before;
  let waiting: { kind: string; order: Order }[] = [];
  while (hashes.length < count) {
    const sent: string[] = [];
    while (sent.length < perBlock && hashes.length + sent.length < count) {
      if (waiting.length === 0) waiting = await drawn(scene, kinds);
      const next = waiting.shift();
      if (next === undefined) continue;
      await noteToken(world, outbox, next.kind, next.order);
      const hash = await outbox.send(varied(random, next.order));
      sent.push(hash);
      kindOf.set(hash, next.kind);
    }
    const receipts = await outbox.mine();
    scene.mined();
    lastBlock++;
    if (receipts.map(({ transactionHash }) => transactionHash).join() !== sent.join()) {
      throw new Error(`block ${lastBlock} does not hold exactly the ${sent.length} transactions sent, in their order`);
    }
    for (const { transactionHash, status } of receipts) {
      const kind = kindOf.get(transactionHash) ?? "";
      const tally = counts[kind] ?? { sent: 0, succeeded: 0 };
      counts[kind] = tally;
      tally.sent++;
      if (status === "0x1") tally.succeeded++;
      else failed++;
    }
    hashes.push(...sent);
  }
  return { hashes, firstBlock: before + 1, lastBlock, failed, kinds: counts };
}

async function drawn(scene: Scene, kinds: readonly string[]): Promise<{ kind: string; order: Order }[]> {
  const kind = scene.random.pick(kinds);
  const action = ACTIONS[kind];
  if (action === undefined) throw new Error(`there is no kind of transactions named ${kind}`);
  return (await action(scene)).map((order) => ({ kind, order }));
}

/** Gives it a type and a tip. */
function varied(random: Random, order: Order): Order {
  return { ...order, type: random.pick([0, 1, 2, 2, 2]), tip: BigInt(random.below(2 * GWEI)) };
}

/** A token that an account creates is one of the world's tokens from then on. */
async function noteToken(world: World, outbox: Outbox, kind: string, { from }: Order): Promise<void> {
  if (kind !== "createToken") return;
  const address = getCreateAddress({ from, nonce: await outbox.nonce(from) }).toLowerCase();
  const { contract, abi } = world.tokens.gold;
  world.lateTokens.push({ name: `late ${address}`, honesty: "honest", contract, address, abi });
}
