/** The name of a file that holds a secret, on a command line. */
import { existsSync } from "node:fs";
import { UsageError } from "./failure.ts";
import { withoutSecrets } from "./secrets.ts";

/**
 * Checks the name of a file that holds a secret, where it is given: the secret itself there would be in every list of
 * processes.
 * @throws UsageError which does not repeat it
 */
export function secretFileArgument(text: string): string {
  if (withoutSecrets(text) === text || existsSync(text)) return text;
  throw new UsageError(
    "the name of a file is wanted there, not a secret itself: others can read a command line, so use that secret no more",
  );
}
