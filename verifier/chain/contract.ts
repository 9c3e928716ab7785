import type { Result, TransactionReceipt } from "ethers";
import { getAddress, getCreateAddress, Interface } from "ethers";
import { contractArtifact } from "../../contracts/artifacts.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import { codeAt, oddAnswer } from "./ask.ts";
import { type Chain, call, deploy, send } from "./connect.ts";

/** A `TimeMapRegistry` on a chain. */
export interface Registry {
  readonly chain: Chain;
  readonly address: string;
  /** Number of the block whose state is read. Default: the latest. */
  readonly at?: number;
}

/** The registry has another version of the protocol. Its maps and proofs cannot be used. */
export class RegistryVersionError extends TimeBanditsError {
  constructor(address: string, version: bigint) {
    const next =
      version < BigInt(PROTOCOL_VERSION)
        ? "deploy a new registry, create the map there, then sign and prove again"
        : "use a newer version of this tool";
    super(
      "registry-version",
      `${address} is a registry of protocol version ${version}, and this tool uses version ${PROTOCOL_VERSION}; ${next}`,
    );
  }
}

/** The result of a transaction. */
export interface Outcome {
  readonly transactionHash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
}

let registryInterface: Interface | undefined;

/** The registry's interface, with the errors of the contract that checks its keys. */
export async function registryAbi(): Promise<Interface> {
  const { abi } = await contractArtifact("TimeMapRegistry");
  const checker = await contractArtifact("KeyChecker");
  const known = new Set(abi.map(({ name }) => name));
  const errors = checker.abi.filter(({ type, name }) => type === "error" && !known.has(name));
  registryInterface ??= new Interface([...abi, ...errors]);
  return registryInterface;
}

/** The parts of a receipt that callers need. */
export function outcome(receipt: TransactionReceipt): Outcome {
  return { transactionHash: receipt.hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
}

/**
 * Asks one of the registry's functions.
 * @throws ChainRefusal
 * @throws EnvironmentError if the answer is not that of a registry
 */
export async function read(registry: Registry, name: string, args: readonly unknown[]): Promise<Result> {
  const abi = await registryAbi();
  const answer = await call(registry.chain, registry.address, abi.encodeFunctionData(name, args), abi, registry.at);
  try {
    const result = abi.decodeFunctionResult(name, answer);
    // ethers throws a member's error only when the member is read.
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

/** Deploys a new registry. It has no owner, and all maps of a chain can share it. */
export async function deployRegistry(chain: Chain): Promise<Registry & Outcome> {
  const { address, receipt } = await deploy(chain, await contractArtifact("TimeMapRegistry"));
  return { chain, address, ...outcome(receipt) };
}

/** The code at a registry's address, compared with the code that this version deploys. */
export type CodeMatch = "same" | "other";

/**
 * Opens a contract that claims to be a registry. Its answers mean nothing unless its code is the `same`.
 * @throws InvalidInputError if there is no contract; RegistryVersionError if it is a registry of another version;
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
    // The contract that checks its keys is the first that it created.
    const checker = await codeAt(chain.provider, getCreateAddress({ from: checked, nonce: 1 }));
    const same = checker.toLowerCase() === (await contractArtifact("KeyChecker")).deployedBytecode;
    return { ...registry, code: same ? "same" : "other" };
  }
  const version = await versionOf(registry);
  if (version !== undefined && version !== BigInt(PROTOCOL_VERSION)) throw new RegistryVersionError(checked, version);
  return { ...registry, code: "other" };
}

/** Opens an existing registry. Refuses an address whose code differs from this version's. */
export async function openRegistry(chain: Chain, address: string): Promise<Registry> {
  const { code, ...registry } = await lookAtRegistry(chain, address);
  if (code === "same") return registry;
  throw new InvalidInputError(
    "registry",
    `the code at ${registry.address} is not this version's TimeMapRegistry; name another address, or deploy one`,
  );
}

/** A function of the first registries, which had no version number yet. No other contract has one of this name. */
const FIRST_VERSION = new Interface(["function MIN_VERIFIER_DELAY() view returns (uint40)"]);

/** The protocol version that a contract states; undefined if it is not a registry. */
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
