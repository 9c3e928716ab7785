/** Tables as CSV (RFC 4180), for spreadsheets. */
import { inOneLine } from "../errors.ts";

/** Value of a cell; null and undefined leave it empty. */
export type CsvValue = string | number | bigint | boolean | null | undefined;

/** First characters that make a spreadsheet compute a cell instead of showing it. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/**
 * A heading and rows as lines. Each line ends with a carriage return, for its line break to follow. Names are untrusted
 * text: a cell that a spreadsheet would read as a formula gets an apostrophe in front, and line breaks are escaped.
 * @param columns the heading: names of the columns, in the order of each row's values
 */
export function csvLines(columns: readonly string[], rows: readonly (readonly CsvValue[])[]): string[] {
  return [columns, ...rows].map((row) => `${row.map(csvCell).join(",")}\r`);
}

function csvCell(value: CsvValue): string {
  if (value === null || value === undefined) return "";
  const shown = inOneLine(`${value}`, Number.MAX_SAFE_INTEGER);
  const text = FORMULA.test(shown) ? `'${shown}` : shown;
  return /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
