/** Field elements and cells as bytes. */
import { FIELD } from "../layout.ts";
import { EMPTY_WORDS, type Words } from "../state/cells.ts";
import { DamagedStoreError } from "./storeErrors.ts";

const WORD = 32;

/** A field element as 32 bytes, the most significant first. */
export function wordBytes(word: bigint): Buffer {
  return Buffer.from(word.toString(16).padStart(2 * WORD, "0"), "hex");
}

/** The inverse of {@link wordBytes}. @throws DamagedStoreError if it is none */
export function wordFrom(bytes: unknown): bigint {
  if (!(bytes instanceof Uint8Array) || bytes.length !== WORD) throw new DamagedStoreError("a number has no 32 bytes");
  return inField(number(Buffer.from(bytes.buffer, bytes.byteOffset, WORD).toString("hex")));
}

/** A cell's words without their leading zeros, after the lengths of the first two; nothing for an empty one. */
export function cellBytes(words: Words): Buffer {
  const parts = words.map(shortest);
  if (parts.every(({ length }) => length === 0)) return Buffer.alloc(0);
  const [first = Buffer.alloc(0), second = Buffer.alloc(0)] = parts;
  return Buffer.concat([Buffer.of(first.length, second.length), ...parts]);
}

/** The inverse of {@link cellBytes}. @throws DamagedStoreError if they are no cell */
export function cellFrom(bytes: unknown): Words {
  if (!(bytes instanceof Uint8Array)) throw new DamagedStoreError("a cell has no bytes");
  if (bytes.length === 0) return EMPTY_WORDS;
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  const [first = 0, second = 0] = bytes;
  const ends = [2, 2 + first, 2 + first + second, bytes.length].map((at) => 2 * at);
  const [a = 0, b = 0, c = 0, d = 0] = ends;
  if (c > d || d - c > 2 * WORD) throw new DamagedStoreError("a cell has the wrong length");
  return [hex.slice(a, b), hex.slice(b, c), hex.slice(c, d)].map((part) => inField(number(part))) as unknown as Words;
}

function shortest(word: bigint): Buffer {
  if (word === 0n) return Buffer.alloc(0);
  const hex = word.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
}

const number = (hex: string): bigint => (hex === "" ? 0n : BigInt(`0x${hex}`));

function inField(word: bigint): bigint {
  if (word >= FIELD) throw new DamagedStoreError("a number is no field element");
  return word;
}
