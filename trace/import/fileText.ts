/**
 * Reads the text of a file that another program wrote: UTF-8, or UTF-16 with a byte-order mark, as PowerShell's `>`
 * writes it.
 */
import { InvalidInputError } from "../errors.ts";

/** Byte-order marks and their encodings. */
const MARKS = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { bytes: [0xff, 0xfe], encoding: "utf-16le" },
  { bytes: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/**
 * Decodes a file; its byte-order mark is no part of the text.
 * @param name the file's name, for the message
 * @throws InvalidInputError if it does not match its mark, or without a mark is no UTF-8
 */
export function textOfFile(name: string, bytes: Uint8Array): string {
  const mark = MARKS.find((one) => one.bytes.every((byte, i) => bytes[i] === byte));
  const encoding = mark?.encoding ?? "utf-8";
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    const what = `is not text in ${encoding.toUpperCase()}`;
    throw new InvalidInputError(name, `${what}; save it as UTF-8`, { cause: error });
  }
}
