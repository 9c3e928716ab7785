import type { KeyOrigin } from "../../prover/keys/origin.ts";
import type { CreatedMap } from "../../verifier/chain/publish.ts";
import { callLines, withCalldata } from "../lib/callLines.ts";
import { confirmationsOption } from "../lib/confirmationsOption.ts";
import { UsageError } from "../lib/failure.ts";
import { EMPTY, pairs } from "../lib/output.ts";
import { profilesOption } from "../lib/profileOption.ts";
import {
  addressArgument,
  reading,
  type SignerOptions,
  secondsArgument,
  signing,
  urlArgument,
  withKey,
} from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends SignerOptions {
  registry: string;
  profile?: string[];
  maxLag?: number;
  confirmations?: number | "finalized";
  calldata?: boolean;
  from?: string;
}

/** `create`: the map on chain, which fixes the domain of its proofs. */
export function create() {
  const command = verb("create", "create the map of a run on a chain; do this before you sign and prove")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "the registry there", addressArgument)
    .addOption(profilesOption("size of batches that the map takes beside those that the run needs"))
    .option(
      "--max-lag <seconds>",
      "how old a transition may be when its batch arrives; by default a week more than it is now",
      secondsArgument,
    )
    .addOption(confirmationsOption())
    .option("--from <address>", "account that creates the map and signs elsewhere", addressArgument);
  return does<Options>(withCalldata(withKey(command)), async ({ args: [dir = ""], options, progress }) => {
    const { createOnChain } = await import("../../verifier/index.ts");
    const { readIntention } = await import("../../verifier/chain/mapIntention.ts");
    if (options.calldata === true && options.from === undefined)
      throw new UsageError("--calldata goes with --from: the map's name depends on the account that creates it");
    // Who was told what to send elsewhere, and says create again, has sent it.
    const intention = options.key === undefined ? readIntention(dir) : undefined;
    const from = options.from ?? (intention?.elsewhere === true ? intention.creator : undefined);
    progress.say("connecting");
    const work = from === undefined ? signing<CreatedMap> : reading<CreatedMap>;
    const made = await work(options, (chain) => createOnChain(dir, chain, { ...options, from }, progress));
    return answer({ ...made, verifiers: await withOrigins(made.verifiers) }, from);
  });
}

type NamedKey = CreatedMap["verifiers"][number] & KeyOrigin;

/** The keys that the map takes, each with the ceremony that it comes from, if this installation has verified one. */
async function withOrigins(verifiers: CreatedMap["verifiers"]): Promise<NamedKey[]> {
  const { keyOrigin } = await import("../../prover/keyReport.ts");
  const named = verifiers.map(async (verifier) => {
    const { kind, ceremony } = await keyOrigin(verifier.keyHash, verifier.profile);
    return { ...verifier, kind, ceremony };
  });
  return await Promise.all(named);
}

async function answer(made: Omit<CreatedMap, "verifiers"> & { verifiers: NamedKey[] }, from: string | undefined) {
  const { originText } = await import("../../prover/keys/origin.ts");
  const { mapId, registry, domain, chainId } = made.chain;
  const facts = {
    ...made,
    gasUsed: made.gasUsed === null ? null : Number(made.gasUsed),
    chain: { ...made.chain, chainId: Number(chainId) },
  };
  const lines = [
    ...(made.calls === null ? [said(made)] : callLines(made.calls, from ?? made.chain.creator)),
    ...(made.calls === null ? [] : ["then say create again, which finds the map; until then, neither sign nor prove"]),
    ...(made.transitions === 0 ? [EMPTY] : []),
    ...made.warnings,
    ...pairs([
      ["registry", registry],
      ["map", mapId],
      ["domain", domain],
      ...made.verifiers.flatMap(({ profile, keyHash, ...origin }) => [
        ["key", `${keyHash} (${profile})`] as const,
        ["origin", originText(origin)] as const,
      ]),
      ...(made.block === null ? [] : [["block", `${made.block} (${sure(made)})`] as const]),
      ...(made.gasUsed === null ? [] : [["gas", made.gasUsed] as const]),
    ]),
  ];
  return { facts, lines };
}

function said({ created, again, chain: { chainId } }: Pick<CreatedMap, "created" | "again" | "chain">): string {
  if (again)
    return `chain ${chainId} had lost the map; it is made again and is the same: signatures and proofs stay good`;
  return created ? `the map is created on chain ${chainId}` : `the map was created on chain ${chainId} before`;
}

function sure({ confirmations }: Pick<CreatedMap, "confirmations">): string {
  return confirmations === "finalized" ? confirmations : `${confirmations} or more confirmations`;
}
