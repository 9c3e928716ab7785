/** Looks up programs and kinds by name. */

import { InvalidInputError } from "../errors.ts";
import type { Manifest } from "../run/manifest.ts";
import { quoted } from "./names.ts";

/**
 * The number that a text means, whether or not there is such a program. Digits mean a number, even if the manifest uses
 * them as a name.
 * @returns undefined if no program has the name
 * @throws InvalidInputError if several have it
 */
export function meantProgram(asked: string, { programs }: Pick<Manifest, "programs">): number | undefined {
  if (/^[0-9]{1,8}$/.test(asked)) return Number(asked);
  const number = onlyNamed("program", asked, programs);
  return number === "" ? undefined : Number(number);
}

/**
 * The number of a program. A number means itself, even if the manifest uses it as a name: names are not trusted.
 * @param known number of programs
 * @throws InvalidInputError if there is no such program, or several have the name
 */
export function programNumber(asked: string, { programs }: Pick<Manifest, "programs">, known: number): number {
  const program = meantProgram(asked, { programs });
  if (program !== undefined && program >= 1 && program <= known) return program;
  if (program === Number(asked)) {
    throw new InvalidInputError("program", `${asked} does not exist; they run from 1 to ${known}`);
  }
  throw unknown("program", asked, programs);
}

/** The kind of that name. @throws InvalidInputError if there is none, or several have the name */
export function kindNamed(asked: string, { kinds }: Pick<Manifest, "kinds">): bigint {
  const kind = onlyNamed("kind", asked, kinds);
  if (/^[0-9]+$/.test(kind)) return BigInt(kind);
  throw unknown("kind", asked, kinds);
}

/** The number with the name in a table; "" if there is none. */
function onlyNamed(what: string, asked: string, table: Readonly<Record<string, string>>): string {
  const found = Object.entries(table).flatMap(([number, name]) => (name === asked ? [number] : []));
  const [first = "", other] = found;
  if (other !== undefined) {
    throw new InvalidInputError(what, `${quoted(asked)} is the name of ${found.join(" and ")}; give a number`);
  }
  return first;
}

function unknown(what: string, asked: string, table: Readonly<Record<string, string>>): InvalidInputError {
  const names = Object.values(table)
    .map((name) => quoted(name))
    .join(", ");
  return new InvalidInputError(
    what,
    `there is no ${quoted(asked)}${names === "" ? "; give a number" : `; there are: ${names}`}`,
  );
}
