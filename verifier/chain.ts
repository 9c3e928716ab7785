import type { Result } from "ethers";
import { AbiCoder, decodeBytes32String, encodeBytes32String, isHexString, keccak256 } from "ethers";
import { EnvironmentError, InvalidInputError } from "../trace/errors.ts";
import { FIELD } from "../trace/layout.ts";
import { signerOf } from "./chain-connect.ts";
import { ChainRefusal } from "./chain-errors.ts";
import { keyHash, keyWords, refuseDevelopmentKeyOnPublicChain, type VerificationKey } from "./chain-key.ts";
import { type Outcome, outcome, type Registry, read, write } from "./chain-registry.ts";

export {
  type AdvancedEvent,
  advance,
  advanceArguments,
  advancedEvents,
  type BatchSubmission,
} from "./chain-advance.ts";
export { compileContracts } from "./chain-compile.ts";
export { type Chain, type ConnectOptions, connect, isLocalChain } from "./chain-connect.ts";
export { ChainRefusal } from "./chain-errors.ts";
export * from "./chain-key.ts";
export { deployRegistry, type Outcome, openRegistry, type Registry, registryAbi } from "./chain-registry.ts";

const DATA_POLICIES = ["operator"] as const;
/** Who keeps the data of a map available: its operator, off chain. */
export type DataPolicy = (typeof DATA_POLICIES)[number];
/** The shortest notice of a verifier that the registry admits, and the one taken where none is given. */
export const MIN_VERIFIER_DELAY = 86_400;
/** The longest lag: as good as no bound. For traces of things long past. */
export const MAX_LAG = 2 ** 40 - 1;
/** A verification key for one profile. */
export interface MapVerifier {
  readonly profile: string;
  readonly key: VerificationKey;
}

/** What a map fixes at its creation. Times are in seconds. */
export interface MapTerms {
  /** Distinguishes the maps of one account: 32 bytes, 0x…. */
  readonly salt: string;
  readonly genesisRoot: bigint;
  /** No transition happened earlier; not after the chain's present time. */
  readonly genesisTime: number;
  /** How old the oldest transition of a batch may be when the batch arrives. */
  readonly maxLag: number;
  readonly verifierDelay?: number;
  readonly verifiers: readonly MapVerifier[];
  /** Who may submit; the creating account where nobody is named. */
  readonly submitters?: readonly string[];
}

/** A verifier of a map, as the registry has it. */
export interface VerifierState {
  readonly keyHash: string;
  readonly profile: string;
  readonly enabledFrom: number;
  readonly disabled: boolean;
}

/** A map as the chain has it. */
export interface MapState {
  readonly mapId: string;
  /** The head: root after transition `seq`, at `time`. */
  readonly root: bigint;
  readonly seq: number;
  readonly time: number;
  readonly genesisRoot: bigint;
  readonly genesisTime: number;
  readonly maxLag: number;
  readonly verifierDelay: number;
  readonly dataPolicy: DataPolicy;
  readonly owner: string;
  /** The block in which the map was created. */
  readonly createdIn: number;
  readonly domain: bigint;
  readonly verifiers: readonly VerifierState[];
}

/** keccak256(abi.encode(creator, salt)). */
export function mapIdOf(creator: string, salt: string): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(["address", "bytes32"], [creator, salt]));
}

/** What binds a proof to one map on one contract and chain: the public input `domain`. */
export function domainOf(chainId: bigint, registry: string, mapId: string): bigint {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["string", "uint256", "address", "bytes32"],
    ["TimeBandits", chainId, registry, mapId],
  );
  return BigInt(keccak256(encoded)) % FIELD;
}

/** Checks a key and puts it on the registry, unless it is there. Returns its hash. */
export async function storeKey(registry: Registry, key: VerificationKey): Promise<string> {
  await refuseDevelopmentKeyOnPublicChain(key, registry.chain.chainId);
  const hash = keyHash(key);
  const place = String((await read(registry, "keyPlace", [hash]))[0]);
  if (BigInt(place) !== 0n) return hash;
  try {
    await write(registry, "storeKey", [keyWords(key)]);
  } catch (error) {
    // Somebody else was faster, perhaps on purpose: a key is the same whoever stores it.
    if (!(error instanceof ChainRefusal) || error.reason !== "KeyExists") throw error;
  }
  return hash;
}

