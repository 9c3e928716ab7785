/** Calls of a registry's functions as data: to send, or to print for a Safe or a hardware wallet. */
import { type Interface, isHexString, type TransactionReceipt, ZeroHash } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import { send } from "./connect.ts";
import { type Outcome, outcome, type Registry, read, registryAbi } from "./contract.ts";
import { ChainRefusal, chainError } from "./errors.ts";
import { keyHash, keyWords, refuseDevelopmentKeyOnPublicChain, type VerificationKey } from "./key.ts";
import {
  DATA_POLICIES,
  type MapTerms,
  MIN_VERIFIER_DELAY,
  MOORED_VERIFIER_DELAY,
  type Mooring,
  profileWord,
  USUAL_PATIENCE,
} from "./terms.ts";

/** A call of one of a registry's functions, or of a token that the registry is to take from. */
export interface RegistryCall {
  readonly name: string;
  readonly args: readonly unknown[];
  /** Ether that it sends, in wei. Default: none. */
  readonly value?: bigint;
  /** The contract that is called, if it is not the registry. */
  readonly contract?: { readonly address: string; readonly abi: Interface };
}

/** The call as a transaction's members. `value` is in wei. */
export interface PrintedCall {
  readonly function: string;
  readonly to: string;
  readonly value: string;
  readonly data: string;
}

/** A call, printed for an account that signs elsewhere. */
export async function printedCall(registry: Registry, call: RegistryCall): Promise<PrintedCall> {
  const { address: to, abi } = await calledBy(registry, call);
  const { name, args, value = 0n } = call;
  return { function: name, to, value: value.toString(), data: abi.encodeFunctionData(name, args) };
}

/** Simulates a call from an account on the present state. @throws ChainRefusal if the contract refuses it */
export async function rehearse(registry: Registry, call: RegistryCall, from: string): Promise<void> {
  const { to, data, value } = await printedCall(registry, call);
  try {
    await registry.chain.provider.call({ to, data, from, value: BigInt(value) });
  } catch (error) {
    throw chainError(error, (await calledBy(registry, call)).abi);
  }
}

/** Sends a call, and waits until it is mined. @throws ChainRefusal */
export async function sendCall(registry: Registry, call: RegistryCall): Promise<Outcome> {
  return outcome(await receiptOf(registry, call));
}

/** The same, with all that the chain says of the transaction. @throws ChainRefusal */
export async function receiptOf(registry: Registry, call: RegistryCall): Promise<TransactionReceipt> {
  const { to, data, value } = await printedCall(registry, call);
  return send(registry.chain, { to, data, value: BigInt(value) }, (await calledBy(registry, call)).abi);
}

async function calledBy({ address }: Registry, { contract }: RegistryCall) {
  return contract ?? { address, abi: await registryAbi() };
}

/**
 * The call that stores a key on a registry; undefined if the registry has it.
 * @throws ChainRefusal for a development key on a public chain
 */
export async function keyCall(registry: Registry, key: VerificationKey): Promise<RegistryCall | undefined> {
  await refuseDevelopmentKeyOnPublicChain(key, registry.chain.chainId);
  const pointer = String((await read(registry, "keyPlace", [keyHash(key)]))[0]);
  return BigInt(pointer) === 0n ? { name: "storeKey", args: [keyWords(key)] } : undefined;
}

/** Checks a key and stores it on the registry, unless the registry has it. Returns its hash. */
export async function storeKey(registry: Registry, key: VerificationKey): Promise<string> {
  const call = await keyCall(registry, key);
  try {
    if (call !== undefined) await sendCall(registry, call);
  } catch (error) {
    // Another account stored the same key first. That is no failure: the stored key is the same.
    if (!(error instanceof ChainRefusal) || error.reason !== "KeyExists") throw error;
  }
  return keyHash(key);
}

/** The keys that a registry must have before it creates a map with these terms. */
export function keysOfTerms({ verifiers, mooring }: MapTerms): VerificationKey[] {
  return [...verifiers.map(({ key }) => key), ...(mooring === undefined ? [] : [mooring.exitKey, mooring.cellKey])];
}

/** The call that creates a map. The registry must have its keys by then. @throws InvalidInputError */
export function mapCall(terms: MapTerms, creator: string): RegistryCall {
  if (!isHexString(terms.salt, 32)) throw new InvalidInputError("salt", `${terms.salt} is not 32 bytes in hexadecimal`);
  const args = {
    salt: terms.salt,
    genesisRoot: terms.genesisRoot,
    genesisTime: terms.genesisTime,
    maxLag: terms.maxLag,
    verifierDelay: terms.verifierDelay ?? (terms.mooring === undefined ? MIN_VERIFIER_DELAY : MOORED_VERIFIER_DELAY),
    dataPolicy: DATA_POLICIES.indexOf(terms.dataPolicy ?? "operator"),
    verifiers: terms.verifiers.map(({ profile, key }) => ({ profile: profileWord(profile), vkeyHash: keyHash(key) })),
    submitters: terms.submitters ?? [creator],
    mooring: mooringArguments(terms.mooring),
  };
  return { name: "createMap", args: [args] };
}

/** All zero for a map that is not moored. */
function mooringArguments(mooring: Mooring | undefined) {
  if (mooring === undefined) return { patience: 0, exitKey: ZeroHash, cellKey: ZeroHash, feeds: [] };
  const { patience = USUAL_PATIENCE, exitKey, cellKey, feeds = [] } = mooring;
  return { patience, exitKey: keyHash(exitKey), cellKey: keyHash(cellKey), feeds };
}
