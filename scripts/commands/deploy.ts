import { pairs } from "../lib/output.ts";
import { type SignerOptions, signing, urlArgument, withKey } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

/** `deploy`: deploys a registry on a chain. All maps of a chain can share it. */
export function deploy() {
  const command = verb("deploy", "deploy a TimeMapRegistry on a chain").requiredOption(
    "--rpc <url>",
    "node of the chain",
    urlArgument,
  );
  return does<SignerOptions>(withKey(command), async ({ options, progress }) => {
    progress.say("connecting");
    return signing(options, async (chain) => {
      progress.say("deploying the registry");
      const { deployRegistry } = await import("../../verifier/index.ts");
      const { address, transactionHash, blockNumber, gasUsed } = await deployRegistry(chain);
      const facts = {
        chainId: Number(chain.chainId),
        registry: address,
        transactionHash,
        blockNumber,
        gasUsed: Number(gasUsed),
      };
      const lines = pairs([
        ["registry", address],
        ["chain", chain.chainId],
        ["gas", gasUsed],
      ]);
      return { facts, lines };
    });
  });
}