function profileWord(profile: string): string {
  try {
    return encodeBytes32String(profile);
  } catch (error) {
    throw new InvalidInputError("profile", `"${profile}" is longer than 31 bytes`, { cause: error });
  }
}

function profileName(word: string): string {
  try {
    return decodeBytes32String(word);
  } catch {
    return word;
  }
}

/** Creates a map, owned by the account that signs. Its verification keys are put on the registry first. */
export async function createMap(
  registry: Registry,
  terms: MapTerms,
): Promise<{ readonly mapId: string; readonly domain: bigint } & Outcome> {
  if (!isHexString(terms.salt, 32)) throw new InvalidInputError("salt", `${terms.salt} is not 32 bytes in hexadecimal`);
  const creator = await signerOf(registry.chain).getAddress();
  const verifiers: { profile: string; vkeyHash: string }[] = [];
  for (const { profile, key } of terms.verifiers) {
    verifiers.push({ profile: profileWord(profile), vkeyHash: await storeKey(registry, key) });
  }
  const receipt = await write(registry, "createMap", [
    {
      salt: terms.salt,
      genesisRoot: terms.genesisRoot,
      genesisTime: terms.genesisTime,
      maxLag: terms.maxLag,
      verifierDelay: terms.verifierDelay ?? MIN_VERIFIER_DELAY,
      dataPolicy: DATA_POLICIES.indexOf("operator"),
      verifiers,
      submitters: terms.submitters ?? [creator],
    },
  ]);
  const mapId = mapIdOf(creator, terms.salt);
  return { mapId, domain: domainOf(registry.chain.chainId, registry.address, mapId), ...outcome(receipt) };
}

/** The map's head, terms and verifiers. */
export async function readMap(registry: Registry, mapId: string): Promise<MapState> {
  if (!isHexString(mapId, 32)) throw new InvalidInputError("map", `${mapId} is not 32 bytes in hexadecimal`);
  const [map, list, domain] = await Promise.all([
    read(registry, "getMap", [mapId]),
    read(registry, "getVerifiers", [mapId]),
    read(registry, "domain", [mapId]),
  ]);
  const state: Result = map[0];
  const hashes: Result = list.hashes;
  const verifiers: Result = list.list;
  const dataPolicy = DATA_POLICIES[Number(state.dataPolicy)];
  if (dataPolicy === undefined) throw new InvalidInputError("dataPolicy", `${state.dataPolicy} is not known`);
  if (BigInt(domain[0]) !== domainOf(registry.chain.chainId, registry.address, mapId)) {
    throw new EnvironmentError("rpc", `the node answers for another chain than ${registry.chain.chainId}`);
  }
  return {
    mapId,
    root: BigInt(state.root),
    seq: Number(state.seq),
    time: Number(state.time),
    genesisRoot: BigInt(state.genesisRoot),
    genesisTime: Number(state.genesisTime),
    maxLag: Number(state.maxLag),
    verifierDelay: Number(state.verifierDelay),
    dataPolicy,
    owner: String(state.owner),
    createdIn: Number(state.createdIn),
    domain: BigInt(domain[0]),
    verifiers: hashes.map((hash: string, index: number) => ({
      keyHash: hash,
      profile: profileName(verifiers[index].profile),
      enabledFrom: Number(verifiers[index].enabledFrom),
      disabled: Boolean(verifiers[index].disabled),
    })),
  };
}

/** Whether an account may submit batches of a map. */
export async function isSubmitter(registry: Registry, mapId: string, account: string): Promise<boolean> {
  return Boolean((await read(registry, "isSubmitter", [mapId, account]))[0]);
}

/** Announces a further verifier; it counts from `enabledFrom` in `readMap`. */
export async function proposeVerifier(registry: Registry, mapId: string, verifier: MapVerifier): Promise<Outcome> {
  const vkeyHash = await storeKey(registry, verifier.key);
  return outcome(
    await write(registry, "proposeVerifier", [mapId, { profile: profileWord(verifier.profile), vkeyHash }]),
  );
}

/** Turns a verifier off, at once. */
export async function disableVerifier(registry: Registry, mapId: string, hash: string): Promise<Outcome> {
  return outcome(await write(registry, "disableVerifier", [mapId, hash]));
}

/** Admits an account as submitter, or no longer. */
export async function setSubmitter(
  registry: Registry,
  mapId: string,
  account: string,
  allowed: boolean,
): Promise<Outcome> {
  return outcome(await write(registry, "setSubmitter", [mapId, account, allowed]));
}
