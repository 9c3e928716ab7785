import { InvalidArgumentError, Option } from "commander";
import { PROFILES } from "../../prover/profiles.ts";

/** `--profile`, one of those there are. */
export function profileOption(summary: string): Option {
  return new Option("--profile <name>", summary).choices(PROFILES.map((profile) => profile.name));
}

/** `--profile`, any number of them. */
export function profilesOption(summary: string): Option {
  return profileOption(`${summary}; may be given more than once`).argParser((name: string, others?: string[]) => {
    if (!PROFILES.some((profile) => profile.name === name))
      throw new InvalidArgumentError(`There are: ${PROFILES.map((p) => p.name).join(", ")}.`);
    return [...(others ?? []), name];
  });
}

/** `--engine`. Which there are is asked only where one is used: loading them takes a while. */
export function engineOption(): Option {
  return new Option("--engine <name>", "what makes the proofs; an unknown name lists those there are");
}
