/**
 * A chain with contracts of many kinds, honest and not, for tests of what is read from a chain. It is a real node on
 * this machine. Everything on it follows from the options, except the hashes of its blocks.
 */
import { JsonRpcProvider, Network } from "ethers";
import { startAnvil } from "../../scripts/lib/anvil.ts";
import { deployWorld } from "./deploy.ts";
import type { Deployed, WorldToken } from "./deployed.ts";
import { Node } from "./node.ts";
import { Outbox } from "./outbox.ts";

export type { ContractName, Deployed, Honesty, TokenName, WorldContract, WorldToken } from "./deployed.ts";

/** How the chain starts. */
export interface WorldOptions {
  /** Default: 31337. */
  readonly chainId?: number;
  /** The upgrade whose rules the chain follows. Default: the node's latest. */
  readonly hardfork?: string;
  /** Further arguments of the node's command line. */
  readonly more?: readonly string[];
}

/** A running chain. `await using` stops it. */
export interface World extends Deployed, AsyncDisposable {
  /** URL of the node. */
  readonly rpc: string;
  readonly node: Node;
  readonly provider: JsonRpcProvider;
  readonly chainId: number;
  /** The ten accounts of the node, which signs for them. The first one deployed everything. */
  readonly accounts: readonly string[];
  /** Gets the fees of all blocks. */
  readonly proposer: string;
  /** Gets the fees of the market. It has no code. */
  readonly treasury: string;
  /** Tokens that later transactions created. Some may have failed, or be gone after a reorganisation. */
  readonly lateTokens: WorldToken[];
  /** The number of the last block of the deployment. */
  readonly deployedAt: number;
  stop(): Promise<void>;
}

/** Time of the first block, in Unix seconds. */
const STARTED = 1_800_000_000;
/** Seconds from one block to the next. */
const BLOCK_SECONDS = 12;
const PROPOSER = "0x00000000000000000000000000000000C0FfEE01";
const TREASURY = "0x0000000000000000000000000000000000fee002";

/** The words that derive the node's accounts: those that every test node uses. */
export const MNEMONIC = "test test test test test test test test test test test junk";

/**
 * Starts a chain and deploys everything, over several blocks.
 * @throws EnvironmentError if anvil is not installed or does not start
 */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const { chainId = 31337, hardfork, more = [] } = options;
  const anvil = await startAnvil({
    chainId,
    timestamp: STARTED,
    ...(hardfork === undefined ? {} : { hardfork }),
    more: ["--no-mining", "--order", "fifo", "--gas-limit", "100000000", "--mnemonic", MNEMONIC, ...more],
  });
  const provider = new JsonRpcProvider(anvil.url, chainId, {
    staticNetwork: Network.from(chainId),
    batchMaxCount: 1,
    cacheTimeout: -1,
  });
  const stop = async () => {
    provider.destroy();
    await anvil.stop();
  };
  try {
    const node = new Node(anvil.url);
    await node.ask("anvil_setBlockTimestampInterval", BLOCK_SECONDS);
    await node.ask("anvil_setCoinbase", PROPOSER);
    const accounts = (await node.ask<string[]>("eth_accounts")).map((account) => account.toLowerCase());
    const deployed = await deployWorld(new Outbox(node), accounts, TREASURY);
    const deployedAt = Number(await node.ask<string>("eth_blockNumber"));
    const places = { rpc: anvil.url, node, provider, chainId, accounts, proposer: PROPOSER, treasury: TREASURY };
    return { ...places, ...deployed, lateTokens: [], deployedAt, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
