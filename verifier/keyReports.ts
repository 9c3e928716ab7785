/** Where the keys come from that a run's batches name, and those that a map takes. */
import { type KeyReport, keyReport } from "../prover/keyReport.ts";
import { keyFromSolidity, type VerificationKey, verificationKeyHash } from "../prover/keys/verificationKey.ts";
import type { KeyOptions } from "../prover/verifyingArtifacts.ts";
import { InvalidInputError } from "../trace/errors.ts";
import type { ChainEntry } from "../trace/run/manifest.ts";
import type { Chain } from "./chain/connect.ts";
import { type Registry, read } from "./chain/contract.ts";

/**
 * One report for each key and profile that the batches name. Throws as `keyOrigin` does.
 * @param options the keys that were given: of these more than the hash is known
 */
export async function batchKeyReports(
  batches: readonly { profile: string; key: string }[],
  { keys = [] }: KeyOptions = {},
): Promise<KeyReport[]> {
  const named = new Map(batches.map(({ profile, key }) => [`${profile} ${key}`, { profile, key }]));
  const reports: KeyReport[] = [];
  for (const { profile, key } of named.values()) {
    const given = keys.find((each) => verificationKeyHash(each) === key);
    reports.push(await keyReport(given ?? key, profile));
  }
  return reports;
}

/** What a reader should know of keys that are no development keys, which have remarks of their own. */
export function keyNotes(reports: readonly KeyReport[]): string[] {
  return reports
    .filter(({ kind }) => kind !== "development")
    .map(({ profile, hash, says }) => `the key ${hash} of ${profile} is ${says}`);
}

/**
 * One report for each of a map's verifiers, by the key that the registry keeps, not only by its hash. Throws as
 * `keyOrigin` and `read` do.
 * @param verifiers as `readMap` has them
 */
export async function mapKeyReports(
  registry: Registry,
  verifiers: readonly { profile: string; keyHash: string }[],
): Promise<KeyReport[]> {
  const reports: KeyReport[] = [];
  for (const { profile, keyHash } of verifiers) {
    reports.push(await keyReport(await storedKey(registry, keyHash), profile));
  }
  return reports;
}

/**
 * The keys under which a map on a chain takes proofs, now or later: what its owner announces, whatever this
 * installation has.
 * @param address of the registry
 * @param entry the map's place, as a manifest names it
 * @throws InvalidInputError if the map is elsewhere, or the contract is no registry of this version; LostMapError;
 *   EnvironmentError
 */
export async function keysOfMap(chain: Chain, address: string, entry: ChainEntry): Promise<VerificationKey[]> {
  const { openRegistry, requireMap } = await import("./chain/registry.ts");
  if (chain.chainId !== entry.chainId) {
    throw new InvalidInputError("rpc", `is chain ${chain.chainId}, but the run's map is on chain ${entry.chainId}`);
  }
  const registry = await openRegistry(chain, address);
  if (registry.address.toLowerCase() !== entry.registry.toLowerCase()) {
    throw new InvalidInputError("registry", `is ${registry.address}, but the run's map is on ${entry.registry}`);
  }
  const { verifiers } = await requireMap(registry, entry);
  const keys: VerificationKey[] = [];
  for (const { keyHash, disabled } of verifiers) if (!disabled) keys.push(await storedKey(registry, keyHash));
  if (keys.length > 0) return keys;
  throw new InvalidInputError("registry", "the map takes no proofs: all its verifiers are disabled; give --key FILE");
}

/** A key that is stored on a registry. @throws ChainRefusal UnknownKey */
export async function storedKey(registry: Registry, keyHash: string): Promise<VerificationKey> {
  const [words] = await read(registry, "getKey", [keyHash]);
  return keyFromSolidity([...(words as Iterable<bigint>)]);
}
