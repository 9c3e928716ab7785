/** A circuit from its file. Nobody keeps the file: that of a large circuit has more bytes than what is read from it. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { System } from "../../verifier/constraints/system.ts";

/** So many bytes are read at once: a file of more than 2 GiB cannot be read in one go. */
const PART = 1 << 30;

/** @param path of an `.r1cs` file */
export function systemIn(path: string): System {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size);
    for (let at = 0; at < bytes.length; ) {
      const length = readSync(file, bytes, at, Math.min(PART, bytes.length - at), at);
      // The file was cut off while it was read: what is missing is refused as it is anywhere else.
      if (length === 0) return new System(bytes.subarray(0, at));
      at += length;
    }
    return new System(bytes);
  } finally {
    closeSync(file);
  }
}
