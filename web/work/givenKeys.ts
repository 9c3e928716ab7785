/** Verification keys in files that the reader chose, read as the command line reads `--key FILE`. */
import { verificationKeyIn } from "../../prover/keys/keyFile.ts";
import type { VerificationKey } from "../../prover/keys/verificationKey.ts";
import { TimeBanditsError } from "../../trace/errors.ts";

/** A file as the page gives it. */
export interface KeyFile {
  readonly name: string;
  readonly text: string;
}

/** @throws Error naming the file, if it is no JSON, or its key is malformed, bad or not of a batch circuit */
export function givenKey({ name, text }: KeyFile): VerificationKey {
  try {
    return verificationKeyIn(name, text);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    // A reader gives several files at once.
    const told = error.message.includes(name) ? error.message : `${name}: ${error.message}`;
    throw new Error(told, { cause: error });
  }
}
