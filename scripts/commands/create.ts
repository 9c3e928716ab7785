import { EMPTY, pairs } from "../lib/output.ts";
import { profilesOption } from "../lib/profileOption.ts";
import { addressArgument, type SignerOptions, secondsArgument, signing, urlArgument, withKey } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends SignerOptions {
  registry: string;
  profile?: string[];
  maxLag?: number;
}

/** `create`: the map on chain, which fixes the domain of its proofs. */
export function create() {
  const command = verb("create", "create the map of a run on a chain; do this before you prove")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "the registry there", addressArgument)
    .addOption(profilesOption("size of batches that the map takes beside those that the run needs"))
    .option(
      "--max-lag <seconds>",
      "how old a transition may be when its batch arrives; by default a week more than it is now",
      secondsArgument,
    );
  return does<Options>(withKey(command), async ({ args, options, progress }) => {
    const { createOnChain } = await import("../lib/mapOnChain.ts");
    const { originText } = await import("../../prover/keys/origin.ts");
    progress.say("connecting");
    return signing(options, async (chain) => {
      const made = await createOnChain(args[0] ?? "", chain, options, progress);
      const { mapId, registry, domain, chainId } = made.chain;
      const facts = {
        ...made,
        gasUsed: made.gasUsed === null ? null : Number(made.gasUsed),
        chain: { ...made.chain, chainId: Number(chainId) },
      };
      const lines = [
        made.created ? `the map is created on chain ${chainId}` : `the map was created on chain ${chainId} before`,
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
          ...(made.gasUsed === null ? [] : [["gas", made.gasUsed] as const]),
        ]),
      ];
      return { facts, lines };
    });
  });
}
