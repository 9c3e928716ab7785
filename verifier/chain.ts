import type { Log, Result, TransactionReceipt } from "ethers";
import {
  AbiCoder,
  decodeBytes32String,
  encodeBytes32String,
  getAddress,
  Interface,
  isHexString,
  keccak256,
} from "ethers";
import { type Span, unpackSpan } from "../trace/commit.ts";
import { EnvironmentError, InvalidInputError } from "../trace/errors.ts";
import { FIELD } from "../trace/layout.ts";
import { contractArtifact } from "./chain-compile.ts";
import { type Chain, call, deploy, send, signerOf } from "./chain-connect.ts";
import { chainError } from "./chain-errors.ts";
import { keyHash, keyWords, refuseDevelopmentKeyOnPublicChain, type VerificationKey } from "./chain-key.ts";

export { compileContracts } from "./chain-compile.ts";
export { type Chain, type ConnectOptions, connect, isLocalChain } from "./chain-connect.ts";
export { ChainRefusal } from "./chain-errors.ts";
export * from "./chain-key.ts";

const DATA_POLICIES = ["operator"] as const;
export type DataPolicy = (typeof DATA_POLICIES)[number];
/** The shortest notice of a verifier that the registry admits, and the one taken where none is given. */
export const MIN_VERIFIER_DELAY = 86_400;
/** The longest lag: as good as no bound. For traces of things long past. */
export const MAX_LAG = 2 ** 40 - 1;
/** How many blocks of events to ask for at once where a node does not give all of them. */
const EVENT_PAGE = 2_000;

/** A `TimeMapRegistry` on a chain. */
export interface Registry {
  readonly chain: Chain;
  readonly address: string;
}

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

/** One batch to submit. */
export interface BatchSubmission {
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  /** Packed, see `packSpan`. */
  readonly span: bigint;
  /** The eight words of `proofWords`. */
  readonly proof: readonly bigint[];
}

/** One accepted batch. */
export interface AdvancedEvent {
  readonly mapId: string;
  /** Number of the batch's last transition. */
  readonly seq: number;
  readonly keyHash: string;
  readonly preRoot: bigint;
  readonly postRoot: bigint;
  readonly traceRoot: bigint;
  readonly span: Span;
  readonly transactionHash: string;
  readonly blockNumber: number;
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

function outcome(receipt: TransactionReceipt): Outcome {
  return { transactionHash: receipt.hash, blockNumber: receipt.blockNumber, gasUsed: receipt.gasUsed };
}

async function read(registry: Registry, name: string, args: readonly unknown[]): Promise<Result> {
  const abi = await registryAbi();
  const answer = await call(registry.chain, registry.address, abi.encodeFunctionData(name, args), abi);
  try {
    return abi.decodeFunctionResult(name, answer);
  } catch (error) {
    throw new InvalidInputError("registry", `${registry.address} does not answer as a registry`, { cause: error });
  }
}

async function write(registry: Registry, name: string, args: readonly unknown[]): Promise<TransactionReceipt> {
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
  if (BigInt(place) === 0n) await write(registry, "storeKey", [keyWords(key)]);
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

/** Moves a map's head over consecutive batches, all or none. */
export async function advance(
  registry: Registry,
  mapId: string,
  batches: readonly BatchSubmission[],
): Promise<Outcome & { readonly events: readonly AdvancedEvent[] }> {
  const steps = batches.map(({ keyHash: vkeyHash, proof, preRoot, postRoot, traceRoot, span }) => ({
    vkeyHash,
    statement: { preRoot, postRoot, traceRoot, span },
    proof,
  }));
  const receipt = await write(registry, "advance", [mapId, steps]);
  const abi = await registryAbi();
  return { ...outcome(receipt), events: receipt.logs.flatMap((log) => parseAdvanced(abi, registry, log)) };
}

function parseAdvanced(abi: Interface, registry: Registry, log: Log): AdvancedEvent[] {
  if (log.address !== registry.address) return [];
  const event = abi.parseLog(log);
  if (event?.name !== "Advanced") return [];
  const { args } = event;
  return [
    {
      mapId: String(args.mapId),
      seq: Number(args.seq),
      keyHash: String(args.vkeyHash),
      preRoot: BigInt(args.preRoot),
      postRoot: BigInt(args.postRoot),
      traceRoot: BigInt(args.traceRoot),
      span: unpackSpan(BigInt(args.span)),
      transactionHash: log.transactionHash,
      blockNumber: log.blockNumber,
    },
  ];
}

/** Every batch that the registry has accepted for a map, in order. */
export async function advancedEvents(registry: Registry, mapId: string): Promise<AdvancedEvent[]> {
  const abi = await registryAbi();
  const { provider } = registry.chain;
  const { createdIn } = await readMap(registry, mapId);
  const topics = abi.encodeFilterTopics("Advanced", [mapId]);
  const ask = (fromBlock: number, toBlock: number) =>
    provider.getLogs({ address: registry.address, topics, fromBlock, toBlock });
  try {
    const last = await provider.getBlockNumber();
    let logs: Log[] = [];
    try {
      logs = await ask(createdIn, last);
    } catch (error) {
      // Public nodes limit how many blocks one question may span.
      if (last - createdIn < EVENT_PAGE) throw error;
      for (let from = createdIn; from <= last; from += EVENT_PAGE) {
        logs.push(...(await ask(from, Math.min(last, from + EVENT_PAGE - 1))));
      }
    }
    return logs.flatMap((log) => parseAdvanced(abi, registry, log));
  } catch (error) {
    throw chainError(error, abi);
  }
}
