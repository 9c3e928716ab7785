/** A circuit from its file. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { Circuit } from "../../verifier/certificate/circuit.ts";
import { System } from "../../verifier/constraints/system.ts";

/** So many bytes are read at once: a file of more than 2 GiB cannot be read in one go. */
const PART = 1 << 30;

/** What makes certificates reads the whole circuit. @param path of an `.r1cs` file */
export const systemIn = (path: string): System => new System(bytesIn(path));

/** What checks them reads constraints where a line asks for them. @param path of an `.r1cs` file */
export const circuitIn = (path: string): Circuit => new Circuit(bytesIn(path));

function bytesIn(path: string): Buffer {
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.allocUnsafeSlow(fstatSync(file).size);
    for (let at = 0; at < bytes.length; ) {
      const length = readSync(file, bytes, at, Math.min(PART, bytes.length - at), at);
      // The file was cut off while it was read: what is missing is refused as it is anywhere else.
      if (length === 0) return bytes.subarray(0, at);
      at += length;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}
