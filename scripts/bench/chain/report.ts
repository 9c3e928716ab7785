/** The measured cost of following a chain, in tables for people. */
import { table } from "../../lib/output.ts";
import type { ChainResult, KeepingUp } from "../chain.ts";
import { MIX, mixText } from "./mix.ts";

const DAY = 86_400;
const whole = (n: number): string => Math.round(n).toLocaleString("en-US");
const some = (n: number): string => (n >= 100 ? whole(n) : n.toFixed(n >= 10 ? 1 : 2));

export function chainText({ imports, proofs, keepingUp, levels, cores }: ChainResult): string {
  const perBlock = imports.map(({ followed, perBlock: b }) => [
    followed,
    ...[b.transactions, b.failed, b.calls, b.transfers, b.transitions, b.broughtForward].map(some),
    some(b.transitions / Math.max(b.transactions, 1e-9)),
    `${some(b.traceBytes / 1024)} KiB`,
  ]);
  const costs = imports.map((each) => [
    each.followed,
    ...[each.blocks, each.transitions, each.transitionsPerSecond, each.transitionsPerClockSecond].map(whole),
    ...[each.processorSeconds, each.node.processorSeconds].map((s) => `${s.toFixed(2)} s`),
    ...[each.programs, each.cells].map(whole),
    `${each.memoryMiB.toFixed(1)} MiB`,
    `${whole(each.bytesPerCell)} B`,
  ]);
  const blocksPerDay = DAY / MIX.secondsPerBlock;
  const [everything] = imports;
  const day = everything?.perBlock.transitions ?? 0;
  const hours = (day * blocksPerDay) / (everything?.transitionsPerSecond ?? 1) / 3_600;
  return [
    ...mixText(),
    "",
    "means of a block after the first, whose addresses and holdings lie in the genesis; calls are those of all transactions",
    ...table([
      ["followed", "transactions", "failed", "calls", "transfers", "transitions", "brought forward", "each", "trace"],
      ...perBlock,
    ]),
    ...(everything === undefined
      ? []
      : [
          `everything, the last quarter of the blocks: ${some(everything.lastQuarter.transitions)} transitions, of which ` +
            `${some(everything.lastQuarter.broughtForward)} brought forward`,
        ]),
    "",
    "the import, without the node's own time (seconds of processor time)",
    ...table([
      [
        "followed",
        "blocks",
        "transitions",
        "a second",
        "of the clock",
        "import",
        "node",
        "programs",
        "cells",
        "memory",
        "a cell",
      ],
      ...costs,
    ]),
    ...imports.flatMap(({ followed, stopped }) => (stopped === null ? [] : [`${followed}: stopped: ${stopped}`])),
    "",
    ...proofs.map(
      ({ profile, engine, transitions, witnessSeconds, proofSeconds, processorSeconds }) =>
        `a proof of ${profile} by ${engine}, ${transitions} transitions: witness ${some(witnessSeconds)} s, proof ` +
        `${some(proofSeconds)} s, ${some(processorSeconds)} s of processor time`,
    ),
    ...(keepingUp.length > 0 ? keepingText(keepingUp, cores) : [`no profile proves a map of ${levels} levels`]),
    "",
    `a day is ${whole(blocksPerDay)} such blocks: ${whole(day * blocksPerDay)} transitions, ` +
      `${some(hours)} hours of import on one core`,
  ].join("\n");
}

function keepingText(keepingUp: readonly KeepingUp[], cores: number): string[] {
  const head = ["followed", "profile", "transitions a proof", "nodes", "ended by nodes", "proofs a block"];
  return [
    "keeping up: batches as long as rows and nodes allow; seconds for each second of chain; machines of " +
      `${cores} cores that do nothing else`,
    ...table([
      [...head, "CPU s a second", "by the clock", "machines"],
      ...keepingUp.map((k) => [
        k.followed,
        k.profile,
        `${some(k.transitionsPerBatch)} of ${k.rows}`,
        `${some(k.nodesPerBatch)} of ${k.nodes}`,
        `${Math.round(100 * k.endedByNodes)} %`,
        some(k.proofsPerBlock),
        ...[k.processorPerSecond, k.provingPerSecond].map((s) => (s === null ? "–" : some(s))),
        k.machines === null ? "–" : whole(k.machines),
      ]),
    ]),
  ];
}
