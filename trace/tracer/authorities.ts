/**
 * Authorities for programs by their names in the scenario. Programs of the genesis get them in their headers, later
 * ones when they are created.
 */
import { InvalidInputError } from "../errors.ts";
import { programOf } from "../layout.ts";
import type { Genesis } from "../state/genesis.ts";

/** Authorities (y coordinates of Baby Jubjub keys) by the name of the program. */
export type Authorities = Readonly<Record<string, bigint>>;

/** A genesis with the names of its programs, such as a scenario. */
interface NamedGenesis {
  readonly programs?: Readonly<Record<number, string>>;
  genesis(): Genesis;
}

/** The authority of that name, if there is one. Names are arbitrary, so `__proto__` is a name like others. */
export function authorityFor(authorities: Authorities, name: string | undefined): bigint | undefined {
  return name !== undefined && Object.hasOwn(authorities, name) ? authorities[name] : undefined;
}

/**
 * The scenario's genesis with authorities in it.
 * @param closed whether open programs are refused
 * @throws InvalidInputError if `closed` and a program is open
 */
export function keyedGenesis(scenario: NamedGenesis, authorities: Authorities = {}, closed = false): Genesis {
  const genesis = scenario.genesis();
  const open: string[] = [];
  const cells = genesis.cells.map((entry) => {
    const { address, cell } = entry;
    if (cell.type !== "program") return entry;
    const program = programOf(address);
    const name = scenario.programs?.[program];
    const authority = authorityFor(authorities, name) ?? cell.authority;
    if (authority === 0n) open.push(name ?? `program ${program}`);
    return { address, cell: { ...cell, authority } };
  });
  if (closed && open.length > 0) {
    throw new InvalidInputError(
      "closed",
      `${open.join(", ")} of the genesis would be open; in a closed map every program has an authority: give each one`,
    );
  }
  return { ...genesis, cells };
}

/**
 * The names under which programs of a continued run already have the given authorities.
 * @param names of the programs, by number
 * @throws InvalidInputError if a program of such a name has another authority
 */
export function grantedBefore(
  authorities: Authorities,
  names: Readonly<Record<string, string>>,
  keyOf: (program: number) => bigint | undefined,
): Set<string> {
  const granted = new Set<string>();
  for (const [program, name] of Object.entries(names)) {
    const [given, key] = [authorityFor(authorities, name), keyOf(Number(program))];
    if (given === undefined || key === undefined) continue;
    if (given !== key) {
      throw new InvalidInputError(
        `authority of ${name}`,
        `program ${program} of the run ${key === 0n ? "is open" : `has the key ${key}`}, not this one; ` +
          "leave it out, or let the scenario change the key with rotateAuthority",
      );
    }
    granted.add(name);
  }
  return granted;
}

/** @throws InvalidInputError if an authority was given to a name under which no program got it */
export function requireAllGranted(authorities: Authorities, granted: ReadonlySet<string>): void {
  const unknown = Object.keys(authorities).filter((name) => !granted.has(name));
  if (unknown.length === 0) return;
  throw new InvalidInputError(
    "authority",
    `no program named ${unknown.map((name) => `"${name}"`).join(", ")} was created, so its authority was not used; ` +
      "correct the name, and run again",
  );
}
