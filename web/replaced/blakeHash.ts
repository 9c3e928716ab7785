/** In place of blake-hash: BLAKE-512, the one hash that circomlibjs's EdDSA makes of a secret. */
import { blake512 } from "@noble/hashes/blake1.js";
import { Buffer } from "buffer";

/** @throws Error for another algorithm */
export default function createBlakeHash(algorithm: string): { update(data: Uint8Array): { digest(): Buffer } } {
  if (algorithm !== "blake512") throw new Error(`there is no ${algorithm} in the page`);
  return { update: (data) => ({ digest: () => Buffer.from(blake512(data)) }) };
}
