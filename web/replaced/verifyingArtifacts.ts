/**
 * In place of prover/verifyingArtifacts.ts. The page carries the published verification key of each profile, with the
 * hash of the circuit that it was made for. The builder of the page compares both. A key that the reader gives
 * precedes them.
 */
import published from "virtual:keys";
import { KeyError } from "../../prover/errors.ts";
import { keyKind } from "../../prover/keys/check.ts";
import { type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import type { Profile } from "../../prover/profiles.ts";
import type { KeyOptions, VerifyingArtifacts } from "../../prover/verifyingArtifacts.ts";

export type { KeyOptions, VerifyingArtifacts, VerifyingKey } from "../../prover/verifyingArtifacts.ts";

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
  { keys = [] }: KeyOptions = {},
): Promise<VerifyingArtifacts> {
  const own = await verifyingArtifactsHere(profile);
  const given = keys.find((key) => verificationKeyHash(key) === keyHash) ?? keys[0];
  if (given !== undefined) return await vouchedFor(profile, given, own);
  if (own !== null) return own;
  throw new KeyError("KEY_NOT_HERE", "key", `the page has no verification key of ${profile.name}; give the key's file`);
}

async function vouchedFor(
  profile: Profile,
  verificationKey: VerificationKey,
  own: VerifyingArtifacts | null,
): Promise<VerifyingArtifacts> {
  const vkeyHash = verificationKeyHash(verificationKey);
  const circuit = own?.circuit ?? { hash: "" };
  if (own?.key.vkeyHash === vkeyHash) return { profile, circuit, key: own.key, given: true };
  const key = { verificationKey, vkeyHash, kind: await keyKind(verificationKey), ceremony: null };
  return { profile, circuit, key, given: true };
}
