/** The sizes of circuit that there are. All profiles of a map have its number of levels. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PUBLIC_INPUTS } from "../trace/commitment/commit.ts";
import { InvalidInputError } from "../trace/errors.ts";
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

const file = join(PROJECT_ROOT, "circuits", "profiles.json");
/** All profiles: by their levels, and the smallest first. */
export const PROFILES: readonly Profile[] = (JSON.parse(readFileSync(file, "utf8")) as { profiles: Profile[] })
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

/** The main component of a profile, in Circom. */
export function mainSource(profile: Profile): string {
  return [
    "pragma circom 2.2.0;",
    'include "batch.circom";',
    `component main { public [${PUBLIC_INPUTS.join(", ")}] } =`,
    `    Batch(${profile.rows}, ${profile.nodes}, ${profile.levels}, ${profile.signatures});`,
    "",
  ].join("\n");
}
