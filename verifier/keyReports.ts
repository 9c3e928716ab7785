/** Where the keys come from that a run's batches name, and those that a map takes. */
import { type KeyReport, keyReport } from "../prover/keys/origin.ts";
import { keyFromSolidity, type VerificationKey, verificationKeyHash } from "../prover/keys/verificationKey.ts";
import type { KeyOptions } from "../prover/verifyingArtifacts.ts";
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
 * One report for each of a map's verifiers, by the key that the registry keeps, not only by its hash. Throws as `keyOrigin` and `read` do.
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

/** A key that is stored on a registry. @throws ChainRefusal UnknownKey */
export async function storedKey(registry: Registry, keyHash: string): Promise<VerificationKey> {
  const [words] = await read(registry, "getKey", [keyHash]);
  return keyFromSolidity([...(words as Iterable<bigint>)]);
}
