import { PROFILES, profileOf } from "../../prover/profiles.ts";
import { pairs, seconds } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import { does, verb } from "../lib/verb.ts";

/** `setup`: circuits and keys, made once and cached. */
export function setup() {
  const command = verb("setup", "compile circuits and make their development keys, unless they are cached")
    .addOption(profileOption("which one; by default the smallest, which is all that most runs need"))
    .option("--all", "every profile: about five minutes");
  return does<{ profile?: string; all?: boolean }>(command, async ({ options, progress }) => {
    const { artifactFacts, artifactsOf } = await import("../../prover/artifacts.ts");
    const one = options.profile === undefined ? PROFILES.slice(0, 1) : [profileOf(options.profile)];
    const wanted = options.all === true ? PROFILES : one;
    const profiles: ReturnType<typeof artifactFacts>[] = [];
    for (const profile of wanted) {
      profiles.push(artifactFacts(await artifactsOf(profile, { onProgress: progress.onProgress })));
    }
    const lines = profiles.flatMap((facts) => [
      `${facts.profile}: ${facts.constraints} constraints, ${facts.rows} rows, ${facts.nodes} nodes, ${facts.kind} key`,
      ...pairs([
        ["circuit", `${facts.circuit}${made(facts.compileSeconds)}`],
        ["proving key", `${facts.provingKey}${made(facts.keySeconds)}`],
        ["verification key", facts.verificationKey],
      ]),
    ]);
    return { facts: { profiles }, lines };
  });
}

function made(time: number | null): string {
  return time === null ? " (cached)" : ` (made in ${seconds(time)})`;
}
