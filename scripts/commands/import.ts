import { readFileSync } from "node:fs";
import { Command } from "commander";
import { EnvironmentError, InvalidInputError, inOneLine } from "../../trace/errors.ts";
import { textOfFile } from "../../trace/import/fileText.ts";
import { parseFreeJson } from "../../trace/run/strictJson.ts";
import { failedSurroundings } from "../../trace/run/systemErrors.ts";
import { UsageError } from "../lib/failure.ts";
import { count, EMPTY, pairs } from "../lib/output.ts";
import { hashArgument, reading, rpcTimeoutOption, secondsArgument, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";
import { evmBlocks } from "./importBlocks.ts";

interface Options {
  out: string;
  force?: boolean;
  rpc?: string;
  tx?: string;
  at?: number;
  rpcTimeout?: number;
}

/** `import evm-calls`: turns the call tree of an Ethereum transaction into a trace. */
export function importCommand() {
  return new Command("import")
    .description("make a trace from a recording of another system")
    .addCommand(evmCalls())
    .addCommand(evmBlocks());
}

function evmCalls() {
  const command = verb("evm-calls", "import the calls of an Ethereum transaction, from a file or from a node")
    .argument("[file]", "output of debug_traceTransaction with callTracer")
    .requiredOption("--out <dir>", "directory to write; it must not hold a run")
    .option("--force", "replace the run in that directory, unless it has proofs, signatures or a map on a chain")
    .option("--rpc <url>", "node to ask instead of a file", urlArgument)
    .option("--tx <hash>", "hash of the transaction to ask for", hashArgument)
    .addOption(rpcTimeoutOption())
    .option("--at <seconds>", "time of the transitions if the input has none, in seconds since 1970", secondsArgument);
  return does<Options>(command, async ({ args, options, progress }) => {
    const [file] = args;
    const { rpc, tx, out, at, force } = options;
    if ((file === undefined) === (rpc === undefined) || (rpc === undefined) !== (tx === undefined)) {
      throw new UsageError("give either a file, or --rpc URL and --tx HASH");
    }
    progress.say("importing");
    const { callTreeOf, runFacts } = await import("../lib/traceRun.ts");
    const { importDirectory } = await import("../../prover/recording/importCalls.ts");
    const json =
      rpc === undefined
        ? jsonOf(file ?? "")
        : await reading({ ...options, rpc }, (chain) => callTreeOf(chain, tx ?? ""));
    const { tracer, report } = await importDirectory(out, json, { at, force });
    const facts = runFacts(out, tracer);
    const reverted = report.reverted.length;
    const lines = [
      `${facts.scenario}: ${count(report.frames, "call")}, of which ${reverted} reverted; ` +
        `${count(facts.transitions, "transition")}, ${count(facts.programs, "program")}`,
      ...(facts.transitions === 0 ? [EMPTY] : []),
      ...tracer.manifest.notes,
      ...pairs([
        ["root", facts.root],
        ["written to", out],
      ]),
    ];
    const { notImported, tokens } = report;
    // Contracts choose the texts in a call tree freely, line breaks included.
    return { facts: { ...facts, tokens, notImported, report }, lines: lines.map((line) => inOneLine(line)) };
  });
}

function jsonOf(file: string): unknown {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const reason = failedSurroundings(error);
    if (reason !== undefined) throw new EnvironmentError("disk", `${file}: ${reason}`, { cause: error });
    throw new InvalidInputError(file, "cannot be read; name a file", { cause: error });
  }
  return parseFreeJson(file, textOfFile(file, bytes));
}
