/**
 * The origin of a verification key, as far as it can be known here. It never follows from the key's points, which
 * anyone may choose.
 */
import { count } from "../../trace/describe/count.ts";
import { type KeyKind, keyKind } from "./check.ts";
import { type VerificationKey, verificationKeyHash } from "./verificationKey.ts";

/** A ceremony whose transcript was verified here. */
export interface CeremonyName {
  /** SHA-256 of the transcript's file, hexadecimal: the same for all who verify the same key. */
  readonly transcript: string;
  readonly contributions: number;
  /**
   * The powers of tau are for 2^power rows. `published`: their hash is a published one; otherwise the user vouched for
   * it.
   */
  readonly ptau: { readonly power: number; readonly published: boolean };
}

/** A key's origin. `ceremony` is null unless a transcript verified here says that the key comes from it. */
export interface KeyOrigin {
  readonly kind: KeyKind;
  readonly ceremony: CeremonyName | null;
}

/**
 * Origin of a verification key: `ceremony` if it is the key that `ceremony install` verified for the circuit,
 * `development` if its points are the development seed's, else `unknown`.
 *
 * @param key the key itself, or its hash alone; a hash alone only shows whether it is this installation's key
 * @param own this installation's key for the circuit; undefined if it has none
 */
export async function originOf(
  key: VerificationKey | string,
  own: (KeyOrigin & { readonly vkeyHash: string }) | undefined,
): Promise<KeyOrigin> {
  const hash = typeof key === "string" ? key : verificationKeyHash(key);
  if (own !== undefined && own.vkeyHash === hash.toLowerCase()) return { kind: own.kind, ceremony: own.ceremony };
  return { kind: typeof key === "string" ? "unknown" : await keyKind(key), ceremony: null };
}

/** A key's origin in words, to follow the key's name. */
export function originText({ kind, ceremony }: KeyOrigin): string {
  if (kind === "development") return "a development key: its secret is public, so anyone can forge proofs";
  if (kind === "unknown" || ceremony === null) {
    return "of unknown origin: no ceremony's transcript was verified here, and a key cannot show who knows its secret";
  }
  const { transcript, contributions, ptau } = ceremony;
  const tau = `powers of tau 2^${ptau.power} ${ptau.published ? "with a published hash" : "that the user vouched for"}`;
  return `of the ceremony with transcript ${transcript}: ${count(contributions, "contribution")}, ${tau}; safe if one who contributed forgot their secret`;
}
