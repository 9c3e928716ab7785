/** The verification key that is used for a profile: one that the caller vouches for, or the own one. */
import type { NamedCircuit, Profile } from "../profiles.ts";
import { keyKind } from "./check.ts";
import type { KeyArtifacts } from "./development.ts";
import { type VerificationKey, verificationKeyHash } from "./verificationKey.ts";

/** A verification key, its name on chain and its origin. */
export type VerifyingKey = Pick<KeyArtifacts, "verificationKey" | "vkeyHash" | "kind" | "ceremony">;

/** Artifacts to check proofs of a profile against, or of a circuit over one state. `ProfileArtifacts` qualify, too. */
export interface VerifyingArtifacts<C extends NamedCircuit = Profile> {
  readonly profile: C;
  readonly circuit: { readonly hash: string };
  readonly key: VerifyingKey;
  /**
   * True if the caller gave the key and vouches for it. A bundle may then name a better known origin than is known
   * here.
   */
  readonly given?: boolean;
}

/** The keys that are accepted. */
export interface KeyOptions {
  /** Keys that the caller vouches for. If there are any, no other key is accepted. */
  keys?: readonly VerificationKey[] | undefined;
}

/**
 * The artifacts that are used, given those that are here.
 * @param keyHash the key that the proof names; it selects one of several given keys
 * @param circuitHash asked for only if there are no artifacts here
 * @returns `own` if no key is given
 */
export async function givenOrOwn<C extends NamedCircuit>(
  profile: C,
  own: VerifyingArtifacts<C> | null,
  keyHash: string | undefined,
  { keys = [] }: KeyOptions,
  circuitHash: () => Promise<string>,
): Promise<VerifyingArtifacts<C> | null> {
  const given = keys.find((key) => verificationKeyHash(key) === keyHash) ?? keys[0];
  if (given === undefined) return own;
  const vkeyHash = verificationKeyHash(given);
  const circuit = own?.circuit ?? { hash: await circuitHash() };
  // The user vouches for the key, not for its origin: that is told as known here.
  if (own?.key.vkeyHash === vkeyHash) return { profile, circuit, key: own.key, given: true };
  const key = { verificationKey: given, vkeyHash, kind: await keyKind(given), ceremony: null };
  return { profile, circuit, key, given: true };
}
