import { Command } from "commander";
import { circuitNamed, mainSource, type NamedCircuit, PROFILES } from "../../prover/profiles.ts";
import { NO_CERTIFICATE } from "../lib/noCertificate.ts";
import { pairs } from "../lib/output.ts";
import { circuitOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { does, verb } from "../lib/verb.ts";

interface PtauOptions {
  ptau: string;
  ptauHash?: string;
  profile?: string;
}

/** `ceremony`: makes a key together with others, so that no single participant knows its secret. */
export function ceremony() {
  return new Command("ceremony")
    .description("make a circuit's key together with others, for use on public chains")
    .addCommand(begin())
    .addCommand(contribution())
    .addCommand(beacon())
    .addCommand(verification())
    .addCommand(installation());
}

/** Adds the options that name the powers of tau and the circuit. */
export function withPtau(command: Command): Command {
  return command
    .requiredOption("--ptau <file>", "powers of tau, prepared for phase 2")
    .option("--ptau-hash <hash>", "its BLAKE2b hash, which you vouch for; needed if it is not from the Hermez ceremony")
    .addOption(circuitOption("circuit of this profile, or of exits or cells; default: the smallest profile"));
}

function begin() {
  const command = withPtau(verb("begin", "write the key that the first participant starts from"));
  return does<PtauOptions & { out: string }>(
    command.requiredOption("--out <file>", "file to write"),
    async ({ options, progress }) => beginFrom(options, progress),
  );
}

/** Runs `ceremony begin` and `setup --ptau`. */
export async function beginFrom(options: PtauOptions & { out: string }, progress: Progress) {
  const { beginCeremony } = await import("../../prover/keys/ceremony.ts");
  const { profile, circuit, certificate } = await circuitOf(options, progress);
  progress.say(`making the first key of ${profile}`);
  await beginCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, options.out);
  return {
    facts: { profile, circuit: circuit.hash, certificate, zkey: options.out },
    lines: [
      ...pairs([
        ["circuit", circuit.hash],
        ["certificate", certificate ?? NO_CERTIFICATE],
        ["first key", options.out],
      ]),
      "the key is not safe to use yet: each participant runs ceremony contribute and passes the result on",
    ],
  };
}

function contribution() {
  const command = verb("contribute", "add your randomness to a key")
    .argument("<from>", "key from the previous participant")
    .argument("<to>", "file to write")
    .requiredOption("--name <name>", "your name in the transcript");
  return does<{ name: string }>(command, async ({ args: [from = "", to = ""], options, progress }) => {
    const { contribute } = await import("../../prover/keys/ceremony.ts");
    progress.say("contributing");
    const hash = await contribute(from, to, options.name);
    return contributed(
      to,
      hash,
      "publish this hash and pass the key on; ceremony verify of the last key lists your hash",
    );
  });
}

function beacon() {
  const command = verb("beacon", "end the contributions with a public random number that was unpredictable before")
    .argument("<from>", "key from the last participant")
    .argument("<to>", "file to write")
    .requiredOption("--value <hex>", "the number: 16 to 64 bytes in hexadecimal");
  return does<{ value: string }>(command, async ({ args: [from = "", to = ""], options, progress }) => {
    const { applyBeacon } = await import("../../prover/keys/ceremony.ts");
    progress.say("applying the beacon");
    const hash = await applyBeacon(from, to, options.value);
    return contributed(to, hash, "this is the last key: each user verifies and installs it");
  });
}

function verification() {
  const command = withPtau(verb("verify", "check a key: powers of tau, circuit and every contribution")).argument(
    "<key>",
  );
  return does<PtauOptions>(command, async ({ args: [zkey = ""], options, progress }) => {
    const { ceremonyName, verifyCeremony } = await import("../../prover/keys/ceremony.ts");
    const { circuit, ...names } = await circuitOf(options, progress);
    progress.say("verifying the key; this takes as long as making it");
    const transcript = await verifyCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, zkey);
    return verified(names, circuit.hash, transcript, ceremonyName(transcript).transcript, []);
  });
}

function installation() {
  const command = withPtau(verb("install", "verify a key and use it in place of the development key"));
  return does<PtauOptions>(command.argument("<key>"), async ({ args: [zkey = ""], options, progress }) => {
    const { ceremonyName, installCeremony } = await import("../../prover/keys/ceremony.ts");
    const { circuit, ...names } = await circuitOf(options, progress);
    progress.say("verifying the key; this takes as long as making it");
    const transcript = await installCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, zkey);
    const advice = `${names.profile} now proves and verifies with this key`;
    return verified(names, circuit.hash, transcript, ceremonyName(transcript).transcript, [advice]);
  });
}

async function circuitOf({ profile: name }: PtauOptions, progress: Progress) {
  const { certificateOf } = await import("../../prover/certificates.ts");
  const { buildCircuit } = await import("../../prover/circuit/build.ts");
  const profile = name === undefined ? (PROFILES[0] as NamedCircuit) : circuitNamed(name);
  const circuit = await buildCircuit(profile.name, mainSource(profile), { onProgress: progress.onProgress });
  return { profile: profile.name, circuit, certificate: certificateOf(profile.name, circuit.r1csHash) };
}

function contributed(zkey: string, hash: string, advice: string) {
  const lines = pairs([
    ["key", zkey],
    ["contribution", hash],
  ]);
  return { facts: { zkey, contribution: hash }, lines: [...lines, advice] };
}

function verified(
  { profile, certificate }: { profile: string; certificate: string | null },
  circuit: string,
  transcript: import("../../prover/keys/ceremony.ts").Transcript,
  hash: string,
  advice: readonly string[],
) {
  const { ptau, contributions } = transcript;
  const lines = [
    // Participants choose their names freely, control characters included.
    ...transcript.lines.flatMap((line) => line.split("\n")).map((line) => line.replace(/[^\t\x20-\x7e]/g, "?")),
    ...pairs([
      ["circuit", circuit],
      ["certificate", certificate ?? NO_CERTIFICATE],
      ["powers of tau", `2^${ptau.power}, ${ptau.published ? "published" : "vouched for"}: ${ptau.hash.slice(0, 32)}…`],
      ["contributions", contributions],
      ["key", transcript.zkey],
      ["verification key", transcript.verificationKey],
      ["transcript", hash],
    ]),
    "the key is safe if one participant deleted their secret; no check can show that",
    ...advice,
  ];
  return { facts: { profile, circuit, certificate, transcript, transcriptHash: hash }, lines };
}
