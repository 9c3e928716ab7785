/** Foreign names within a sentence. They cannot pass for numbers, or for words of the sentence. */
import { inOneLine } from "../errors.ts";
import { OP } from "../layout.ts";

/** Names of rows. They are listed here so that naming things needs no machine, and no hash. */
const ROWS: ReadonlySet<string> = new Set([...Object.keys(OP).filter((op) => op !== "Padding"), "RevokeCapability"]);

/** A name within a sentence: unquoted if it is one capitalised word of plain letters and digits; quoted otherwise. */
export function called(name: string): string {
  return /^[A-Z][A-Za-z0-9_-]{0,39}$/.test(name) && !ROWS.has(name) ? name : quoted(name);
}

/** Most characters of a foreign name that are shown. */
const LONGEST_NAME = 60;
/**
 * Characters escaped within quotation marks: quotation marks, characters that look like them, and every character that
 * is no letter, digit or ASCII sign.
 */
const MARKS =
  /["\\`]|(?<=')'|(?<![\p{L}\p{M}])\p{M}|[^\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{M}\p{N}\u0020-\u007e\u2013\u2014\u2192\u2026\ufffd]/gu;

/** A foreign text in quotation marks; it cannot close them itself. */
export function quoted(text: string, longest = LONGEST_NAME): string {
  const escaped = inOneLine(text, longest).replace(MARKS, (mark) =>
    mark === '"' || mark === "\\" ? `\\${mark}` : `\\u{${mark.codePointAt(0)?.toString(16)}}`,
  );
  return `"${escaped}"`;
}
