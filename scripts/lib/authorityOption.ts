/** `--authority NAME=WHO`: the key that signs for the programs of a name. */

import { InvalidInputError } from "../../trace/errors.ts";
import { isAuthority } from "../../trace/state/authority.ts";
import type { Authorities } from "../../trace/tracer/authorities.ts";
import { UsageError } from "./failure.ts";
import { secretFileArgument } from "./secretFile.ts";
import { withoutSecrets } from "./secrets.ts";

/**
 * The authorities given on the command line. WHO is an authority in decimal digits, or a key file.
 * @throws UsageError if a text does not have that form, or names a program twice
 */
export async function authoritiesOf(given: readonly string[]): Promise<Authorities> {
  const authorities = new Map<string, bigint>();
  for (const text of given) {
    const at = text.indexOf("=");
    const [name, who] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || who === "")
      throw new UsageError(`--authority ${withoutSecrets(text)}: write NAME=AUTHORITY or NAME=KEYFILE`);
    if (authorities.has(name))
      throw new UsageError(`--authority ${withoutSecrets(text)}: ${name} has an authority already`);
    authorities.set(name, /^[0-9]+$/.test(who) ? number(name, who) : await inFile(secretFileArgument(who)));
  }
  return Object.fromEntries(authorities);
}

/** Loads the key code only here: numbers need no curve. */
async function inFile(path: string): Promise<bigint> {
  const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
  return readKeyFile(path).authority;
}

function number(name: string, digits: string): bigint {
  const authority = BigInt(digits);
  if (isAuthority(authority)) return authority;
  throw new InvalidInputError(
    `authority of ${name}`,
    `${digits} is not the number of a signing key; keys show prints the number`,
  );
}
