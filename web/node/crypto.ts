/** What the page's workers need of `node:crypto`: SHA-256 and random bytes. */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Buffer } from "buffer";

/** A hash that is fed piece by piece. @throws Error for another algorithm than sha256 */
export function createHash(algorithm: string): Hash {
  if (algorithm !== "sha256") throw new Error(`there is no ${algorithm} in the page`);
  return new Hash();
}

export function randomBytes(length: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
}

class Hash {
  readonly #hash = sha256.create();

  update(data: string | Uint8Array): this {
    this.#hash.update(typeof data === "string" ? new TextEncoder().encode(data) : data);
    return this;
  }

  digest(): Buffer;
  digest(encoding: "hex"): string;
  digest(encoding?: "hex"): Buffer | string {
    const bytes = this.#hash.digest();
    return encoding === "hex" ? bytesToHex(bytes) : Buffer.from(bytes);
  }

  copy(): Hash {
    const copy = new Hash();
    this.#hash._cloneInto(copy.#hash);
    return copy;
  }
}
