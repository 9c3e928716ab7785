/**
 * In place of prover/verifyingArtifacts.ts. The page carries the published verification key of each profile, with the
 * hash of the circuit that it was made for. The builder of the page compares both. A key that the reader gives
 * precedes them.
 */
import published from "virtual:keys";
import { KeyError } from "../../prover/errors.ts";
import { verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { givenOrOwn, type KeyOptions, type VerifyingArtifacts } from "../../prover/keys/vouchedKey.ts";
import type { Profile } from "../../prover/profiles.ts";

export type { KeyOptions, VerifyingArtifacts, VerifyingKey } from "../../prover/keys/vouchedKey.ts";

/** The key that the page carries; null if it has none of the profile. */
export async function verifyingArtifactsHere(profile: Profile): Promise<VerifyingArtifacts | null> {
  const found = published[profile.name];
  if (found === undefined) return null;
  const { circuit, verificationKey } = found;
  const vkeyHash = verificationKeyHash(verificationKey);
  return {
    profile,
    circuit: { hash: circuit },
    key: { verificationKey, vkeyHash, kind: "development", ceremony: null },
  };
}

/** @throws KeyError KEY_NOT_HERE if the page has no key of the profile, and none was given */
export async function verifyingArtifacts(
  profile: Profile,
  keyHash?: string,
  options: KeyOptions = {},
): Promise<VerifyingArtifacts> {
  const own = await verifyingArtifactsHere(profile);
  // No circuit is compiled here, so a key of a profile that the page has none of comes without its circuit's hash.
  const found = await givenOrOwn(profile, own, keyHash, options, async () => "");
  if (found !== null) return found;
  throw new KeyError("KEY_NOT_HERE", "key", `the page has no verification key of ${profile.name}; give the key's file`);
}
