/** Where a verification key comes from, as far as anybody here can know: never from its points, which anybody may choose. */
import { count } from "../../trace/describe/count.ts";
import { artifactsOf } from "../artifacts.ts";
import { PROFILES } from "../profiles.ts";
import { type KeyKind, keyKind } from "./check.ts";
import type { OnProgress } from "./makeKey.ts";
import { type VerificationKey, verificationKeyHash } from "./verificationKey.ts";

/** A ceremony whose transcript was verified here. */
export interface CeremonyName {
  /** SHA-256 of the transcript's file, hexadecimal: the same for all who verify the same key. */
  readonly transcript: string;
  readonly contributions: number;
  /** The powers of tau are for 2^power rows; whether their hash is a published one, or the user vouched for them. */
  readonly ptau: { readonly power: number; readonly published: boolean };
}

/** A key's origin. `ceremony` is null unless a transcript was verified here and says that the key comes from it. */
export interface KeyOrigin {
  readonly kind: KeyKind;
  readonly ceremony: CeremonyName | null;
}

/** A key that a map or a batch names, and where it comes from. */
export interface KeyReport extends KeyOrigin {
  readonly profile: string;
  /** `verificationKeyHash`. */
  readonly hash: string;
  /** The same in words. */
  readonly says: string;
}

/**
 * Where a verification key comes from: `ceremony` if it is the key that `ceremony install` verified for this profile, `development` if its
 * points are the development seed's, else `unknown`.
 *
 * @param key the key itself, or its hash alone; of a hash alone it is only known whether it is this installation's key
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

/** The same, where the key that is this installation's for the circuit is at hand; undefined if there is none. */
export async function originOf(
  key: VerificationKey | string,
  own: (KeyOrigin & { readonly vkeyHash: string }) | undefined,
): Promise<KeyOrigin> {
  const hash = typeof key === "string" ? key : verificationKeyHash(key);
  if (own !== undefined && own.vkeyHash === hash.toLowerCase()) return { kind: own.kind, ceremony: own.ceremony };
  return { kind: typeof key === "string" ? "unknown" : await keyKind(key), ceremony: null };
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

/** A key's origin in words, to follow the key's name. */
export function originText({ kind, ceremony }: KeyOrigin): string {
  if (kind === "development") return "a development key: its secret is public, so anybody can forge proofs";
  if (kind === "unknown" || ceremony === null) {
    return "of unknown origin: no ceremony's transcript was verified here, and no look at a key can tell who knows its secret";
  }
  const { transcript, contributions, ptau } = ceremony;
  const tau = `powers of tau 2^${ptau.power} ${ptau.published ? "with a published hash" : "that the user vouched for"}`;
  return `of the ceremony with transcript ${transcript}: ${count(contributions, "contribution")}, ${tau}; safe if one who contributed forgot their secret`;
}
