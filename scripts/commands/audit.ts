import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { noAnswer } from "../lib/problems.ts";
import { profileOption } from "../lib/profileOption.ts";
import { addressArgument, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  rpc?: string;
  registry?: string;
  unsigned?: boolean;
  profile?: string;
  names?: string;
  rpcTimeout?: number;
}

/** `audit`: trace, proofs and chain against one another. */
export function audit() {
  const command = verb("audit", "compare trace, proofs and, with a node, the chain; and tell what happened")
    .argument("<dir>", "run directory")
    .option("--rpc <url>", "node of the chain that the map is on", urlArgument)
    .option("--registry <address>", "the registry there", addressArgument)
    .addOption(rpcTimeoutOption())
    .option("--unsigned", "a look before signing: what is not signed, proven or submitted yet is no failure")
    .addOption(namesOption())
    .addOption(profileOption("the only size of batches that the rest will be proven with"));
  return does<Options>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { rpc, registry, profile, unsigned, rpcTimeout } = options;
    if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
    const { auditDirectory, renderAudit } = await import("../../verifier/index.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const names = options.names === undefined ? undefined : readNames(options.names);
    progress.say("auditing");
    const asked = { names, rpc, rpcTimeout, registry, profile, allowUnproven: unsigned === true };
    const report = await auditDirectory(dir, { ...asked, onProgress: progress.onProgress });
    const { ok } = report;
    return {
      ok,
      facts: { dir, ...report, ...(ok ? {} : noAnswer("audit-failed", report.problems)) },
      lines: [renderAudit(report).trimEnd()],
    };
  });
}
