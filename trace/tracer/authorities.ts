/**
 * Authorities for programs that a scenario knows by name: those of its genesis get them in their headers, later ones
 * when they are created.
 */
import { InvalidInputError } from "../errors.ts";
import { programOf } from "../layout.ts";
import type { Genesis } from "../state/genesis.ts";

/** Authorities (y coordinates of Baby Jubjub keys) by the name of the program. */
export type Authorities = Readonly<Record<string, bigint>>;

/** A genesis, and what its programs are called: a scenario, say. */
interface NamedGenesis {
  readonly programs?: Readonly<Record<number, string>>;
  genesis(): Genesis;
}

/** The authority of that name, if there is one. Names are anybody's, so `__proto__` is a name like others. */
export function authorityFor(authorities: Authorities, name: string | undefined): bigint | undefined {
  return name !== undefined && Object.hasOwn(authorities, name) ? authorities[name] : undefined;
}

/**
 * The scenario's genesis with authorities in it.
 * @param closed that no program may be open
 * @throws InvalidInputError if one is, then
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
      `${open.join(", ")} of the genesis would be open; in a closed map every program has an authority, so give one to each`,
    );
  }
  return { ...genesis, cells };
}

/** @throws InvalidInputError if an authority was given to a name that no program got it under */
export function requireAllGranted(authorities: Authorities, granted: ReadonlySet<string>): void {
  const unknown = Object.keys(authorities).filter((name) => !granted.has(name));
  if (unknown.length === 0) return;
  throw new InvalidInputError(
    "authority",
    `no program called ${unknown.map((name) => `"${name}"`).join(", ")} was made, so what is traced is not what was asked for; ` +
      "correct the name, and run again into another directory",
  );
}
