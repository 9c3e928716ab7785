/** Key files: a program's secret, for its owner's eyes only. */
import { fstatSync } from "node:fs";
import { unwritable } from "../run/runDirectory.ts";
import { systemCode } from "../run/systemErrors.ts";
import { writeWhole } from "../run/wholeFile.ts";
import { type Key, keyIn, keyText, MOST_KEY_BYTES } from "./keyText.ts";
import { KeyFileError, OTHERS, readSecretFile } from "./secretFile.ts";
import { authorityOf, newSecret } from "./signature.ts";

export { type Key, KeyFileError };

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
  const text = readSecretFile(path, "a key file, as keys new makes it", MOST_KEY_BYTES);
  return keyIn(path, text);
}
