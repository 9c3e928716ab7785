/** Calls of a registry's functions as data: to send, or to print for a Safe or a hardware wallet. */
import { isHexString, ZeroHash } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import { type Outcome, outcome, type Registry, read, registryAbi, write } from "./contract.ts";
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

/** A call of one of a registry's functions. */
export interface RegistryCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The call as a transaction's members. It sends no ether. */
export interface PrintedCall {
  readonly function: string;
  readonly to: string;
  readonly value: "0";
  readonly data: string;
}

/** A call, printed for an account that signs elsewhere. */
export async function printedCall({ address }: Registry, { name, args }: RegistryCall): Promise<PrintedCall> {
  const abi = await registryAbi();
  return { function: name, to: address, value: "0", data: abi.encodeFunctionData(name, args) };
}

/** Simulates a call from an account on the present state. @throws ChainRefusal if the registry refuses it */
export async function rehearse(registry: Registry, call: RegistryCall, from: string): Promise<void> {
  const { to, data } = await printedCall(registry, call);
  try {
    await registry.chain.provider.call({ to, data, from });
  } catch (error) {
    throw chainError(error, await registryAbi());
  }
}

/** Sends a call, and waits until it is mined. @throws ChainRefusal */
export async function sendCall(registry: Registry, { name, args }: RegistryCall): Promise<Outcome> {
  return outcome(await write(registry, name, args));
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
    mooring: mooringOf(terms.mooring),
  };
  return { name: "createMap", args: [args] };
}

/** A mooring as the registry takes it: all zero for a map that is not moored. */
function mooringOf(mooring: Mooring | undefined): Record<string, unknown> {
  if (mooring === undefined) return { patience: 0, exitKey: ZeroHash, cellKey: ZeroHash, feeds: [] };
  const { patience = USUAL_PATIENCE, exitKey, cellKey, feeds = [] } = mooring;
  return { patience, exitKey: keyHash(exitKey), cellKey: keyHash(cellKey), feeds };
}

/** All keys that a registry must have before it creates a map of these terms. */
export function keysOfTerms({ verifiers, mooring }: MapTerms): VerificationKey[] {
  const keys = verifiers.map(({ key }) => key);
  return mooring === undefined ? keys : [...keys, mooring.exitKey, mooring.cellKey];
}
