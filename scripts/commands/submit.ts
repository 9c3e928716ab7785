import type { Submitted } from "../../verifier/chain/submitRun.ts";
import { callLines, withCalldata } from "../lib/callLines.ts";
import { confirmationsOption } from "../lib/confirmationsOption.ts";
import { numberNameArgument } from "../lib/crossingArguments.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { count, EMPTY, pairs } from "../lib/output.ts";
import { addressArgument, reading, type SignerOptions, signing, urlArgument, withKey } from "../lib/rpc.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends SignerOptions {
  registry: string;
  confirmations?: number | "finalized";
  calldata?: boolean;
  from?: string;
  late?: bigint;
}

/** `submit`: sends the registry the proofs after its head. */
export function submit() {
  const command = verb("submit", "submit the proofs that the chain does not have yet")
    .argument("<dir>", "run directory")
    .requiredOption("--rpc <url>", "node of the chain", urlArgument)
    .requiredOption("--registry <address>", "address of the registry on that chain", addressArgument)
    .addOption(confirmationsOption())
    .option(
      "--late <request>",
      "a late request to leave that the proofs answer, as map prints it: then any account may submit",
      numberNameArgument,
    )
    .option("--from <address>", "with --calldata: the submitter; checks that the registry allows it", addressArgument);
  return does<Options>(withCalldata(withKey(command)), async ({ args: [dir = ""], options, progress }) => {
    const { submitRun } = await import("../../verifier/index.ts");
    progress.say("connecting");
    const work = options.calldata === true ? reading<Submitted> : signing<Submitted>;
    let doing = "connecting";
    whenInterrupted(
      () => `it was ${doing}; the chain keeps the batches that it accepted; run submit again to continue`,
    );
    const say = (text: string): void => {
      doing = text;
      progress.say(text);
    };
    const report = await work(options, (chain) =>
      submitRun(dir, chain, options.registry, { ...progress, say }, { ...options, store: { onNotice: storeNotice } }),
    );
    const { submitted, already, transitions, head, calls } = report;
    const facts = {
      ...report,
      gasUsed: Number(report.gasUsed),
      submitted: submitted.map((batch) => ({ ...batch, gasUsed: Number(batch.gasUsed) })),
      chain: report.chain === null ? null : { ...report.chain, chainId: Number(report.chain.chainId) },
    };
    if (transitions === 0) return { facts, lines: [`nothing to submit: ${EMPTY}`] };
    if (calls !== null) return { facts, lines: callLines(calls, options.from ?? "a submitter of the map") };
    const lines = [
      `${count(submitted.length, "batch")} submitted, ${already} already there; the chain is at transition ${head?.seq} of ${transitions}`,
      ...pairs([
        ["root", head?.root],
        ...(report.block === null ? [] : [["block", report.block] as const]),
        ["gas", report.gasUsed],
      ]),
    ];
    return { facts, lines };
  });
}
