import { UsageError } from "../lib/failure.ts";
import { noAnswer } from "../lib/problems.ts";
import { addressArgument, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  rpc?: string;
  registry?: string;
}

/** `audit`: trace, proofs and chain against one another. */
export function audit() {
  const command = verb("audit", "compare trace, proofs and, with a node, the chain; and tell what happened")
    .argument("<dir>", "run directory")
    .option("--rpc <url>", "node of the chain that the map is on", urlArgument)
    .option("--registry <address>", "the registry there", addressArgument);
  return does<Options>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { rpc, registry } = options;
    if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
    const { auditDirectory, renderAudit } = await import("../../verifier/audit.ts");
    progress.say("auditing");
    const report = await auditDirectory(dir, { rpc, registry, onProgress: progress.onProgress });
    const { ok } = report;
    return {
      ok,
      facts: { dir, ...report, ...(ok ? {} : noAnswer("audit-failed", report.problems)) },
      lines: [renderAudit(report).trimEnd()],
    };
  });
}
