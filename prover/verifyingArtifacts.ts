/**
 * Artifacts for verifying with a profile, or with a circuit over one state: the hash of its circuit and its
 * verification key. Verifying compiles nothing and makes no proving key. The key is one that was given, an installed
 * ceremony's key, the published development key, or one in the artifact cache.
 */
import { artifactsHere, artifactsOf } from "./artifacts.ts";
import { circuitKey, type OnProgress } from "./circuit/build.ts";
import { CacheError, KeyError } from "./errors.ts";
import { ceremonyKey } from "./keys/ceremony.ts";
import { type PublishedKey, publishedKey } from "./keys/published.ts";
import { givenOrOwn, type KeyOptions, type VerifyingArtifacts, type VerifyingKey } from "./keys/vouchedKey.ts";
import { mainSource, type NamedCircuit } from "./profiles.ts";
import { cacheRoot } from "./storage/cache.ts";

export type { KeyOptions, VerifyingArtifacts, VerifyingKey } from "./keys/vouchedKey.ts";

/** By cache and circuit. A process asks for every bundle, and checking a ceremony's key takes a second. */
const known = new Map<string, Promise<Found | null>>();

type Found = Omit<VerifyingArtifacts, "profile">;

/**
 * The verification key of a profile, if there is one here; null if it would need compiling the circuit. An installed
 * ceremony's key precedes the development key.
 * @throws KeyError, CacheError if the key here must not be used
 */
export async function verifyingArtifactsHere<C extends NamedCircuit>(
  profile: C,
): Promise<VerifyingArtifacts<C> | null> {
  const id = `${cacheName()}\n${mainSource(profile)}`;
  let found = known.get(id);
  if (found === undefined) {
    found = lookFor(profile);
    known.set(id, found);
  }
  try {
    const artifacts = await found;
    // A missing artifact may be made or installed later.
    if (artifacts === null) known.delete(id);
    return artifacts === null ? null : { ...artifacts, profile };
  } catch (error) {
    known.delete(id);
    throw error;
  }
}

/**
 * The artifacts to verify a profile's proofs with.
 * @param keyHash the key that the proof names; it selects one of several given keys
 * @throws KeyError KEY_NOT_HERE if no key was given and none is here, with the command that makes it
 * @throws KeyError, CacheError if the key here must not be used
 */
export async function verifyingArtifacts<C extends NamedCircuit>(
  profile: C,
  keyHash?: string,
  options: KeyOptions = {},
): Promise<VerifyingArtifacts<C>> {
  const own = await verifyingArtifactsHere(profile);
  const found = await givenOrOwn(profile, own, keyHash, options, () => circuitKey(mainSource(profile)));
  if (found !== null) return found;
  throw new KeyError(
    "KEY_NOT_HERE",
    "key",
    `there is no verification key of ${profile.name} for the circuit of this version; ` +
      `make it with setup --profile ${profile.name}, or give it with --key FILE`,
  );
}

/** The same, but makes circuit and keys if there is no key here. @throws BuildError, KeyError, CacheError */
export async function verifyingArtifactsOf<C extends NamedCircuit>(
  profile: C,
  options: { onProgress?: OnProgress | undefined } = {},
): Promise<VerifyingArtifacts<C>> {
  return (await verifyingArtifactsHere(profile)) ?? (await artifactsOf(profile, options));
}

async function lookFor(profile: NamedCircuit): Promise<Found | null> {
  const hash = await circuitKey(mainSource(profile));
  const published = await publishedKey(profile, hash);
  if (published === null) return await artifactsHere(profile);
  const { verificationKey, hash: vkeyHash } = published;
  const development: VerifyingKey = { verificationKey, vkeyHash, kind: "development", ceremony: null };
  return { circuit: { hash }, key: (await installedKey(profile, published)) ?? development };
}

/** The key of a ceremony verified here, if there is a cache at all. */
async function installedKey(profile: NamedCircuit, published: PublishedKey): Promise<VerifyingKey | null> {
  if (cacheName() === "") return null;
  const { r1csHash, constraints, wires, publicInputs } = published;
  return await ceremonyKey({ name: profile.name, r1csHash, constraints, wires, publicInputs });
}

/** The cache's folder; empty if there is no place for one. */
function cacheName(): string {
  try {
    return cacheRoot();
  } catch (error) {
    if (error instanceof CacheError && error.code === "CACHE_NOWHERE") return "";
    throw error;
  }
}
