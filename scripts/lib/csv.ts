/** Tables as CSV (RFC 4180), for spreadsheets. */
import { inOneLine } from "../../trace/errors.ts";

/** What stands in a cell; null and undefined leave it empty. */
export type CsvValue = string | number | bigint | boolean | null | undefined;

/** Beginnings that make a spreadsheet compute a cell instead of showing it. */
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/u;

/**
 * A heading and rows as lines. Each ends with the carriage return that belongs before its line break. Names are
 * anybody's: a cell that a spreadsheet would take for a formula begins with an apostrophe, and stays in its line.
 * @param columns the heading: what the values of each row are, in their order
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
