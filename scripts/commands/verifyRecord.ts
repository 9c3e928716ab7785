import { UsageError } from "../lib/failure.ts";
import { keysIn, type VerificationKeyOptions, verificationKeyOption } from "../lib/keyOption.ts";
import { namesOption } from "../lib/namesOption.ts";
import { addressArgument, type RpcOptions, reading, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";

interface Options extends VerificationKeyOptions, Partial<RpcOptions> {
  registry?: string;
  names?: string;
}

/** `verify-record`: verifies a record without its run. */
export function verifyRecordCommand() {
  const command = verb("verify-record", "verify a record from prove-record without its run, and show its transition")
    .argument("<file>", "record")
    .option("--rpc <url>", "node of the map's chain: checks that the registry accepted the batch", urlArgument)
    .option("--registry <address>", "address of the registry on that chain", addressArgument)
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
