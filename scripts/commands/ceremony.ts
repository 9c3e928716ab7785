import { Command } from "commander";
import { PROFILES, profileOf } from "../../prover/profiles.ts";
import { pairs } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { does, verb } from "../lib/verb.ts";

interface PtauOptions {
  ptau: string;
  ptauHash?: string;
  profile?: string;
}

/** `ceremony`: keys whose secrets nobody knows. */
export function ceremony() {
  return new Command("ceremony")
    .description("make the key of a circuit together with others, for a public network")
    .addCommand(begin())
    .addCommand(contribution())
    .addCommand(beacon())
    .addCommand(verification())
    .addCommand(installation());
}

/** Adds the options that say which powers of tau, and for which circuit. */
export function withPtau(command: Command): Command {
  return command
    .requiredOption("--ptau <file>", "powers of tau, prepared for phase 2")
    .option(
      "--ptau-hash <hash>",
      "its BLAKE2b hash, where it is of another ceremony than Hermez's and you vouch for it",
    )
    .addOption(profileOption("of which circuit; by default the smallest"));
}

function begin() {
  const command = withPtau(verb("begin", "write the key that the first participant starts from"));
  return does<PtauOptions & { out: string }>(
    command.requiredOption("--out <file>", "file to write"),
    async ({ options, progress }) => beginFrom(options, progress),
  );
}

/** What `ceremony begin` and `setup --ptau` do. */
export async function beginFrom(options: PtauOptions & { out: string }, progress: Progress) {
  const { beginCeremony } = await import("../../prover/index.ts");
  const { profile, circuit } = await circuitOf(options, progress);
  progress.say(`making the first key of ${profile}`);
  await beginCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, options.out);
  return {
    facts: { profile, circuit: circuit.hash, zkey: options.out },
    lines: [
      ...pairs([
        ["circuit", circuit.hash],
        ["first key", options.out],
      ]),
      "nobody may use it yet: each participant runs ceremony contribute, and passes the result on",
    ],
  };
}

function contribution() {
  const command = verb("contribute", "add your randomness to a key")
    .argument("<from>", "key that the participant before you made")
    .argument("<to>", "file to write")
    .requiredOption("--name <name>", "what the transcript calls you");
  return does<{ name: string }>(command, async ({ args: [from = "", to = ""], options, progress }) => {
    const { contribute } = await import("../../prover/index.ts");
    progress.say("contributing");
    const hash = await contribute(from, to, options.name);
    return contributed(
      to,
      hash,
      "publish this hash, and pass the key on; whoever verifies the last key sees your hash in it",
    );
  });
}

function beacon() {
  const command = verb("beacon", "end the contributions with a public number that nobody could know before")
    .argument("<from>", "key that the last participant made")
    .argument("<to>", "file to write")
    .requiredOption("--value <hex>", "the number: 16 to 64 bytes in hexadecimal");
  return does<{ value: string }>(command, async ({ args: [from = "", to = ""], options, progress }) => {
    const { applyBeacon } = await import("../../prover/index.ts");
    progress.say("applying the beacon");
    const hash = await applyBeacon(from, to, options.value);
    return contributed(to, hash, "this is the last key: everybody verifies it, and installs it");
  });
}

function verification() {
  const command = withPtau(verb("verify", "check a key: powers of tau, circuit, every contribution")).argument("<key>");
  return does<PtauOptions>(command, async ({ args: [zkey = ""], options, progress }) => {
    const { ceremonyName, verifyCeremony } = await import("../../prover/index.ts");
    const { circuit, profile } = await circuitOf(options, progress);
    progress.say("verifying the key; this takes as long as making it");
    const transcript = await verifyCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, zkey);
    return verified(profile, transcript, ceremonyName(transcript).transcript, []);
  });
}

function installation() {
  const command = withPtau(verb("install", "verify a key, and use it from now on in place of the development key"));
  return does<PtauOptions>(command.argument("<key>"), async ({ args: [zkey = ""], options, progress }) => {
    const { ceremonyName, installCeremony } = await import("../../prover/index.ts");
    const { circuit, profile } = await circuitOf(options, progress);
    progress.say("verifying the key; this takes as long as making it");
    const transcript = await installCeremony(circuit, { path: options.ptau, hash: options.ptauHash }, zkey);
    const advice = `${profile} is proven and verified with this key from now on`;
    return verified(profile, transcript, ceremonyName(transcript).transcript, [advice]);
  });
}

async function circuitOf({ profile: name }: PtauOptions, progress: Progress) {
  const { buildCircuit, mainSource } = await import("../../prover/index.ts");
  const profile = name === undefined ? (PROFILES[0] as (typeof PROFILES)[number]) : profileOf(name);
  const circuit = await buildCircuit(profile.name, mainSource(profile), { onProgress: progress.onProgress });
  return { profile: profile.name, circuit };
}

function contributed(zkey: string, hash: string, advice: string) {
  const lines = pairs([
    ["key", zkey],
    ["contribution", hash],
  ]);
  return { facts: { zkey, contribution: hash }, lines: [...lines, advice] };
}

function verified(
  profile: string,
  transcript: import("../../prover/index.ts").Transcript,
  hash: string,
  advice: readonly string[],
) {
  const { ptau, contributions } = transcript;
  const lines = [
    // Names of participants are anybody's words.
    ...transcript.lines.flatMap((line) => line.split("\n")).map((line) => line.replace(/[^\t\x20-\x7e]/g, "?")),
    ...pairs([
      ["powers of tau", `2^${ptau.power}, ${ptau.published ? "published" : "vouched for"}: ${ptau.hash.slice(0, 32)}…`],
      ["contributions", contributions],
      ["key", transcript.zkey],
      ["verification key", transcript.verificationKey],
      ["transcript", hash],
    ]),
    "this shows who contributed; that one of them forgot their secret, nothing can show",
    ...advice,
  ];
  return { facts: { profile, transcript, transcriptHash: hash }, lines };
}
