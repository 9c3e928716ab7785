/** Verification keys in files that the reader chose, read as the command line reads `--key FILE`. */
import { refuseBadKey } from "../../prover/keys/check.ts";
import { parseVerificationKey, type VerificationKey } from "../../prover/keys/verificationKey.ts";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { parseFreeJson } from "../../trace/run/strictJson.ts";

/** A file as the page gives it. */
export interface KeyFile {
  readonly name: string;
  readonly text: string;
}

/** @throws Error naming the file, if it is no JSON, or its key is malformed, bad or not of a batch circuit */
export function givenKey({ name, text }: KeyFile): VerificationKey {
  const key = parseVerificationKey(parseFreeJson(name, text));
  refuseBadKey(key);
  if (key.nPublic === PUBLIC_INPUTS.length) return key;
  throw new Error(`${name} is for ${key.nPublic} public inputs, and a batch has ${PUBLIC_INPUTS.length}`);
}
