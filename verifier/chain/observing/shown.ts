/** What an observer has shown last, in a file of its own: after a crash it must not show anything older. */
import { readFileSync } from "node:fs";
import type { Reading } from "../../../trace/crossing/observer/reading.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { parseJson } from "../../../trace/run/strictJson.ts";
import { hasCode } from "../../../trace/run/systemErrors.ts";
import { writeWhole } from "../../../trace/run/wholeFile.ts";

const DECIMAL = /^(0|[1-9]\d{0,38})$/;

/**
 * The reading in a file; undefined if there is no file yet.
 * @throws InvalidInputError if it holds something else
 */
export function keptReading(path: string): Reading | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw new InvalidInputError(path, "cannot be read; name another file with --state", { cause: error });
  }
  const kept = parseJson(path, text) as { seq?: unknown; value?: unknown } | null;
  const { seq, value } = kept ?? {};
  if (typeof seq === "number" && Number.isSafeInteger(seq) && seq >= 0 && typeof value === "string")
    if (DECIMAL.test(value)) return { seq, value: BigInt(value) };
  throw new InvalidInputError(path, "holds no reading of an observer; name another file with --state");
}

/** Keeps a reading, wholly or not at all. */
export function keepReading(path: string, { seq, value }: Reading): void {
  writeWhole(path, `${JSON.stringify({ seq, value: `${value}` })}\n`);
}
