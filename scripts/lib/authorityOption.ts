/** `--authority NAME=WHO`: which key signs for the programs of a name. */

import { InvalidInputError } from "../../trace/errors.ts";
import { isAuthority } from "../../trace/state/authority.ts";
import type { Authorities } from "../../trace/tracer/authorities.ts";
import { UsageError } from "./failure.ts";
import { secretFileArgument } from "./secretFile.ts";
import { withoutSecrets } from "./secrets.ts";

/**
 * The authorities that were given. WHO is an authority in decimal digits, as its owner was told it, or a key file.
 * @throws UsageError if a text is not of that form, or names a program again
 */
export async function authoritiesOf(given: readonly string[]): Promise<Authorities> {
  const authorities = new Map<string, bigint>();
  for (const text of given) {
    const at = text.indexOf("=");
    const [name, who] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || who === "")
      throw new UsageError(`--authority ${withoutSecrets(text)}: it is NAME=AUTHORITY or NAME=KEYFILE`);
    if (authorities.has(name))
      throw new UsageError(`--authority ${withoutSecrets(text)}: ${name} has an authority already`);
    authorities.set(name, /^[0-9]+$/.test(who) ? number(name, who) : await inFile(secretFileArgument(who)));
  }
  return Object.fromEntries(authorities);
}

/** Loaded only here: who names numbers alone needs no curve. */
async function inFile(path: string): Promise<bigint> {
  const { readKeyFile } = await import("../../trace/signing/keyFile.ts");
  return readKeyFile(path).authority;
}

function number(name: string, digits: string): bigint {
  const authority = BigInt(digits);
  if (isAuthority(authority)) return authority;
  throw new InvalidInputError(`authority of ${name}`, `${digits} is no key that can sign; keys show prints the number`);
}
