import { abiFunctions, abiOption } from "../lib/chainOptions.ts";
import { configOption } from "../lib/configFile.ts";
import { UsageError } from "../lib/failure.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { namesOption } from "../lib/namesOption.ts";
import { blockArgument, seqArgument } from "../lib/numberArgument.ts";
import { noAnswer } from "../lib/problems.ts";
import { profileOption } from "../lib/profileOption.ts";
import { addressArgument, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
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
  tx?: string[];
  block?: number;
  fromBlock?: number;
  toBlock?: number;
  abi?: string;
  all?: boolean;
  save?: string;
  since?: string;
  evenWrong?: boolean;
  csv?: boolean;
  json?: boolean;
}

/** The transitions to report; undefined for all. */
function onlyOf({ program, resource, kind, from, to, tx, block, fromBlock = block, toBlock = block }: Options) {
  const only = {
    ...{ programs: program, resources: resource, kinds: kind, from, to },
    ...{ transactions: tx, fromBlock, toBlock },
  };
  return Object.values(only).every((asked) => asked === undefined) ? undefined : only;
}

/** `audit`: compares trace, proofs and chain with each other. */
export function audit() {
  const command = verb("audit", "check that trace, proofs and (with --rpc) the chain agree; list the transitions")
    .argument("<dir>", "run directory")
    .option("--rpc <url>", "node of the chain that the map is on", urlArgument)
    .option("--registry <address>", "address of the registry on that chain", addressArgument)
    .addOption(configOption())
    .addOption(rpcTimeoutOption())
    .option("--unsigned", "accept missing signatures, proofs and submissions: for a look before signing")
    .option("--program <name>", "list only transitions of this program; repeatable", collected)
    .option("--resource <id>", "list only transitions of this resource; repeatable", collected)
    .option("--kind <name>", "list only transitions of this kind, by number or name; repeatable", collected)
    .option("--from <seq>", "first transition to list", seqArgument)
    .option("--to <seq>", "last transition to list", seqArgument)
    .option("--tx <hash>", "list only transitions of this transaction of an imported run; repeatable", collected)
    .option("--block <number>", "list only transitions of this block", blockArgument)
    .option("--from-block <number>", "first block to list", blockArgument)
    .option("--to-block <number>", "last block to list", blockArgument)
    .option("--all", "list all transitions; without it, the first 10,000 of those that match")
    .option("--save <file>", "keep what this audit found, for --since of the next one")
    .option("--since <file>", "go on where the audit with that file of --save ended: look only at what is new")
    .option("--even-wrong", "with --since: go on also from an audit that had found something wrong")
    .option("--csv", "print the transitions as a CSV table; the rest goes to stderr")
    .addOption(namesOption())
    .addOption(abiOption())
    .addOption(verificationKeyOption())
    .addOption(profileOption("plan unproven batches with this profile only"));
  return does<Options>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { rpc, registry, profile, unsigned, rpcTimeout } = options;
    if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
    if (options.csv === true && options.json === true) throw new UsageError("--csv and --json do not go together");
    if (options.block !== undefined && (options.fromBlock ?? options.toBlock) !== undefined)
      throw new UsageError("--block does not go with --from-block or --to-block");
    if (options.evenWrong === true && options.since === undefined) throw new UsageError("--even-wrong needs --since");
    const { auditAndKeep } = await import("../../verifier/audit/audit.ts");
    const { auditLines, renderAudit } = await import("../../verifier/audit/render.ts");
    const { readEarlier, writeEarlier } = await import("../../verifier/audit/earlier.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const names = options.names === undefined ? undefined : readNames(options.names);
    const keys = await keysIn(options);
    progress.say("auditing");
    const asked = {
      only: onlyOf(options),
      keys,
      names,
      functions: await abiFunctions(options.abi),
      rpc,
      rpcTimeout,
      registry,
      profile,
      allowUnproven: unsigned === true,
      most: options.all === true ? Number.POSITIVE_INFINITY : undefined,
      since: options.since === undefined ? undefined : readEarlier(options.since),
      evenWrong: options.evenWrong,
      save: options.save !== undefined,
    };
    const { report, found } = await auditAndKeep(dir, { ...asked, onProgress: progress.onProgress });
    const { ok } = report;
    const saved = options.save !== undefined && found !== undefined ? options.save : null;
    if (saved !== null && found !== undefined) writeEarlier(saved, found);
    if (options.save !== undefined && saved === null)
      report.notes.push(`nothing was saved to ${options.save}: the replay did not get to the end of the last bundle`);
    if (options.csv === true) {
      const { transitionTable } = await import("../../verifier/audit/tables.ts");
      // stdout holds only the table.
      process.stderr.write(renderAudit({ ...report, transitions: [] }));
      return { ok, facts: {}, lines: transitionTable(report.transitions) };
    }
    return {
      ok,
      facts: {
        dir,
        ...report,
        ...(options.save === undefined ? {} : { saved }),
        ...(ok ? {} : noAnswer(report.state === "unfinished" ? "unfinished" : "audit-failed", report.problems)),
      },
      lines: auditLines(report),
    };
  });
}
