/** Calls of a registry's functions as data. They are sent from here, or printed for a Safe or a hardware wallet. */
import { isHexString } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import { type Outcome, outcome, type Registry, read, registryAbi, write } from "./contract.ts";
import { ChainRefusal, chainError } from "./errors.ts";
import { keyHash, keyWords, refuseDevelopmentKeyOnPublicChain, type VerificationKey } from "./key.ts";
import { DATA_POLICIES, type MapTerms, MIN_VERIFIER_DELAY, profileWord } from "./terms.ts";

/** A call of one of a registry's functions. */
export interface RegistryCall {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** The same as a transaction's members. No ether is sent with it. */
export interface PrintedCall {
  readonly function: string;
  readonly to: string;
  readonly value: "0";
  readonly data: string;
}

/** A call as an account that signs elsewhere needs it. */
export async function printedCall({ address }: Registry, { name, args }: RegistryCall): Promise<PrintedCall> {
  const abi = await registryAbi();
  return { function: name, to: address, value: "0", data: abi.encodeFunctionData(name, args) };
}

/** Asks the registry whether it would take a call from an account now. @throws ChainRefusal if it would not */
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
 * The call that puts a key on a registry; undefined if the key is there.
 * @throws ChainRefusal for a development key on a public chain
 */
export async function keyCall(registry: Registry, key: VerificationKey): Promise<RegistryCall | undefined> {
  await refuseDevelopmentKeyOnPublicChain(key, registry.chain.chainId);
  const pointer = String((await read(registry, "keyPlace", [keyHash(key)]))[0]);
  return BigInt(pointer) === 0n ? { name: "storeKey", args: [keyWords(key)] } : undefined;
}

/** Checks a key and puts it on the registry, unless it is there. Returns its hash. */
export async function storeKey(registry: Registry, key: VerificationKey): Promise<string> {
  const call = await keyCall(registry, key);
  try {
    if (call !== undefined) await sendCall(registry, call);
  } catch (error) {
    // Somebody else was faster, perhaps on purpose: a key is the same whoever stores it.
    if (!(error instanceof ChainRefusal) || error.reason !== "KeyExists") throw error;
  }
  return keyHash(key);
}

/** The call that creates a map. Its keys must be on the registry by then. @throws InvalidInputError */
export function mapCall(terms: MapTerms, creator: string): RegistryCall {
  if (!isHexString(terms.salt, 32)) throw new InvalidInputError("salt", `${terms.salt} is not 32 bytes in hexadecimal`);
  const args = {
    salt: terms.salt,
    genesisRoot: terms.genesisRoot,
    genesisTime: terms.genesisTime,
    maxLag: terms.maxLag,
    verifierDelay: terms.verifierDelay ?? MIN_VERIFIER_DELAY,
    dataPolicy: DATA_POLICIES.indexOf("operator"),
    verifiers: terms.verifiers.map(({ profile, key }) => ({ profile: profileWord(profile), vkeyHash: keyHash(key) })),
    submitters: terms.submitters ?? [creator],
  };
  return { name: "createMap", args: [args] };
}
