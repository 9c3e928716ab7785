import { circuitNamed, NAMED_CIRCUITS, PROFILES } from "../../prover/profiles.ts";
import { UsageError } from "../lib/failure.ts";
import { NO_CERTIFICATE } from "../lib/noCertificate.ts";
import { pairs, seconds } from "../lib/output.ts";
import { circuitOption } from "../lib/profileOption.ts";
import { does, verb } from "../lib/verb.ts";
import { beginFrom } from "./ceremony.ts";

interface Options {
  profile?: string;
  all?: boolean;
  ptau?: string;
  ptauHash?: string;
  out?: string;
}

/** `setup`: makes and caches circuits and keys, or begins a ceremony. */
export function setup() {
  const command = verb("setup", "compile circuits and make their development keys, unless keys exist")
    .addOption(
      circuitOption("this profile, or the circuit of exits or cells; default: the smallest, enough for most runs"),
    )
    .option("--all", "every circuit: about five minutes")
    .option("--ptau <file>", "begin a ceremony from these powers of tau instead (the same as ceremony begin)")
    .option("--ptau-hash <hash>", "with --ptau: its BLAKE2b hash, which you vouch for")
    .option("--out <file>", "with --ptau: file for the first participant's key");
  return does<Options>(command, async ({ options, progress }) => {
    const { ptau, out } = options;
    if ((ptau === undefined) !== (out === undefined)) throw new UsageError("give --ptau FILE and --out FILE together");
    if (ptau !== undefined && out !== undefined) return await beginFrom({ ...options, ptau, out }, progress);
    const { artifactFacts, artifactsOf } = await import("../../prover/artifacts.ts");
    const { originText } = await import("../../prover/keys/origin.ts");
    const one = options.profile === undefined ? PROFILES.slice(0, 1) : [circuitNamed(options.profile)];
    const wanted = options.all === true ? NAMED_CIRCUITS : one;
    const profiles: ReturnType<typeof artifactFacts>[] = [];
    for (const profile of wanted) {
      profiles.push(artifactFacts(await artifactsOf(profile, { onProgress: progress.onProgress })));
    }
    const lines = profiles.flatMap((facts) => [
      `${facts.profile}: ${sizeOf(facts)}, ${facts.kind} key`,
      ...pairs([
        ["circuit", `${facts.circuit}${made(facts.compileSeconds)}`],
        ["certificate", facts.certificate ?? NO_CERTIFICATE],
        ["proving key", `${facts.provingKey}${made(facts.keySeconds)}`],
        ["verification key", facts.verificationKey],
        ["origin", originText(facts)],
      ]),
    ]);
    return { facts: { profiles }, lines };
  });
}

function sizeOf({ constraints, rows, nodes }: { constraints: number; rows?: number; nodes?: number }): string {
  return `${constraints} constraints${rows === undefined ? "" : `, ${rows} rows, ${nodes} nodes`}`;
}

function made(time: number | null): string {
  return time === null ? " (cached)" : ` (made in ${seconds(time)})`;
}
