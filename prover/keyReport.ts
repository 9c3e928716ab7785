/** Where the key of a profile comes from, judged by the artifacts of this installation. */
import { artifactsHere, artifactsOf } from "./artifacts.ts";
import type { OnProgress } from "./circuit/build.ts";
import { type KeyOrigin, originOf, originText } from "./keys/origin.ts";
import { type VerificationKey, verificationKeyHash } from "./keys/verificationKey.ts";
import { PROFILES } from "./profiles.ts";

/** A key that a map or a batch names, and where it comes from. */
export interface KeyReport extends KeyOrigin {
  readonly profile: string;
  /** `verificationKeyHash`. */
  readonly hash: string;
  /** The same in words. */
  readonly says: string;
}

/**
 * {@link originOf} a key of a profile. The profile's artifacts are made if they are not here yet.
 *
 * @param profile name of the profile whose circuit the key is for; one that is not known here has no key here
 * @throws BuildError, KeyError, CacheError if the profile's artifacts cannot be made here
 */
export async function keyOrigin(
  key: VerificationKey | string,
  profile: string,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<KeyOrigin> {
  const known = PROFILES.find(({ name }) => name === profile);
  return await originOf(key, known === undefined ? undefined : (await artifactsOf(known, options)).key);
}

/**
 * A key's origin as far as the artifacts that are here tell, and the key that this installation has for the profile.
 */
export interface OriginHere extends KeyOrigin {
  /** Whether this version knows a profile of that name. */
  readonly profileKnown: boolean;
  /** `verificationKeyHash` of this installation's key for the profile; null if it has none. */
  readonly ownKey: string | null;
}

/**
 * {@link keyOrigin}, but nothing is made: without the profile's artifacts, the key of an installed ceremony is of
 * unknown origin.
 * @throws KeyError, CacheError if the artifacts that are here are damaged
 */
export async function keyOriginHere(key: VerificationKey | string, profile: string): Promise<OriginHere> {
  const known = PROFILES.find(({ name }) => name === profile);
  const own = known === undefined ? undefined : (await artifactsHere(known))?.key;
  return { ...(await originOf(key, own)), profileKnown: known !== undefined, ownKey: own?.vkeyHash ?? null };
}

/** {@link keyOrigin}, with the key's names and in words. */
export async function keyReport(
  key: VerificationKey | string,
  profile: string,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<KeyReport> {
  const origin = await keyOrigin(key, profile, options);
  const hash = typeof key === "string" ? key : verificationKeyHash(key);
  return { profile, hash, ...origin, says: originText(origin) };
}
