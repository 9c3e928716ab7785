/** A verification key in a file, as snarkjs and `timebandits export` write it. */
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { textAt } from "../../trace/run/runDirectory.ts";
import { parseFreeJson } from "../../trace/run/strictJson.ts";
import { KeyError } from "../errors.ts";
import { refuseBadKey } from "./check.ts";
import { parseVerificationKey, type VerificationKey } from "./verificationKey.ts";

/** Most bytes of such a file. A batch circuit's key has about 3,000. */
const LARGEST = 65_536;

/**
 * Reads a verification key for checking proofs of batches. The caller vouches for it: the file does not show its
 * origin.
 *
 * @example
 * const key = readVerificationKey("verification_key.json");
 * const report = await verifyDirectory("run", { keys: [key] });
 *
 * @throws InvalidInputError if the file cannot be read, is too large or is not JSON; KeyError if the key is malformed,
 *   bad or of another shape
 */
export function readVerificationKey(path: string): VerificationKey {
  return verificationKeyIn(path, textAt(path, { most: LARGEST, what: "a verification key in JSON" }));
}

/**
 * The same, from the file's text.
 * @param name the file's, for errors
 * @throws InvalidInputError, KeyError as {@link readVerificationKey} does
 */
export function verificationKeyIn(name: string, text: string): VerificationKey {
  const key = parseVerificationKey(parseFreeJson(name, text));
  refuseBadKey(key);
  if (key.nPublic === PUBLIC_INPUTS.length) return key;
  throw new KeyError(
    "KEY_FOREIGN",
    "nPublic",
    `${name} is for ${key.nPublic} public inputs, and a batch has ${PUBLIC_INPUTS.length}: name a batch circuit's key`,
  );
}
