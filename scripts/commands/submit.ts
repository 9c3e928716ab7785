import { count, EMPTY, pairs } from "../lib/output.ts";
import { addressArgument, type SignerOptions, signing, urlArgument, withKey } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends SignerOptions {
  registry: string;
}

/** `submit`: the proofs go to the registry, from where it stands. */
export function submit() {
  const command = verb("submit", "submit the proofs that the chain does not have yet")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "the registry there", addressArgument);
  return does<Options>(withKey(command), async ({ args, options, progress }) => {
    const { submitRun } = await import("../lib/mapOnChain.ts");
    progress.say("connecting");
    return signing(options, async (chain) => {
      const report = await submitRun(args[0] ?? "", chain, options.registry, progress);
      const { submitted, already, transitions, head } = report;
      const facts = {
        ...report,
        gasUsed: Number(report.gasUsed),
        submitted: submitted.map((batch) => ({ ...batch, gasUsed: Number(batch.gasUsed) })),
        chain: report.chain === null ? null : { ...report.chain, chainId: Number(report.chain.chainId) },
      };
      if (transitions === 0) return { facts, lines: [`nothing to submit: ${EMPTY}`] };
      const lines = [
        `${count(submitted.length, "batch")} submitted, ${already} there before; the chain is at transition ${head?.seq} of ${transitions}`,
        ...pairs([
          ["root", head?.root],
          ["gas", report.gasUsed],
        ]),
      ];
      return { facts, lines };
    });
  });
}
