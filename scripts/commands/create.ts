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
  patience?: number;
  feeds?: string;
  confirmations?: number | "finalized";
  calldata?: boolean;
  from?: string;
}

/** `create`: creates the map on a chain, which fixes the domain of its proofs. */
export function create() {
  const command = verb("create", "create a run's map on a chain; run it before sign and prove")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .addOption(profilesOption("profile that the map accepts besides those that the run needs"))
    .option(
      "--max-lag <seconds>",
      "maximum age of a transition when its batch arrives; default: its present age and one week; of a moored map a day",
      secondsArgument,
    )
    .option(
      "--patience <seconds>",
      "of a moored map: time after which an unanswered exit is late, one to seven days; default: three days",
      secondsArgument,
    )
    .option("--feeds <file>", "of a moored map: the numbers on the chain that it may show (JSON, see the docs)")
    .addOption(confirmationsOption())
    .option("--from <address>", "with --calldata: the account that creates the map", addressArgument);
  return does<Options>(withCalldata(withKey(command)), async ({ args: [dir = ""], options, progress }) => {
    const { createOnChain } = await import("../../verifier/index.ts");
    const { readIntention } = await import("../../verifier/chain/mapIntention.ts");
    if (options.calldata === true && options.from === undefined)
      throw new UsageError("--calldata needs --from ADDRESS: the map's id depends on the account that creates it");
    // An earlier create printed the calls for an account that signs elsewhere. This one looks for the result.
    const intention = options.key === undefined ? readIntention(dir) : undefined;
    const from = options.from ?? (intention?.elsewhere === true ? intention.creator : undefined);
    const feeds = await feedsOf(options.feeds);
    progress.say("connecting");
    const work = from === undefined ? signing<CreatedMap> : reading<CreatedMap>;
    const made = await work(options, (chain) => createOnChain(dir, chain, { ...options, feeds, from }, progress));
    return answer({ ...made, verifiers: await withOrigins(made.verifiers) }, from);
  });
}

/** The feeds in a file; undefined without one. */
async function feedsOf(file: string | undefined) {
  if (file === undefined) return undefined;
  const { parseFeeds } = await import("../../verifier/chain/crossing/feeds.ts");
  const { textAt } = await import("../../trace/run/runDirectory.ts");
  return parseFeeds(file, textAt(file, { what: "a file of feeds" }));
}

type NamedKey = CreatedMap["verifiers"][number] & KeyOrigin;

/** The keys that the map accepts, each with its ceremony if this installation has verified one. */
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
    ...(made.calls === null
      ? []
      : ["after sending, run create again, which finds the map; do not sign or prove before"]),
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
    return `chain ${chainId} had lost the map; the same map was created again: signatures and proofs stay valid`;
  return created ? `the map is created on chain ${chainId}` : `the map already exists on chain ${chainId}`;
}

function sure({ confirmations }: Pick<CreatedMap, "confirmations">): string {
  return confirmations === "finalized" ? confirmations : `${confirmations} or more confirmations`;
}
