import type { Result, TransactionReceipt } from "ethers";
import { getAddress, Interface } from "ethers";
import { InvalidInputError } from "../trace/errors.ts";
import { contractArtifact } from "./chain-compile.ts";
import { type Chain, call, deploy, send } from "./chain-connect.ts";
import { chainError } from "./chain-errors.ts";

/** A `TimeMapRegistry` on a chain. */
export interface Registry {
  readonly chain: Chain;
  readonly address: string;
}

/** What became of a transaction. */
export interface Outcome {
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
}

let registryInterface: Interface | undefined;

/** How to talk to a registry. */
export async function registryAbi(): Promise<Interface> {
  registryInterface ??= new Interface((await contractArtifact("TimeMapRegistry")).abi);
  return registryInterface;
}

/** What a receipt says that callers want to know. */
export function outcome(receipt: TransactionReceipt): Outcome {
  return { transactionHash: receipt.hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
}

/** Asks one of the registry's functions. @throws ChainRefusal @throws InvalidInputError if the answer is not a registry's */
export async function read(registry: Registry, name: string, args: readonly unknown[]): Promise<Result> {
  const abi = await registryAbi();
  const answer = await call(registry.chain, registry.address, abi.encodeFunctionData(name, args), abi);
  try {
    const result = abi.decodeFunctionResult(name, answer);
    // ethers keeps what is wrong with a member until somebody asks for it.
    result.toArray(true);
    return result;
  } catch (error) {
    throw new InvalidInputError("registry", `${registry.address} does not answer as a registry`, { cause: error });
  }
}

/** Sends a transaction to one of the registry's functions and waits until it is mined. @throws ChainRefusal */
export async function write(registry: Registry, name: string, args: readonly unknown[]): Promise<TransactionReceipt> {
  const abi = await registryAbi();
  return send(registry.chain, { to: registry.address, data: abi.encodeFunctionData(name, args) }, abi);
}

/** Puts a new registry on a chain. It has no owner: one serves everybody. */
export async function deployRegistry(chain: Chain): Promise<Registry & Outcome> {
  const { address, receipt } = await deploy(chain, await contractArtifact("TimeMapRegistry"));
  return { chain, address, ...outcome(receipt) };
}

/** A registry that is there already. Refuses an address with any other code than this version's. */
export async function openRegistry(chain: Chain, address: string): Promise<Registry> {
  let checked: string;
  try {
    checked = getAddress(address);
  } catch (error) {
    throw new InvalidInputError("registry", `${address} is not an address`, { cause: error });
  }
  let code: string;
  try {
    code = await chain.provider.getCode(checked);
  } catch (error) {
    throw chainError(error);
  }
  if (code === "0x")
    throw new InvalidInputError("registry", `there is no contract at ${checked} on chain ${chain.chainId}`);
  if (code !== (await contractArtifact("TimeMapRegistry")).deployedBytecode) {
    throw new InvalidInputError("registry", `the code at ${checked} is not this version's TimeMapRegistry`);
  }
  return { chain, address: checked };
}
