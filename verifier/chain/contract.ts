import type { Result, TransactionReceipt } from "ethers";
import { getAddress, Interface } from "ethers";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { codeAt, oddAnswer } from "./ask.ts";
import { type Chain, call, deploy, send } from "./connect.ts";

/** A `TimeMapRegistry` on a chain. */
export interface Registry {
  readonly chain: Chain;
  readonly address: string;
  /** Number of the block as of which it is read; the latest where none is named. */
  readonly at?: number;
}

/** A registry speaks another version of the protocol: neither maps nor proofs can be taken over. */
export class RegistryVersionError extends TimeBanditsError {
  constructor(address: string, version: bigint) {
    const next =
      version < BigInt(PROTOCOL_VERSION)
        ? "deploy a new registry, create the map there, then sign and prove again"
        : "use a newer version of this tool";
    super(
      "registry-version",
      `${address} is a registry of version ${version} of the protocol, and this tool speaks version ${PROTOCOL_VERSION}; ${next}`,
    );
  }
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

/**
 * Asks one of the registry's functions.
 * @throws ChainRefusal
 * @throws EnvironmentError if the answer is not a registry's
 */
export async function read(registry: Registry, name: string, args: readonly unknown[]): Promise<Result> {
  const abi = await registryAbi();
  const answer = await call(registry.chain, registry.address, abi.encodeFunctionData(name, args), abi, registry.at);
  try {
    const result = abi.decodeFunctionResult(name, answer);
    // ethers keeps what is wrong with a member until somebody asks for it.
    result.toArray(true);
    return result;
  } catch (error) {
    throw oddAnswer(`answer of the registry to ${name}`, error);
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

/** The code at a registry's address, compared with what this version would deploy. */
export type CodeMatch = "same" | "other";

/**
 * A contract that is said to be a registry. What it answers means nothing unless its code is the `same`.
 * @throws InvalidInputError if there is none; RegistryVersionError if it is a registry of another version;
 *   EnvironmentError
 */
export async function lookAtRegistry(chain: Chain, address: string): Promise<Registry & { readonly code: CodeMatch }> {
  let checked: string;
  try {
    checked = getAddress(address);
  } catch (error) {
    throw new InvalidInputError("registry", `${address} is not an address`, { cause: error });
  }
  const code = await codeAt(chain.provider, checked);
  if (code === "0x")
    throw new InvalidInputError("registry", `there is no contract at ${checked} on chain ${chain.chainId}`);
  const registry = { chain, address: checked };
  if (code.toLowerCase() === (await contractArtifact("TimeMapRegistry")).deployedBytecode) {
    return { ...registry, code: "same" };
  }
  const version = await versionOf(registry);
  if (version !== undefined && version !== BigInt(PROTOCOL_VERSION)) throw new RegistryVersionError(checked, version);
  return { ...registry, code: "other" };
}

/** A registry that is there already. Refuses an address with any other code than this version's. */
export async function openRegistry(chain: Chain, address: string): Promise<Registry> {
  const { code, ...registry } = await lookAtRegistry(chain, address);
  if (code === "same") return registry;
  throw new InvalidInputError(
    "registry",
    `the code at ${registry.address} is not this version's TimeMapRegistry; name another address, or deploy one`,
  );
}

/** What a registry answered before it had a version to say: the shortest notice, which nothing else calls so. */
const FIRST_VERSION = new Interface(["function MIN_VERIFIER_DELAY() view returns (uint40)"]);

/** The version of the protocol that a contract says it is of; undefined if it is no registry. */
async function versionOf(registry: Registry): Promise<bigint | undefined> {
  const abi = await registryAbi();
  const said = async (contract: Interface, name: string): Promise<bigint | undefined> => {
    try {
      const answer = await call(registry.chain, registry.address, contract.encodeFunctionData(name), contract);
      return BigInt(contract.decodeFunctionResult(name, answer)[0]);
    } catch {
      return undefined;
    }
  };
  return (
    (await said(abi, "PROTOCOL_VERSION")) ??
    ((await said(FIRST_VERSION, "MIN_VERIFIER_DELAY")) === undefined ? undefined : 1n)
  );
}
