/** Key files: a program's secret, for its owner's eyes only. */
import { fstatSync } from "node:fs";
import { InvalidInputError } from "../errors.ts";
import { unwritable } from "../run/runDirectory.ts";
import { parseJson, requireCanonical, StrictObject } from "../run/strictJson.ts";
import { systemCode } from "../run/systemErrors.ts";
import { writeWhole } from "../run/wholeFile.ts";
import { KeyFileError, OTHERS, readSecretFile } from "./secretFile.ts";
import { authorityOf, newSecret } from "./signature.ts";

export { KeyFileError };

/** A key: what signs, and the number by which others know it. */
export interface Key {
  secret: Uint8Array;
  /** y coordinate of the public key. */
  authority: bigint;
}

const FORMAT = "time-bandits-key";
const KEYS = ["format", "version", "secret", "authority"] as const;
/** No key file is longer. */
const MOST_BYTES = 1_024;

function keyText({ secret, authority }: Key): string {
  const text = {
    format: FORMAT,
    version: 1,
    secret: Buffer.from(secret).toString("hex"),
    authority: authority.toString(),
  };
  return `${JSON.stringify(text, null, 2)}\n`;
}

/**
 * Makes a key and a file that holds it, readable by its owner alone. It appears whole or not at all, and never in place
 * of another.
 * @throws KeyFileError if there is a file of that name, or the file system lets others read it
 * @throws EnvironmentError if the folder cannot hold it
 */
export function newKeyFile(path: string): Key {
  const secret = newSecret();
  const key = { secret, authority: authorityOf(secret) };
  try {
    writeWhole(path, keyText(key), { replace: false, mode: 0o600, check: (file) => refuseReadable(path, file) });
  } catch (cause) {
    if (cause instanceof KeyFileError) throw cause;
    if (systemCode(cause) === "EEXIST") {
      throw new KeyFileError(path, "exists already; name another file, the key in it may be in use", { cause });
    }
    throw unwritable(path, cause, "name a file in a folder of yours");
  }
  return key;
}

/** Before the secret is in it: some file systems do not keep modes. */
function refuseReadable(path: string, file: number): void {
  if ((fstatSync(file).mode & OTHERS) === 0) return;
  throw new KeyFileError(path, "others could read it on this file system; name a file on another one");
}

/**
 * Reads a key file.
 * @throws KeyFileError if it is not there, is readable by others, or holds no key
 */
export function readKeyFile(path: string): Key {
  const text = readSecretFile(path, "a key file, as keys new makes it", MOST_BYTES);
  return parseKey(path, text);
}

function parseKey(path: string, text: string): Key {
  try {
    const members = new StrictObject(path, parseJson(path, text), KEYS);
    members.constant("format", FORMAT);
    members.constant("version", 1);
    const digits = members.text("secret");
    if (!/^[0-9a-f]{64}$/.test(digits)) throw new KeyFileError(members.field("secret"), "is not 64 hexadecimal digits");
    const secret = new Uint8Array(Buffer.from(digits, "hex"));
    const key = { secret, authority: authorityOf(secret) };
    if (members.word("authority") !== key.authority) {
      throw new KeyFileError(members.field("authority"), "is not that of the secret; restore the file from a copy");
    }
    requireCanonical(path, text, keyText(key));
    return key;
  } catch (error) {
    // What is wrong with a member may quote it, and a secret must be in no message.
    if (error instanceof KeyFileError || !(error instanceof InvalidInputError)) throw error;
    throw new KeyFileError(error.field, "is not as keys new writes it; restore the file from a copy");
  }
}
