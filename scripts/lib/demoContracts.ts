/** The demonstration's contracts, and the three transactions with them that it imports. */
import { AbiCoder, Interface, toQuantity } from "ethers";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { type Chain, deploy, send } from "../../verifier/chain/connect.ts";

/** Addresses of the demonstration, in lower case. */
export interface DemoContracts {
  readonly gold: string;
  readonly silver: string;
  readonly exchange: string;
  /** The account that swaps. */
  readonly alice: string;
}

/** Numbers of the blocks to import. */
export interface DemoBlocks {
  readonly first: number;
  readonly last: number;
}

/** The amounts of the demonstration. The fee is the exchange's, in wei. With these reserves 60 gold buy 180 silver. */
export const DEMO = {
  supply: 10_000n,
  reserves: { gold: 240n, silver: 900n },
  given: 500n,
  approved: 100n,
  swapped: 60n,
  fee: 10n ** 15n,
} as const;
/** Enough for each of Alice's transactions. The last one fails, so it cannot be estimated. */
const GAS = 200_000;

async function invoke(
  chain: Chain,
  contract: "Token" | "Exchange",
  to: string,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const abi = await abiOf(contract);
  await send(chain, { to, data: abi.encodeFunctionData(name, args) }, abi);
}

async function abiOf(contract: string): Promise<Interface> {
  return new Interface((await contractArtifact(contract)).abi);
}

async function create(chain: Chain, contract: string, types: readonly string[], args: readonly unknown[]) {
  const encoded = AbiCoder.defaultAbiCoder().encode([...types], [...args]);
  const { address } = await deploy(chain, await contractArtifact(contract), encoded);
  return address.toLowerCase();
}

/** Deploys two tokens and an exchange of both, fills the exchange, and gives Alice some gold. */
export async function deployDemo(chain: Chain): Promise<DemoContracts> {
  const alice = (await chain.provider.getSigner(1)).address.toLowerCase();
  const token = ["string", "string", "uint256"];
  const gold = await create(chain, "Token", token, ["Gold", "GOLD", DEMO.supply]);
  const silver = await create(chain, "Token", token, ["Silver", "SILVER", DEMO.supply]);
  const exchange = await create(chain, "Exchange", ["address", "address"], [gold, silver]);
  await invoke(chain, "Token", gold, "transfer", [exchange, DEMO.reserves.gold]);
  await invoke(chain, "Token", silver, "transfer", [exchange, DEMO.reserves.silver]);
  await invoke(chain, "Token", gold, "transfer", [alice, DEMO.given]);
  await invoke(chain, "Exchange", exchange, "open", []);
  return { gold, silver, exchange, alice };
}

/**
 * Two blocks. In the first, Alice approves the exchange, and swaps less than she approved. In the second she tries the
 * same swap again, but too little of the approval is left: the token refuses, so all of the transaction fails.
 */
export async function runDemoBlocks(chain: Chain, { gold, exchange, alice }: DemoContracts): Promise<DemoBlocks> {
  const { provider } = chain;
  const [token, trade] = await Promise.all([abiOf("Token"), abiOf("Exchange")]);
  const give = async (to: string, data: string, value = 0n): Promise<string> => {
    // Without a tip, the block's producer gets nothing, and takes no part.
    const terms = { gas: toQuantity(GAS), maxPriorityFeePerGas: "0x0" };
    return provider.send("eth_sendTransaction", [{ from: alice, to, data, value: toQuantity(value), ...terms }]);
  };
  const swap = trade.encodeFunctionData("swap", [DEMO.swapped, 0n]);
  await provider.send("evm_setAutomine", [false]);
  await give(gold, token.encodeFunctionData("approve", [exchange, DEMO.approved]));
  await give(exchange, swap, DEMO.fee);
  await provider.send("evm_mine", []);
  const first = await provider.getBlockNumber();
  await give(exchange, swap, DEMO.fee);
  await provider.send("evm_mine", []);
  await provider.send("evm_setAutomine", [true]);
  return { first, last: first + 1 };
}
