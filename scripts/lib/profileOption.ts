import { InvalidArgumentError, Option } from "commander";
import { NAMED_CIRCUITS, PROFILES } from "../../prover/profiles.ts";

/** `--profile`: the name of one profile. */
export function profileOption(summary: string): Option {
  return new Option("--profile <name>", summary).choices(PROFILES.map((profile) => profile.name));
}

/** `--profile` where it names a circuit to make keys for: a profile, or a circuit over one state. */
export function circuitOption(summary: string): Option {
  return new Option("--profile <name>", summary).choices(NAMED_CIRCUITS.map((circuit) => circuit.name));
}

/** `--profile`, repeatable. */
export function profilesOption(summary: string): Option {
  return profileOption(`${summary}; repeatable`).argParser((name: string, others?: string[]) => {
    if (!PROFILES.some((profile) => profile.name === name))
      throw new InvalidArgumentError(`There are: ${PROFILES.map((p) => p.name).join(", ")}.`);
    return [...(others ?? []), name];
  });
}

/** `--engine`. The names are checked only where an engine is used, because loading the engines takes a while. */
export function engineOption(): Option {
  return new Option("--engine <name>", "prover engine; an unknown name lists the engines");
}
