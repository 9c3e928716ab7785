/** What the page's workers need of `node:crypto`: SHA-2 and random bytes. */
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { Buffer } from "buffer";

const ALGORITHMS = { sha256, sha512 } as const;
type Algorithm = keyof typeof ALGORITHMS;

/** A hash that is fed piece by piece. @throws Error for another algorithm than sha256 and sha512 */
export function createHash(algorithm: string): Hash {
  if (algorithm !== "sha256" && algorithm !== "sha512") throw new Error(`there is no ${algorithm} in the page`);
  return new Hash(algorithm);
}

export function randomBytes(length: number): Buffer {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(length)));
}

class Hash {
  readonly #algorithm: Algorithm;
  readonly #hash: ReturnType<(typeof ALGORITHMS)[Algorithm]["create"]>;

  constructor(algorithm: Algorithm) {
    this.#algorithm = algorithm;
    this.#hash = ALGORITHMS[algorithm].create();
  }

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
    const copy = new Hash(this.#algorithm);
    // Both are of one algorithm, which the types do not show.
    (this.#hash._cloneInto as (to: unknown) => unknown).call(this.#hash, copy.#hash);
    return copy;
  }
}
