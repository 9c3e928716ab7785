/**
 * The bytes in which the rows of a moored map are published. `contracts/lib/Rows.sol` reads them; nothing depends on
 * how they were packed, because the proof is about the words.
 *
 * A row is 32 bytes for its first word, 32 for the second, and 32 for the third if that is not 0. The highest bit of
 * the first says whether a third follows. All are big-endian. A list of words has exactly one packing.
 */
import { InvalidInputError } from "../errors.ts";
import { FIELD } from "../layout.ts";
import type { RowWords } from "./channel.ts";

const WORD = 32;
/** Bits of the first two words. */
const WORD_BITS = 253n;
/** In the first word: a third one follows. */
const FOLLOWS = 1n << 255n;

/**
 * Packs the words of a batch's rows.
 *
 * @param rows the words of each row, see `wordsOf`
 * @returns 64 bytes for each row, 96 for those with a third word
 *
 * @example
 * packRows([[5n, 1n << 252n, 0n]]).length; // 64
 */
export function packRows(rows: readonly RowWords[]): Uint8Array {
  const words = rows.flatMap(([w1, w2, w3]) => (w3 === 0n ? [w1, w2] : [w1 + FOLLOWS, w2, w3]));
  return Buffer.from(words.map((word) => word.toString(16).padStart(2 * WORD, "0")).join(""), "hex");
}

/**
 * Reads packed rows.
 * @returns the words of each row
 * @throws InvalidInputError "rows" if they end within a row, or a word is beyond its range
 */
export function unpackRows(bytes: Uint8Array): RowWords[] {
  const rows: RowWords[] = [];
  const text = Buffer.from(bytes).toString("hex");
  let at = 0;
  const take = (): bigint => {
    const digits = text.slice(at, at + 2 * WORD);
    if (digits.length < 2 * WORD) throw new InvalidInputError("rows", `end within row ${rows.length}`);
    at += 2 * WORD;
    return BigInt(`0x${digits}`);
  };
  while (at < text.length) {
    const [first, second] = [take(), take()];
    const follows = first >= FOLLOWS;
    const third = follows ? take() : 0n;
    const words = [follows ? first - FOLLOWS : first, second, third] as const;
    const outside = words.findIndex((word, i) => (i < 2 ? word >> WORD_BITS !== 0n : word >= FIELD));
    if (outside >= 0 || (follows && third === 0n))
      throw new InvalidInputError("rows", `row ${rows.length} has a word beyond its range`);
    rows.push(words);
  }
  return rows;
}
