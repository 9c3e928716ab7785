/** Origin of a profile's key, judged by the keys of this installation. */
import { type KeyOrigin, originOf, originText } from "./keys/origin.ts";
import { type VerificationKey, verificationKeyHash } from "./keys/verificationKey.ts";
import { PROFILES, type Profile } from "./profiles.ts";
import type { StateCircuit } from "./stateCircuits.ts";
import { type VerifyingArtifacts, verifyingArtifactsHere } from "./verifyingArtifacts.ts";

/** A key that a map or a batch names, and its origin. */
export interface KeyReport extends KeyOrigin {
  readonly profile: string;
  /** `verificationKeyHash`. */
  readonly hash: string;
  /** The origin in words. */
  readonly says: string;
}

/** A key's origin as far as it is known here, and this installation's key for the profile. */
export interface OriginHere extends KeyOrigin {
  /** Whether this version knows a profile of that name. */
  readonly profileKnown: boolean;
  /** `verificationKeyHash` of this installation's key for the profile; null if it has none. */
  readonly ownKey: string | null;
}

/** Finds this installation's artifacts for verifying with a profile; null if there are none. */
export type OwnKeys = (profile: Profile) => Promise<Pick<VerifyingArtifacts, "key"> | null>;

/**
 * {@link originOf} a key of a profile. Compiles nothing and makes no key.
 *
 * @param profile name of the profile whose circuit the key is for; an unknown profile has no key here
 * @throws KeyError, CacheError if the profile's key here must not be used
 */
export async function keyOrigin(
  key: VerificationKey | string,
  profile: string,
  ownKeys: OwnKeys = verifyingArtifactsHere,
): Promise<OriginHere> {
  const known = PROFILES.find(({ name }) => name === profile);
  const own = known === undefined ? undefined : (await ownKeys(known))?.key;
  return { ...(await originOf(key, own)), profileKnown: known !== undefined, ownKey: own?.vkeyHash ?? null };
}

/**
 * The same of a key that a map names for exits or for cells. Such a key is no profile's, and a profile's is none of
 * these: with as many inputs each, a contract cannot tell them apart.
 */
export async function stateKeyOrigin(key: VerificationKey | string, circuit: StateCircuit): Promise<OriginHere> {
  const own = (await verifyingArtifactsHere(circuit))?.key;
  return { ...(await originOf(key, own)), profileKnown: true, ownKey: own?.vkeyHash ?? null };
}

/** {@link keyOrigin}, with the key's names and in words. */
export async function keyReport(key: VerificationKey | string, profile: string): Promise<KeyReport> {
  const { kind, ceremony } = await keyOrigin(key, profile);
  const hash = typeof key === "string" ? key : verificationKeyHash(key);
  return { profile, hash, kind, ceremony, says: originText({ kind, ceremony }) };
}
