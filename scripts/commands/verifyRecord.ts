import { UsageError } from "../lib/failure.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { namesOption } from "../lib/namesOption.ts";
import { addressArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions, Partial<RpcOptions> {
  registry?: string;
  names?: string;
}

/** `verify-record`: a record by itself. */
export function verifyRecordCommand() {
  const command = verb(
    "verify-record",
    "verify a record that prove-record made, without its run; and tell what it says",
  )
    .argument("<file>", "record")
    .option("--rpc <url>", "node of the map's chain: asks whether the registry has accepted the batch", urlArgument)
    .option("--registry <address>", "the registry there", addressArgument)
    .addOption(rpcTimeoutOption())
    .addOption(namesOption())
    .addOption(verificationKeyOption());
  return does<Options>(command, async ({ args: [file = ""], options, progress }) => {
    const { rpc, registry, rpcTimeout, names: own } = options;
    if ((rpc === undefined) !== (registry === undefined)) throw new UsageError("--rpc and --registry go together");
    const { readRecord } = await import("../../verifier/records/recordFile.ts");
    const { verifyRecord } = await import("../../verifier/records/records.ts");
    const { recordLines, recordReport } = await import("../../verifier/records/recordReport.ts");
    const { Names, NO_NAMES } = await import("../../trace/describe/names.ts");
    const { readNames } = await import("../../trace/describe/ownNames.ts");
    const names = new Names(own === undefined ? NO_NAMES : readNames(own).tables);
    const keys = await keysIn(options);
    const record = readRecord(file);
    progress.say("verifying");
    const verified =
      rpc === undefined || registry === undefined
        ? await verifyRecord(record, { keys })
        : await reading({ rpc, ...(rpcTimeout === undefined ? {} : { rpcTimeout }) }, (chain) =>
            verifyRecord(record, { keys, chain: { chain, registry } }),
          );
    const report = recordReport(verified, names);
    return { facts: { file, ...report }, lines: recordLines(report) };
  });
}
