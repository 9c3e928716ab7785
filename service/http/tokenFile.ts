/** The operator's token: a secret in a file of its owner's. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { KeyFileError, readSecretFile } from "../../trace/signing/secretFile.ts";

const WHAT = "a file with the operator's token, as serve makes it";
const MOST_BYTES = 1_024;

/**
 * The token in the file. Makes the file, with a new token, if there is none.
 * @throws KeyFileError if others may read it, or it holds no token; EnvironmentError if it cannot be read or made
 */
export function tokenIn(path: string): string {
  const token = randomBytes(32).toString("base64url");
  try {
    writeWhole(path, `${token}\n`, { replace: false, mode: 0o600 });
    return token;
  } catch (error) {
    if (systemCode(error) !== "EEXIST") throw unwritable(path, error, "name a file in a folder of yours");
  }
  const text = readSecretFile(path, WHAT, MOST_BYTES).trim();
  if (/^[\x21-\x7e]{20,}$/.test(text)) return text;
  throw new KeyFileError(path, "holds no token of 20 letters and digits or more; remove it, and serve makes one");
}

/** Whether a text is the token. How long it takes says nothing about the token. */
export function isToken(token: string, given: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(token), digest(given));
}
