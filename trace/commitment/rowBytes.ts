/**
 * The bytes in which the rows of a moored map are published. `contracts/lib/Rows.sol` reads them; nothing depends on
 * how they were packed, because the proof is about the words.
 *
 * A row is one byte with the operation, two bytes with a mask, and the fields of the mask, each big-endian and in its
 * width. The highest bit of the mask is `last`; bit i is the i-th of the fields. The quantity is preceded by one byte
 * with its number of bytes.
 */
import { InvalidInputError } from "../errors.ts";
import { FIELD, OPS } from "../layout.ts";
import type { RowWords } from "./channel.ts";

/** A field of a row: which word it is in, its first bit, and its bytes; null for the quantity. */
interface Field {
  readonly name: string;
  readonly word: 0 | 1 | 2;
  readonly offset: bigint;
  readonly bytes: number | null;
}

const OP_BITS = 5n;
const QUANTITY_BYTES = 16;
/** Bits of the time after `notBefore`. */
const LATER_BITS = 28n;
const LAST = 1 << 15;

/** In the order of the mask's bits. */
const FIELDS: readonly Field[] = [
  { name: "actor", word: 0, offset: 5n, bytes: 3 },
  { name: "peer", word: 0, offset: 29n, bytes: 3 },
  { name: "source", word: 0, offset: 53n, bytes: 4 },
  { name: "destination", word: 0, offset: 85n, bytes: 4 },
  { name: "authority", word: 0, offset: 117n, bytes: 4 },
  { name: "deadline", word: 0, offset: 149n, bytes: 5 },
  { name: "resource", word: 0, offset: 189n, bytes: 8 },
  { name: "kind", word: 1, offset: 0n, bytes: 7 },
  { name: "quantity", word: 1, offset: 56n, bytes: null },
  { name: "scope", word: 1, offset: 184n, bytes: 4 },
  { name: "rights", word: 1, offset: 216n, bytes: 1 },
  { name: "later", word: 1, offset: 224n, bytes: 4 },
  { name: "argument", word: 2, offset: 0n, bytes: 32 },
];

/** Bits of a field in its word. */
const bitsOf = ({ name, bytes }: Field): bigint =>
  name === "later" ? LATER_BITS : name === "argument" ? 256n : BigInt(8 * (bytes ?? QUANTITY_BYTES));

/**
 * Packs the words of a batch's rows.
 *
 * @example
 * packRows([[5n + (2n << 5n), 1n << 252n, 0n]]); // op 5, mask last and actor, program 2: 05 80 01 00 00 02
 */
export function packRows(rows: readonly RowWords[]): Uint8Array {
  const out: number[] = [];
  const put = (value: bigint, bytes: number): void => {
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out.push(Number((value >> BigInt(shift)) & 0xffn));
  };
  for (const words of rows) {
    put(words[0] & ((1n << OP_BITS) - 1n), 1);
    const values = FIELDS.map((field) => (words[field.word] >> field.offset) & ((1n << bitsOf(field)) - 1n));
    const mask = values.reduce((bits, value, i) => bits | (value === 0n ? 0 : 1 << i), 0);
    put(BigInt(mask | (words[1] >> 252n === 0n ? 0 : LAST)), 2);
    for (const [i, { bytes }] of FIELDS.entries()) {
      const value = values[i] as bigint;
      if (value === 0n) continue;
      const width = bytes ?? Math.ceil(value.toString(16).length / 2);
      if (bytes === null) put(BigInt(width), 1);
      put(value, width);
    }
  }
  return Uint8Array.from(out);
}

/**
 * Reads packed rows. Whatever it reads has exactly one row to each list of words.
 * @returns the words of each row
 * @throws InvalidInputError "rows" if they end within a row, or a field is out of its range
 */
export function unpackRows(bytes: Uint8Array): RowWords[] {
  const rows: RowWords[] = [];
  let at = 0;
  const take = (count: number): bigint => {
    if (at + count > bytes.length) throw new InvalidInputError("rows", `end within row ${rows.length}`);
    let value = 0n;
    for (const end = at + count; at < end; at++) value = (value << 8n) + BigInt(bytes[at] as number);
    return value;
  };
  while (at < bytes.length) {
    const words: [bigint, bigint, bigint] = [take(1), 0n, 0n];
    if (words[0] >= BigInt(OPS)) throw new InvalidInputError("rows", `row ${rows.length} has no operation's number`);
    const mask = Number(take(2));
    if ((mask & 0x6000) !== 0) throw new InvalidInputError("rows", `row ${rows.length} has fields that there are not`);
    for (const [i, field] of FIELDS.entries()) {
      if ((mask & (1 << i)) === 0) continue;
      const width = field.bytes ?? Number(take(1));
      if (width > (field.bytes ?? QUANTITY_BYTES))
        throw new InvalidInputError("rows", `row ${rows.length} has a quantity of ${width} bytes, not of 16 at most`);
      const value = take(width);
      if (value >> bitsOf(field) !== 0n || (field.name === "argument" && value >= FIELD))
        throw new InvalidInputError("rows", `row ${rows.length} has a value beyond its range: ${field.name}`);
      words[field.word] += value << field.offset;
    }
    if ((mask & LAST) !== 0) words[1] += 1n << 252n;
    rows.push(words);
  }
  return rows;
}
