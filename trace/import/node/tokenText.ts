/** Names that contracts give themselves. They are foreign text, so they are made safe to show. */
import { isBytes } from "../evmFields.ts";

/** Characters that are not seen, or change the direction of others. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufffd]/gu;
const HEX_PER_WORD = 64;
/** Bytes of a text that are read at most. */
const MOST_BYTES = 1_024;

/**
 * The text in a contract's answer: a `string`, or a `bytes32` as old tokens give it. In one line, without unseen
 * characters, cut to `longest` characters. Null if the answer is no text, or an empty one.
 */
export function textIn(answer: unknown, longest: number): string | null {
  if (typeof answer !== "string" || !isBytes(answer)) return null;
  const digits = answer.slice(2);
  const bytes = digits.length === HEX_PER_WORD ? trimmed(digits) : stringBytes(digits);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(Buffer.from(bytes.slice(0, MOST_BYTES * 2), "hex"));
  const seen = [
    ...text
      .replace(/[\s\u0085]+/gu, " ")
      .replace(UNSEEN, "")
      .trim(),
  ];
  if (seen.length === 0) return null;
  return seen.length > longest ? `${seen.slice(0, longest - 1).join("")}…` : seen.join("");
}

/** The bytes of a `string`: its offset, then its length, then itself. */
function stringBytes(digits: string): string | null {
  const offset = wordAt(digits, 0);
  const length = offset === null ? null : wordAt(digits, offset);
  if (offset === null || length === null) return null;
  const from = (offset + 32) * 2;
  const to = from + length * 2;
  return to > digits.length ? null : digits.slice(from, to);
}

/** The number in the 32 bytes at a place; null if there are none, or it is larger than the answer can be long. */
function wordAt(digits: string, byte: number): number | null {
  const word = digits.slice(byte * 2, byte * 2 + HEX_PER_WORD);
  if (word.length !== HEX_PER_WORD) return null;
  const number = BigInt(`0x${word}`);
  return number > BigInt(digits.length) ? null : Number(number);
}

/** The bytes before the zeros at the end. */
function trimmed(digits: string): string {
  return digits.replace(/(00)+$/, "");
}
