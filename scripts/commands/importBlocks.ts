/** `import evm-blocks`: records blocks of an Ethereum-like chain, one after another, into one map. */
import { Option } from "commander";
import type { BlocksReport } from "../../trace/import/blocks/blocksReport.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { blockArgument, levelsArgument } from "../lib/numberArgument.ts";
import { count, pairs } from "../lib/output.ts";
import { addressArgument, rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options {
  out: string;
  rpc: string;
  from: number;
  to?: number;
  levels?: number;
  address?: string[];
  token?: string[];
  rpcTimeout?: number;
}

export function evmBlocks() {
  const command = verb("evm-blocks", "record blocks of an Ethereum-like chain into one map; goes on where it stopped")
    .requiredOption("--rpc <url>", "archive node to ask; it must answer debug_traceBlockByNumber", urlArgument)
    .requiredOption("--from <block>", "number of the first block", blockArgument)
    .option("--to <block>", "number of the last block; default: the node's latest", blockArgument)
    .requiredOption("--out <dir>", "directory to write, or of an import to go on with")
    .addOption(
      new Option("--levels <number>", "levels of the map: it holds 16^levels − 1 addresses").argParser(levelsArgument),
    )
    .option("--address <address>", "only transactions that touch this address; repeatable", filterArgument)
    .option("--token <address>", "only transactions that touch this token; repeatable", filterArgument)
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ options, progress }) => {
    const { out, rpc, rpcTimeout, from, levels, address: addresses, token: tokens } = options;
    const [{ askManyAt }, { ChainNode }, { importBlocks }] = await Promise.all([
      import("../../verifier/chain/askMany.ts"),
      import("../../trace/import/node/chainNode.ts"),
      import("../../prover/recording/importBlocks.ts"),
    ]);
    const node = new ChainNode(askManyAt(rpc, rpcTimeout));
    progress.say("asking the node");
    const to = options.to ?? (await node.head()).number;
    let last = 0;
    whenInterrupted(() =>
      last === 0 ? "run the same command again" : `blocks up to ${last} are kept in ${out}; ${AGAIN}`,
    );
    const report = await importBlocks(out, node, {
      ...{ from, to, levels, addresses, tokens },
      onBlock(line) {
        last = line.block;
        progress.say(`block ${line.block} of ${to}, ${count(line.end, "transition")}`);
      },
    });
    return { ok: report.stoppedAt === null, facts: { dir: out, ...report }, lines: blocksLines(report, out) };
  });
}

const AGAIN = "run the same command again to go on";

/** What an import of blocks did, in lines. */
export function blocksLines(report: BlocksReport, out: string): string[] {
  const { tokens, broughtForward: forward, approvals } = report;
  const reasons = Object.entries(report.notImported).map(([what, n]) => `${n} × ${what}`);
  return [
    `${count(report.blocks, "block")}, ${count(report.transactions, "transaction")}, of which ${report.failed} failed; ` +
      `${count(report.transitions, "transition")}, ${count(report.programs, "program")}`,
    `${count(tokens.transfers, "transfer")} of tokens: ${tokens.imported} imported, ${tokens.refused} refused`,
    `approvals: ${approvals.given} given, ${approvals.used} used, ${approvals.ended} ended; ` +
      `${count(approvals.without, "transfer")} by another than the owner without one on record`,
    `brought forward: ${count(forward.programs, "program")}, ${count(forward.holdings, "holding")}, ` +
      `${count(forward.approvals, "approval")}`,
    ...(reasons.length === 0 ? [] : [`not imported: ${reasons.join(", ")}`]),
    ...Object.entries(report.tokensRefused).map(([token, why]) => `token ${token} is not imported: ${why}`),
    ...(report.notCompared === 0
      ? []
      : [`${count(report.notCompared, "block")} not compared with the chain's balances`]),
    ...(report.stoppedAt === null ? [] : [`stopped before block ${report.stoppedAt}: ${report.stoppedWhy}`]),
    ...pairs([
      ["head", report.head === null ? "none" : `block ${report.head} ${report.headHash}`],
      ["written to", out],
    ]),
  ];
}

/** Collects the addresses of a filter. */
export function filterArgument(text: string, others: string[] = []): string[] {
  return collected(addressArgument(text), others);
}
