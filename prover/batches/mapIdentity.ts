/** The names of a map on a chain. They follow from its beginning, so `sign`, `prove` and `audit` compute them again. */
import { AbiCoder, getAddress, keccak256 } from "ethers";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD, PROTOCOL_VERSION } from "../../trace/layout.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";

/**
 * A manifest names a map that is not its run's. Signatures and proofs for that map would count for another beginning.
 */
export class ForeignMapError extends InvalidInputError {}

/** An address with its checksum, from an address in any case. */
export function plainAddress(address: string): string {
  return getAddress(address.toLowerCase());
}

/** A map's name on its registry: keccak256(abi.encode(creator, salt, genesisRoot)). */
export function mapIdOf(creator: string, salt: string, genesisRoot: bigint): string {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["address", "bytes32", "uint256"],
    [plainAddress(creator), salt, genesisRoot],
  );
  return keccak256(encoded);
}

/**
 * The domain of a map's proofs, their public input `domain`. It binds a proof to one map on one contract and chain,
 * under this version of the protocol.
 */
export function mapDomain(chainId: bigint, registry: string, mapId: string): bigint {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ["string", "uint256", "uint256", "address", "bytes32"],
    ["TimeBandits", PROTOCOL_VERSION, chainId, plainAddress(registry), mapId],
  );
  return BigInt(keccak256(encoded)) % FIELD;
}

/** The place of an existing or future map. */
export function mapPlace(
  { chainId, registry, creator, salt }: Pick<ChainEntry, "chainId" | "registry" | "creator" | "salt">,
  genesisRoot: bigint,
): ChainEntry {
  const mapId = mapIdOf(creator, salt, genesisRoot);
  const [there, by] = [plainAddress(registry), plainAddress(creator)];
  return { chainId, registry: there, creator: by, salt, mapId, domain: mapDomain(chainId, there, mapId) };
}

/**
 * Checks that the map in the manifest begins with this genesis, and that the domain is this map's. A run on no chain
 * has nothing to check.
 * @throws ForeignMapError naming the field that differs
 */
export function requireOwnMap(entry: ChainEntry | undefined, genesisRoot: bigint): void {
  if (entry === undefined) return;
  const own = mapPlace(entry, genesisRoot);
  if (own.mapId !== entry.mapId.toLowerCase()) {
    throw new ForeignMapError(
      "manifest.json chain mapId",
      `is ${entry.mapId}, but the map that ${entry.creator} makes of this genesis with this salt is ${own.mapId}; ask for the run as it was created`,
    );
  }
  if (own.domain !== entry.domain) {
    throw new ForeignMapError(
      "manifest.json chain domain",
      `is ${entry.domain}, but that of the map on chain ${entry.chainId} is ${own.domain}; ask for the run as it was created`,
    );
  }
}
