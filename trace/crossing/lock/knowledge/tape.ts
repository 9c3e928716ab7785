/** Randomness and commitments of a proof of knowledge. */
import { createHash, randomBytes } from "node:crypto";
import { FIELD } from "../../../layout.ts";

/** Bytes of a seed, of a commitment, and of a word. */
export const SEED = 32;
export const WORD = 32;
/** Bytes from which a random word is made: its bias is below 2^−128. */
const WIDE = 48;

/**
 * Fresh seeds. They follow from the parts, too, which include the secret: a random source that repeats itself, as that
 * of a copied machine can, then repeats a whole proof, and never shows all three parties of one seed.
 */
export function seedsFor(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  const hash = createHash("shake256", { outputLength: SEED * count })
    .update("seeds")
    .update(randomBytes(SEED));
  for (const part of parts) hash.update(part);
  const bytes = hash.digest();
  return Array.from({ length: count }, (_, i) => bytes.subarray(SEED * i, SEED * (i + 1)));
}

/** A party's random words: the first is its share of the secret, the others are noise for its products. */
export function tapeOf(seed: Uint8Array, words: number): bigint[] {
  const bytes = createHash("shake256", { outputLength: WIDE * words })
    .update("tape")
    .update(seed)
    .digest();
  return Array.from({ length: words }, (_, i) => wordIn(bytes.subarray(WIDE * i, WIDE * (i + 1))) % FIELD);
}

/** A number, highest byte first. */
export function wordIn(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`);
}

/** A word as bytes, highest first. */
export function bytesOf(word: bigint): Uint8Array {
  return Buffer.from(word.toString(16).padStart(2 * WORD, "0"), "hex");
}

/** What a party has seen, so that it can be shown later, and not another in its place. */
export function commitmentOf(seed: Uint8Array, share: bigint | undefined, view: readonly bigint[]): Uint8Array {
  const hash = createHash("sha256").update("view").update(seed);
  if (share !== undefined) hash.update(bytesOf(share));
  for (const word of view) hash.update(bytesOf(word));
  return hash.digest();
}

/** Random numbers 0, 1 or 2 that follow from some bytes. */
export function challengesOf(parts: readonly Uint8Array[], count: number): number[] {
  const hash = createHash("shake256", { outputLength: 2 * count + 256 }).update("challenge");
  for (const part of parts) hash.update(part);
  // 255 is a multiple of three: a byte of 255 is left out.
  const trits = [...hash.digest()].filter((byte) => byte < 255).map((byte) => byte % 3);
  return trits.slice(0, count);
}
