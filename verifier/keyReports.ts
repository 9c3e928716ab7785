/** Origins of the keys that a run's batches name, and of those that a map accepts. */
import { type KeyReport, keyReport } from "../prover/keyReport.ts";
import { keyFromSolidity, type VerificationKey, verificationKeyHash } from "../prover/keys/verificationKey.ts";
import type { KeyOptions } from "../prover/verifyingArtifacts.ts";
import { InvalidInputError } from "../trace/errors.ts";
import type { ChainEntry } from "../trace/run/manifest.ts";
import type { Chain } from "./chain/connect.ts";
import { type Registry, read } from "./chain/contract.ts";

/**
 * One report for each key and profile that the batches name. Throws as `keyOrigin` does.
 * @param options keys given by the caller: their points are known, not only their hashes
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

/** Remarks on keys other than development keys, which have remarks of their own. */
export function keyNotes(reports: readonly KeyReport[]): string[] {
  return reports
    .filter(({ kind }) => kind !== "development")
    .map(({ profile, hash, says }) => `the key ${hash} of ${profile} is ${says}`);
}

/**
 * One report for each of a map's verifiers, from the registry's key itself, not only its hash. Throws as `keyOrigin`
 * and `read` do.
 * @param verifiers as `readMap` returns them
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
 * The keys under which a map on a chain accepts proofs, now or later. The map's owner chooses them; this installation's
 * keys play no part.
 * @param address of the registry
 * @param entry the map's place, as a manifest names it
 * @throws InvalidInputError if the map is elsewhere, or the contract is not a registry of this version; LostMapError;
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
  throw new InvalidInputError("registry", "the map accepts no proofs: all its verifiers are disabled; give --key FILE");
}

/** A key that is stored on a registry. @throws ChainRefusal UnknownKey */
export async function storedKey(registry: Registry, keyHash: string): Promise<VerificationKey> {
  const [words] = await read(registry, "getKey", [keyHash]);
  return keyFromSolidity([...(words as Iterable<bigint>)]);
}
