/**
 * What verifying with a profile needs: the hash of its circuit and its verification key. Nothing is compiled and no
 * proving key is made for it: the key is one that was given, that of an installed ceremony, the published development
 * key, or one in the artifact cache.
 */
import { artifactsHere, artifactsOf, type ProfileArtifacts } from "./artifacts.ts";
import type { OnProgress } from "./circuit/build.ts";
import { circuitKey } from "./circuit/build.ts";
import { CacheError, KeyError } from "./errors.ts";
import { ceremonyKey } from "./keys/ceremony.ts";
import { keyKind } from "./keys/check.ts";
import type { KeyArtifacts } from "./keys/development.ts";
import { type PublishedKey, publishedKey } from "./keys/published.ts";
import { type VerificationKey, verificationKeyHash } from "./keys/verificationKey.ts";
import { mainSource, type Profile } from "./profiles.ts";
import { cacheRoot } from "./storage/cache.ts";

/** A verification key, its name on chain and its origin. */
export type VerifyingKey = Pick<KeyArtifacts, "verificationKey" | "vkeyHash" | "kind" | "ceremony">;

/** What a proof of a profile is checked against. `ProfileArtifacts` are such, too. */
export interface VerifyingArtifacts {
  readonly profile: Profile;
  readonly circuit: { readonly hash: string };
  readonly key: VerifyingKey;
  /**
   * True if the key was given by the caller, who vouches for it: a bundle may then say more of its origin than is
   * known here.
   */
  readonly given?: boolean;
}

/** Which keys count. */
export interface KeyOptions {
  /** Keys that the caller vouches for; if there are any, no other key counts. */
  keys?: readonly VerificationKey[] | undefined;
}

/** By cache and circuit: a process asks for every bundle, and a ceremony's key takes a second to look at. */
const known = new Map<string, Promise<VerifyingArtifacts | null>>();

/**
 * The verification key of a profile, if there is one here; null where the circuit would have to be compiled for it.
 * An installed ceremony's key goes before the development key.
 * @throws KeyError, CacheError if what is here must not be used
 */
export async function verifyingArtifactsHere(profile: Profile): Promise<VerifyingArtifacts | null> {
  const id = `${cacheName()}\n${mainSource(profile)}`;
  let found = known.get(id);
  if (found === undefined) {
    found = lookFor(profile);
    known.set(id, found);
  }
  try {
    const artifacts = await found;
    // What is not here now may be made or installed later.
    if (artifacts === null) known.delete(id);
    return artifacts;
  } catch (error) {
    known.delete(id);
    throw error;
  }
}

/**
 * What the proofs of a profile are verified with.
 * @param keyHash the key that the proof names: of several keys that were given, that one is used
 * @throws KeyError KEY_NOT_HERE if no key was given and none is here, with the command that makes it
 * @throws KeyError, CacheError if what is here must not be used
 */
export async function verifyingArtifacts(
  profile: Profile,
  keyHash?: string,
  { keys = [] }: KeyOptions = {},
): Promise<VerifyingArtifacts> {
  const own = await verifyingArtifactsHere(profile);
  const given = keys.find((key) => verificationKeyHash(key) === keyHash) ?? keys[0];
  if (given !== undefined) return await vouchedFor(profile, given, own);
  if (own !== null) return own;
  throw new KeyError(
    "KEY_NOT_HERE",
    "key",
    `there is no verification key of ${profile.name} for the circuit of this version; ` +
      `make it with setup --profile ${profile.name}, or give it with --key FILE`,
  );
}

/** The same; where no key is here, circuit and keys are made. @throws BuildError, KeyError, CacheError */
export async function verifyingArtifactsOf(
  profile: Profile,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<VerifyingArtifacts> {
  return (await verifyingArtifactsHere(profile)) ?? (await artifactsOf(profile, options));
}

async function lookFor(profile: Profile): Promise<VerifyingArtifacts | ProfileArtifacts | null> {
  const hash = await circuitKey(mainSource(profile));
  const published = await publishedKey(profile, hash);
  if (published === null) return await artifactsHere(profile);
  const { verificationKey, hash: vkeyHash } = published;
  const development: VerifyingKey = { verificationKey, vkeyHash, kind: "development", ceremony: null };
  return { profile, circuit: { hash }, key: (await installedKey(profile, published)) ?? development };
}

/** The key of a ceremony that was verified here, if there is a cache at all. */
async function installedKey(profile: Profile, published: PublishedKey): Promise<VerifyingKey | null> {
  if (cacheName() === "") return null;
  const { r1csHash, constraints, wires, publicInputs } = published;
  return await ceremonyKey({ name: profile.name, r1csHash, constraints, wires, publicInputs });
}

/** A key that was given is of the origin that is known here: the user vouches for it, not for where it comes from. */
async function vouchedFor(
  profile: Profile,
  verificationKey: VerificationKey,
  own: VerifyingArtifacts | null,
): Promise<VerifyingArtifacts> {
  const vkeyHash = verificationKeyHash(verificationKey);
  const circuit = own?.circuit ?? { hash: await circuitKey(mainSource(profile)) };
  if (own?.key.vkeyHash === vkeyHash) return { profile, circuit, key: own.key, given: true };
  const key = { verificationKey, vkeyHash, kind: await keyKind(verificationKey), ceremony: null };
  return { profile, circuit, key, given: true };
}

/** The cache's folder; empty where there is no place for one. */
function cacheName(): string {
  try {
    return cacheRoot();
  } catch (error) {
    if (error instanceof CacheError && error.code === "CACHE_NOWHERE") return "";
    throw error;
  }
}
