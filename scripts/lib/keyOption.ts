import { Option } from "commander";
import { collected } from "./verb.ts";

/** Value of `--key`. */
export interface VerificationKeyOptions {
  key?: string[];
}

/** `--key FILE`, repeatable: verification keys that the user vouches for. */
export function verificationKeyOption(): Option {
  return new Option(
    "--key <file>",
    "verification key (JSON) that you vouch for, in place of this installation's; repeatable",
  ).argParser(collected);
}

/** The keys in these files; undefined if none was named. Throws as `readVerificationKey` does. */
export async function keysIn({ key }: VerificationKeyOptions) {
  if (key === undefined) return undefined;
  const { readVerificationKey } = await import("../../prover/keys/keyFile.ts");
  return key.map(readVerificationKey);
}
