import type { TransactionReceipt } from "ethers";
import { AbiCoder, getAddress, Interface } from "ethers";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { type Chain, deploy, send, signerOf } from "../../verifier/chain/connect.ts";

/** Addresses of the demonstration's contracts. */
export interface DemoContracts {
  readonly gold: string;
  readonly ether: string;
  readonly pool: string;
  readonly router: string;
  readonly escrow: string;
  readonly vouchers: string;
  readonly treasury: string;
  readonly market: string;
}

export interface DemoTransaction {
  readonly hash: string;
  readonly buyer: string;
  readonly seller: string;
  readonly gasUsed: bigint;
}

const ETHER = 10n ** 18n;
const GOLD_SUPPLY = 1_000_000n * ETHER;
const POOL_GOLD = 100_000n * ETHER;
const POOL_ETHER = 50n * ETHER;
/**
 * The ether that the buyer sends and spends, and the least gold wanted. The rest is returned, less the market's fee.
 */
const SENT = 2n * ETHER;
const SPENT = (3n * ETHER) / 2n;
const LEAST_GOLD = 2_500n * ETHER;
/** The account that the buyer pays. It need not exist. */
const SELLER = getAddress("0x00000000000000000000000000000000005e11e5");

async function invoke(
  chain: Chain,
  contract: string,
  to: string,
  name: string,
  args: readonly unknown[],
  value = 0n,
): Promise<TransactionReceipt> {
  const abi = new Interface((await contractArtifact(contract)).abi);
  return send(chain, { to, data: abi.encodeFunctionData(name, args), value }, abi);
}

async function create(
  chain: Chain,
  contract: string,
  types: readonly string[] = [],
  args: readonly unknown[] = [],
): Promise<string> {
  const encoded = AbiCoder.defaultAbiCoder().encode([...types], [...args]);
  const { address } = await deploy(chain, await contractArtifact(contract), encoded);
  return address;
}

/** Deploys two tokens, a pool of both with a router before it, an escrow and a market, and fills the pool. */
export async function deployDemo(chain: Chain): Promise<DemoContracts> {
  const gold = await create(chain, "Gold", ["uint256"], [GOLD_SUPPLY]);
  const ether = await create(chain, "WrappedEther");
  const pool = await create(chain, "Pool", ["address", "address"], [ether, gold]);
  const router = await create(chain, "Router", ["address"], [ether]);
  const escrow = await create(chain, "Escrow");
  const vouchers = await create(chain, "Vouchers");
  const treasury = await create(chain, "Treasury");
  const parts = [router, pool, escrow, vouchers, treasury];
  const market = await create(chain, "Market", Array<string>(parts.length).fill("address"), parts);
  await invoke(chain, "Gold", gold, "transfer", [pool, POOL_GOLD]);
  await invoke(chain, "WrappedEther", ether, "deposit", [], POOL_ETHER);
  await invoke(chain, "WrappedEther", ether, "transfer", [pool, POOL_ETHER]);
  await invoke(chain, "Pool", pool, "sync", []);
  return { gold, ether, pool, router, escrow, vouchers, treasury, market };
}

/**
 * Sends the transaction that the demonstration imports: a buyer with ether pays a seller in gold, held in escrow. The
 * market tries a voucher; the buyer has none, so that call reverts and is caught. The market takes its fee, wraps the
 * ether and swaps it in the pool. It puts the gold in escrow and returns the rest. These are 16 calls over 8 contracts,
 * five of them with value.
 */
export async function runDemoTransaction(chain: Chain, contracts: DemoContracts): Promise<DemoTransaction> {
  const buyer = await signerOf(chain).getAddress();
  const { hash, gasUsed } = await invoke(
    chain,
    "Market",
    contracts.market,
    "buyAndEscrow",
    [SELLER, SPENT, LEAST_GOLD],
    SENT,
  );
  return { hash, buyer, seller: SELLER, gasUsed };
}
