/** The sizes of the batch circuit that there are. All profiles of a map have its number of levels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC_INPUTS } from "../trace/commitment/commit.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { STATE_CIRCUITS, type StateCircuit, stateSource } from "./stateCircuits.ts";
import { PROJECT_ROOT } from "./storage/packageFile.ts";

/** One size of the batch circuit. */
export interface Profile {
  name: string;
  /** Transitions that it proves at most. */
  rows: number;
  /** Tree nodes that they may touch. */
  nodes: number;
  /** Levels of programs in the tree: programs are numbered below 16^levels. */
  levels: number;
  /** Authority signatures that it checks. */
  signatures: number;
}

/** A circuit with a name, a source and keys: of batches, or of one state. */
export type NamedCircuit = Profile | StateCircuit;

/** Where the profiles stand, and the records of certificates. */
export const PROFILES_FILE: string = join(PROJECT_ROOT, "circuits", "profiles.json");
/** All profiles: by their levels, and the smallest first. */
export const PROFILES: readonly Profile[] = (JSON.parse(readFileSync(PROFILES_FILE, "utf8")) as { profiles: Profile[] })
  .profiles;

/** The profile of that name. @throws InvalidInputError if there is none */
export function profileOf(name: string): Profile {
  const profile = PROFILES.find((p) => p.name === name);
  if (profile === undefined) {
    throw new InvalidInputError(
      "profile",
      `there is no profile "${name}"; choose one of ${PROFILES.map((p) => p.name).join(", ")}`,
    );
  }
  return profile;
}

/** The profiles of maps with that number of levels, the smallest first. There may be none. */
export function profilesWith(levels: number): readonly Profile[] {
  return PROFILES.filter((profile) => profile.levels === levels);
}

/** Every circuit that has keys: the profiles, and those of one state. */
export const NAMED_CIRCUITS: readonly NamedCircuit[] = [...PROFILES, ...STATE_CIRCUITS];

/** The circuit of that name. @throws InvalidInputError if there is none */
export function circuitNamed(name: string): NamedCircuit {
  const circuit = NAMED_CIRCUITS.find((one) => one.name === name);
  if (circuit !== undefined) return circuit;
  const names = NAMED_CIRCUITS.map((one) => one.name).join(", ");
  throw new InvalidInputError("profile", `there is no circuit "${name}"; choose one of ${names}`);
}

/** The main component of a circuit, in Circom. */
export function mainSource(circuit: NamedCircuit): string {
  if ("template" in circuit) return stateSource(circuit);
  return [
    "pragma circom 2.2.0;",
    'include "batch.circom";',
    `component main { public [${PUBLIC_INPUTS.join(", ")}] } =`,
    `    Batch(${circuit.rows}, ${circuit.nodes}, ${circuit.levels}, ${circuit.signatures});`,
    "",
  ].join("\n");
}
