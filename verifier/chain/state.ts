/** Reads a map from its registry. */
import { isHexString, type Result, ZeroAddress } from "ethers";
import { mapDomain } from "../../prover/batches/mapIdentity.ts";
import { EnvironmentError, InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { type BlockFacts, blockAt, oddAnswer } from "./ask.ts";
import { type Registry, read } from "./contract.ts";
import { ChainRefusal } from "./errors.ts";
import { DATA_POLICIES, type DataPolicy, profileName } from "./terms.ts";

/** A verifier of a map, as stored by the registry. */
export interface VerifierState {
  readonly keyHash: string;
  readonly profile: string;
  readonly enabledFrom: number;
  readonly disabled: boolean;
}

/** A map, as stored on the chain. */
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
  /** The account to which the map is offered; null if there is none. */
  readonly pendingOwner: string | null;
  /** The block in which the map was created. */
  readonly createdIn: number;
  readonly domain: bigint;
  readonly verifiers: readonly VerifierState[];
  /** How often the head has moved: the number of the root at the head. */
  readonly advances: number;
  /** What a moored map has beyond any map; null for other maps. */
  readonly mooring: MooringState | null;
}

/** A moored map's terms and state beyond those of any map. */
export interface MooringState {
  readonly patience: number;
  /** Whether the map has ended. */
  readonly frozen: boolean;
  /** Number of the last deposit or observation. */
  readonly entries: number;
  /** Hashes of the keys of the circuits `exit` and `cell`. */
  readonly exitKey: string;
  readonly cellKey: string;
}

/**
 * The same registry as of the present block, so that several answers belong to one state.
 * @throws EnvironmentError
 */
export async function pinned(
  registry: Registry,
): Promise<Registry & { readonly at: number; readonly block: BlockFacts }> {
  const block = await blockAt(registry.chain.provider, "latest");
  return { ...registry, at: block.number, block };
}

/** The map's head, terms and verifiers. @throws ChainRefusal UnknownMap; EnvironmentError */
export async function readMap(registry: Registry, mapId: string): Promise<MapState> {
  if (!isHexString(mapId, 32)) throw new InvalidInputError("map", `${mapId} is not 32 bytes in hexadecimal`);
  const [map, list, domain, pending] = await Promise.all([
    read(registry, "getMap", [mapId]),
    read(registry, "getVerifiers", [mapId]),
    read(registry, "domain", [mapId]),
    read(registry, "pendingOwner", [mapId]),
  ]);
  const state: Result = map[0];
  const hashes: Result = list.hashes;
  const verifiers: Result = list.list;
  const dataPolicy = DATA_POLICIES[Number(state.dataPolicy)];
  if (dataPolicy === undefined || hashes.length !== verifiers.length) throw oddAnswer(`map ${mapId}`);
  if (BigInt(domain[0]) !== mapDomain(registry.chain.chainId, registry.address, mapId)) {
    throw new EnvironmentError(
      "rpc",
      `the node answers for another chain than ${registry.chain.chainId}; ask again, or name another node`,
    );
  }
  const mooring = dataPolicy === "chain" ? await readMooring(registry, mapId) : null;
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
    pendingOwner: pending[0] === ZeroAddress ? null : String(pending[0]),
    createdIn: Number(state.createdIn),
    domain: BigInt(domain[0]),
    verifiers: hashes.map((hash: string, index: number) => ({
      keyHash: hash,
      profile: profileName(verifiers[index].profile),
      enabledFrom: Number(verifiers[index].enabledFrom),
      disabled: Boolean(verifiers[index].disabled),
    })),
    advances: Number(state.advances),
    mooring,
  };
}

async function readMooring(registry: Registry, mapId: string): Promise<MooringState> {
  const mooring: Result = (await read(registry, "getMooring", [mapId]))[0];
  const patience = Number(mooring.patience);
  // `entries` is also the name of a function of lists.
  const entries = Number(mooring.getValue("entries"));
  if (patience === 0 || !Number.isSafeInteger(entries)) throw oddAnswer(`mooring of map ${mapId}`);
  const [exitKey, cellKey] = [String(mooring.exitKey), String(mooring.cellKey)];
  return { patience, frozen: Boolean(mooring.frozen), entries, exitKey, cellKey };
}

/** The same; null if the registry has no such map. @throws EnvironmentError */
export async function findMap(registry: Registry, mapId: string): Promise<MapState | null> {
  try {
    return await readMap(registry, mapId);
  } catch (error) {
    if (error instanceof ChainRefusal && error.reason === "UnknownMap") return null;
    throw error;
  }
}

/** A manifest's map is not on the chain: it was never there, or the chain has dropped it. */
export class LostMapError extends TimeBanditsError {
  constructor({ mapId, creator, chainId }: ChainEntry) {
    super(
      "map-lost",
      `chain ${chainId} has no map ${mapId}; run create with the account ${creator}: it makes the same map again, and signatures and proofs stay valid`,
    );
  }
}

/** The map of a manifest. @throws LostMapError if the registry has none; EnvironmentError */
export async function requireMap(registry: Registry, entry: ChainEntry): Promise<MapState> {
  const map = await findMap(registry, entry.mapId);
  if (map === null) throw new LostMapError(entry);
  return map;
}

/** Whether an account may submit batches of a map. */
export async function isSubmitter(registry: Registry, mapId: string, account: string): Promise<boolean> {
  return Boolean((await read(registry, "isSubmitter", [mapId, account]))[0]);
}
