import { configOption } from "../lib/configFile.ts";
import { UsageError } from "../lib/failure.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { namesOption } from "../lib/namesOption.ts";
import { noAnswer } from "../lib/problems.ts";
import { profileOption } from "../lib/profileOption.ts";
import { addressArgument, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { seqArgument } from "../lib/seqArgument.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions {
  rpc?: string;
  registry?: string;
  unsigned?: boolean;
  profile?: string;
  names?: string;
  rpcTimeout?: number;
  program?: string[];
  resource?: string[];
  kind?: string[];
  from?: number;
  to?: number;
  csv?: boolean;
  json?: boolean;
}

/** Which transitions to tell of; undefined for all. */
function onlyOf({ program, resource, kind, from, to }: Options) {
  const only = { programs: program, resources: resource, kinds: kind, from, to };
  return Object.values(only).every((asked) => asked === undefined) ? undefined : only;
}

/** `audit`: trace, proofs and chain against one another. */
export function audit() {
  const command = verb("audit", "compare trace, proofs and, with a node, the chain; and tell what happened")
    .argument("<dir>", "run directory")
    .option("--rpc <url>", "node of the chain that the map is on", urlArgument)
    .option("--registry <address>", "the registry there", addressArgument)
    .addOption(configOption())
    .addOption(rpcTimeoutOption())
    .option("--unsigned", "a look before signing: what is not signed, proven or submitted yet is no failure")
    .option("--program <name>", "tell only what this program takes part in; any number", collected)
    .option("--resource <id>", "tell only what this resource is in; any number", collected)
    .option("--kind <name>", "tell only what is about this kind, by number or name; any number", collected)
    .option("--from <seq>", "first transition to tell of", seqArgument)
    .option("--to <seq>", "last transition to tell of", seqArgument)
    .option("--csv", "print the transitions as a table; the rest goes to stderr")
    .addOption(namesOption())
    .addOption(verificationKeyOption())
    .addOption(profileOption("the only size of batches that the rest will be proven with"));
  return does<Options>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { rpc, registry, profile, unsigned, rpcTimeout } = options;
    if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
    if (options.csv === true && options.json === true) throw new UsageError("--csv and --json do not go together");
    const { auditDirectory, renderAudit } = await import("../../verifier/index.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const names = options.names === undefined ? undefined : readNames(options.names);
    const keys = await keysIn(options);
    progress.say("auditing");
    const asked = {
      only: onlyOf(options),
      keys,
      names,
      rpc,
      rpcTimeout,
      registry,
      profile,
      allowUnproven: unsigned === true,
    };
    const report = await auditDirectory(dir, { ...asked, onProgress: progress.onProgress });
    const { ok } = report;
    if (options.csv === true) {
      const { transitionTable } = await import("../lib/showTables.ts");
      // Beside the table, not in it.
      process.stderr.write(renderAudit({ ...report, transitions: [] }));
      return { ok, facts: {}, lines: transitionTable(report.transitions) };
    }
    return {
      ok,
      facts: {
        dir,
        ...report,
        ...(ok ? {} : noAnswer(report.state === "unfinished" ? "unfinished" : "audit-failed", report.problems)),
      },
      lines: [renderAudit(report).trimEnd()],
    };
  });
}
