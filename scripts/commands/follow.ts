/** `follow`: records the blocks of a chain as they are confirmed, and proves alongside if asked. */
import { InvalidArgumentError, Option } from "commander";
import type { FollowEvent, FollowReport } from "../../prover/recording/following.ts";
import { stopsItself, whenInterrupted } from "../lib/interruption.ts";
import { blockArgument, levelsArgument, wholeNumber } from "../lib/numberArgument.ts";
import { count, pairs } from "../lib/output.ts";
import { engineOption, profileOption } from "../lib/profileOption.ts";
import type { Progress } from "../lib/progress.ts";
import { rpcTimeoutOption, urlArgument } from "../lib/rpc.ts";
import { does, verb } from "../lib/verb.ts";
import { blocksLines, filterArgument } from "./importBlocks.ts";

interface Options {
  out: string;
  rpc: string;
  from?: number;
  to?: number;
  confirmations?: number;
  levels?: number;
  address?: string[];
  token?: string[];
  prove?: boolean;
  profile?: string;
  engine?: string;
  poll?: number;
  patience?: number;
  rpcTimeout?: number;
  quiet?: boolean;
}

const MOST_CONFIRMATIONS = 10_000;
const LONGEST_S = 86_400;

export function follow() {
  const command = verb("follow", "record the blocks of an Ethereum-like chain as they are confirmed, until Ctrl-C")
    .requiredOption("--rpc <url>", "node to ask; it must answer debug_traceBlockByNumber", urlArgument)
    .requiredOption("--out <dir>", "directory to write, or of an import to go on with")
    .option("--from <block>", "number of the first block; default: the one that is confirmed now", blockArgument)
    .option("--to <block>", "number of the last block; default: none", blockArgument)
    .option("--confirmations <n>", "blocks that must follow a block before it is recorded; default: 12", depthArgument)
    .option("--prove", "prove each batch as it fills; at --to, the unfinished one as well")
    .addOption(profileOption("prove with this profile only; default: for each batch the smallest that holds it"))
    .addOption(engineOption())
    .addOption(
      new Option("--levels <number>", "levels of a new map: it holds 16^levels − 1 addresses").argParser(
        levelsArgument,
      ),
    )
    .option("--address <address>", "only transactions that touch this address; repeatable", filterArgument)
    .option("--token <address>", "only transactions that touch this token; repeatable", filterArgument)
    .option("--poll <seconds>", "wait between two questions for new blocks; default: 4", waitArgument)
    .option("--patience <seconds>", "longest time that the node may be away; default: 300", waitArgument)
    .addOption(rpcTimeoutOption());
  return does<Options>(command, async ({ options, progress }) => {
    const { out, rpc, rpcTimeout, address: addresses, token: tokens, from, to, levels, confirmations } = options;
    const { prove, profile, engine, poll: pollMs, patience: patienceMs } = options;
    const [{ askManyAt }, { ChainNode }, { followChain }] = await Promise.all([
      import("../../verifier/chain/askMany.ts"),
      import("../../trace/import/node/chainNode.ts"),
      import("../../prover/recording/followChain.ts"),
    ]);
    const node = new ChainNode(askManyAt(rpc, rpcTimeout));
    const signal = stopsItself();
    whenInterrupted(() => `what is recorded is kept in ${out}; run the same command again to go on`);
    progress.say("asking the node");
    const report = await followChain(out, node, {
      ...{ from, to, levels, addresses, tokens, confirmations, pollMs, patienceMs, signal },
      prove: prove === true ? { profile, engine, onProgress: progress.onProgress } : false,
      onEvent: (event) => tell(event, progress, options.quiet === true),
    });
    const full = report.stoppedWhy !== null && !signal.aborted;
    return { ok: !full, facts: { dir: out, ...report }, lines: followLines(report, out) };
  });
}

function tell(event: FollowEvent, progress: Progress, quiet: boolean): void {
  const remark = (text: string): void => {
    if (!quiet) process.stderr.write(`timebandits: ${text}\n`);
  };
  if (event.type === "block") {
    const { block, end } = event.line;
    progress.say(`block ${block}, ${event.head - block} behind the head; ${count(end, "transition")}`);
  } else if (event.type === "proof") {
    progress.say(`transitions ${event.proof.firstSeq} to ${event.proof.lastSeq} are proven`);
  } else if (event.type === "takenBack") {
    remark(`the chain was rearranged: blocks ${event.from} to ${event.to} are taken back`);
  } else if (event.type === "away") {
    remark(`${event.why}; asked again in ${(event.waitMs / 1000).toFixed(1)} s`);
  } else remark("the node answers again");
}

function followLines(report: FollowReport, out: string): string[] {
  const { reorganisations, takenBack, proofs, provenTo, chainHead, outages } = report;
  return [
    ...blocksLines(report, out),
    ...(reorganisations === 0
      ? []
      : [`${count(takenBack, "block")} taken back in ${count(reorganisations, "reorganisation")}`]),
    ...(outages === 0 ? [] : [`the node was away ${count(outages, "time")}`]),
    ...pairs([
      ["chain", chainHead === null ? "not asked" : `at block ${chainHead}`],
      ["proven", `${provenTo === 0 ? "nothing" : `up to transition ${provenTo}`}; ${count(proofs, "new proof")}`],
    ]),
  ];
}

function depthArgument(text: string): number {
  return wholeNumber(text, [0, MOST_CONFIRMATIONS], `It is a whole number from 0 to ${MOST_CONFIRMATIONS}.`);
}

/** Seconds, in milliseconds. */
function waitArgument(text: string): number {
  const value = /^[0-9]{1,5}(\.[0-9]{1,3})?$/.test(text) ? Number(text) : 0;
  if (value > 0 && value <= LONGEST_S) return Math.ceil(value * 1_000);
  throw new InvalidArgumentError(`It is a number of seconds, up to ${LONGEST_S}.`);
}
