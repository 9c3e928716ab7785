/** Programs by what people call them. */

import { InvalidInputError } from "../errors.ts";
import type { Manifest } from "../run/manifest.ts";
import { quoted } from "./names.ts";

/**
 * The number of a program. A number means itself, whatever the manifest says: names are the word of whoever wrote it.
 * @param known programs there are
 * @throws InvalidInputError if there is no such program, or more than one of that name
 */
export function programNumber(asked: string, { programs }: Pick<Manifest, "programs">, known: number): number {
  if (/^[0-9]{1,8}$/.test(asked)) {
    const program = Number(asked);
    if (program >= 1 && program <= known) return program;
    throw new InvalidInputError("program", `${asked} does not exist; they run from 1 to ${known}`);
  }
  const found = Object.entries(programs).flatMap(([number, name]) => (name === asked ? [Number(number)] : []));
  const [program, other] = found;
  if (other !== undefined) {
    throw new InvalidInputError("program", `${quoted(asked)} is the name of ${found.join(" and ")}; give a number`);
  }
  if (program === undefined || program < 1 || program > known) {
    const names = Object.values(programs)
      .map((name) => quoted(name))
      .join(", ");
    throw new InvalidInputError(
      "program",
      `there is no ${quoted(asked)}${names === "" ? "; give a number" : `; there are: ${names}`}`,
    );
  }
  return program;
}
