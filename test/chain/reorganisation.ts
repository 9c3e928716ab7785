/** Chains that change their past. */
import { toQuantity } from "ethers";
import type { World } from "./world.ts";

/** A block's place and name. */
export interface Head {
  readonly number: number;
  readonly hash: string;
}

/** What a reorganisation did. */
export interface Reorganisation {
  /** The last block that both chains have. */
  readonly fork: Head;
  readonly before: Head;
  readonly after: Head;
  /** Hashes of the blocks that are gone, from the lowest. The node knows nothing of them any more. */
  readonly abandoned: readonly string[];
}

interface FeeBasis {
  readonly baseFeePerGas: string;
  readonly gasUsed: string;
  readonly gasLimit: string;
}

/** The last block of the chain. */
export async function headOf(world: World): Promise<Head> {
  return blockAt(world, "latest");
}

async function blockAt(world: World, tag: string): Promise<Head> {
  const { number, hash } = await world.node.ask<{ number: string; hash: string }>("eth_getBlockByNumber", tag, false);
  return { number: Number(number), hash };
}

/**
 * Takes the last blocks back, and has others made in their place. The new chain is longer than the old one: empty
 * blocks are added if need be. Transactions of the old blocks are lost unless `newTransactions` sends them again.
 * @param depth how many blocks; not more than there are since the deployment
 * @param newTransactions sends and mines, as `act` does
 */
export async function reorganise(
  world: World,
  depth: number,
  newTransactions: () => Promise<unknown> = async () => undefined,
): Promise<Reorganisation> {
  const before = await headOf(world);
  const last = before.number - depth;
  if (last < world.deployedAt) throw new Error(`only ${before.number - world.deployedAt} blocks can be taken back`);
  const abandoned: string[] = [];
  for (let number = last + 1; number <= before.number; number++) {
    abandoned.push((await blockAt(world, toQuantity(number))).hash);
  }
  await world.node.ask("anvil_rollback", depth);
  await restoreFee(world);
  const fork = await headOf(world);
  await newTransactions();
  let after = await headOf(world);
  while (after.number <= before.number) {
    await world.node.ask("evm_mine");
    after = await headOf(world);
  }
  return { fork, before, after, abandoned };
}

/**
 * Remembers the chain as it is now. Not to be combined with {@link reorganise} in between.
 * @returns goes back to it, once
 */
export async function snapshot(world: World): Promise<() => Promise<void>> {
  const id = await world.node.ask<string>("evm_snapshot");
  const late = world.lateTokens.length;
  return async () => {
    if (!(await world.node.ask<boolean>("evm_revert", id))) throw new Error(`the node has no snapshot ${id}`);
    await restoreFee(world);
    world.lateTokens.length = late;
  };
}

/** The node would go on with the base fee of the blocks that are gone. */
async function restoreFee(world: World): Promise<void> {
  const head = await world.node.ask<FeeBasis>("eth_getBlockByNumber", "latest", false);
  const [fee, used, target] = [BigInt(head.baseFeePerGas), BigInt(head.gasUsed), BigInt(head.gasLimit) / 2n];
  // The rule of EIP-1559.
  const step = (fee * (used > target ? used - target : target - used)) / target / 8n;
  const next = used > target ? fee + (step > 0n ? step : 1n) : fee - step;
  await world.node.ask("anvil_setNextBlockBaseFeePerGas", toQuantity(next));
}
