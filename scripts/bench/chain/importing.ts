/** Measures the import of the simulated chain: by blocks, by processor and clock, with the node's own time apart. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { openImport } from "../../../prover/recording/importBlocks.ts";
import { BLOCKS_FILE, type BlockLine, parseBlocks } from "../../../trace/import/blocks/blockLines.ts";
import type { ChainImport } from "../../../trace/import/blocks/chainImport.ts";
import { FullMapError } from "../../../trace/import/blocks/importOptions.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { pathIn } from "../../../trace/run/runDirectory.ts";
import { pairAddress } from "./contracts.ts";
import { addressOf } from "./draws.ts";
import { SimulatedNode } from "./simulatedNode.ts";

/** What is followed: everything, or what touches some addresses or tokens. */
export interface Followed {
  name: string;
  addresses?: readonly string[];
  tokens?: readonly string[];
}

/** The whole chain, and parts of it that one may follow alone. */
export const FOLLOWED: readonly Followed[] = [
  { name: "everything" },
  { name: "the most used token", tokens: [addressOf("token", 1)] },
  { name: "its pair on the exchange", addresses: [pairAddress(addressOf("token", 1))] },
  { name: "the tenth token", tokens: [addressOf("token", 10)] },
];

/** Means of a block. The first block is left out: what was there before lies in the genesis. */
export interface PerBlock {
  transactions: number;
  failed: number;
  calls: number;
  transfers: number;
  transitions: number;
  /** Of them, what brings forward addresses, holdings and approvals that are first seen. */
  broughtForward: number;
  newPrograms: number;
  traceBytes: number;
}

/** An import. */
export interface ImportResult {
  followed: string;
  levels: number;
  blocks: number;
  /** Why it ended before its last block; null if it did not. */
  stopped: string | null;
  transactions: number;
  skipped: number;
  transitions: number;
  /** Number of the last transition of the first block. */
  firstBlockEnd: number;
  perBlock: PerBlock;
  /** The same of the last quarter of the blocks: the longer an import, the fewer addresses are seen first. */
  lastQuarter: PerBlock;
  /** Transfers that are not imported, and balances that nothing explains: none, as this chain keeps its word. */
  transfersRefused: number;
  unexplained: number;
  /** Without the node's. */
  processorSeconds: number;
  clockSeconds: number;
  transitionsPerSecond: number;
  transitionsPerClockSecond: number;
  node: { requests: number; roundTrips: number; processorSeconds: number; clockSeconds: number };
  programs: number;
  cells: number;
  /** Memory that the import takes at its end: heap and buffers, without the node's. */
  memoryMiB: number;
  bytesPerCell: number;
}

const MIB = 2 ** 20;
/** Requests in a round trip, as `--rpc` sends them at most. */
const BATCH = 100;

/** Imports blocks of the simulated chain into a new directory. */
export async function measureImport(
  dir: string,
  followed: Followed,
  options: { blocks: number; levels: number; seed: number },
  say: (text: string) => void,
): Promise<ImportResult> {
  const simulated = new SimulatedNode(options.seed);
  const { full, ...told } = await importAll(dir, followed, options, simulated, say);
  // The import is gone and the node is still here, so the difference is the import's alone.
  const bytes = full - memory();
  const { cost } = simulated;
  const { lines } = parseBlocks(readFileSync(join(dir, BLOCKS_FILE), "utf8"));
  const bytesPerTransition = statSync(pathIn(dir, "trace")).size / Math.max(1, told.transitions);
  return {
    ...{ followed: followed.name, levels: options.levels, blocks: lines.length, ...told },
    firstBlockEnd: lines[0]?.end ?? 0,
    perBlock: means(lines.slice(1), simulated, bytesPerTransition),
    lastQuarter: means(lines.slice(-Math.ceil(lines.length / 4)), simulated, bytesPerTransition),
    transitionsPerSecond: told.transitions / told.processorSeconds,
    transitionsPerClockSecond: told.transitions / told.clockSeconds,
    node: {
      ...{ requests: cost.requests, roundTrips: cost.roundTrips },
      ...{ processorSeconds: cost.processor, clockSeconds: cost.clock },
    },
    memoryMiB: bytes / MIB,
    bytesPerCell: bytes / Math.max(1, told.cells),
  };
}

/** The import itself. `full` is the memory with it, in bytes. */
async function importAll(
  dir: string,
  { name, addresses = [], tokens = [] }: Followed,
  { blocks, levels }: { blocks: number; levels: number },
  { ask, cost }: SimulatedNode,
  say: (text: string) => void,
) {
  const node = new ChainNode(ask, { batch: BATCH });
  const [used, now] = [process.cpuUsage(), performance.now()];
  using imported = await openImport(dir, node, { from: 1, levels, addresses, tokens });
  let stopped: string | null = null;
  for (let number = 1; number <= blocks && stopped === null; number++) {
    say(`${name}: block ${number} of ${blocks}`);
    stopped = await recorded(imported, node, number, number === blocks);
  }
  const { user, system } = process.cpuUsage(used);
  const processorSeconds = (user + system) / 1e6 - cost.processor;
  const clockSeconds = (performance.now() - now) / 1_000 - cost.clock;
  const { transitions, programs, transactions, skipped, tokens: counted, corrections } = imported.report(stopped);
  const cells = cellsOf(imported);
  return {
    ...{ stopped, transactions, skipped, transitions, transfersRefused: counted.refused },
    unexplained: corrections["not explained"] ?? 0,
    ...{ processorSeconds, clockSeconds, programs, cells, full: memory() },
  };
}

/** Records a block. @returns why the map has no room for it; null if it has */
async function recorded(
  imported: ChainImport,
  node: ChainNode,
  number: number,
  everything: boolean,
): Promise<string | null> {
  try {
    await imported.record(await node.block(number), everything);
    return null;
  } catch (error) {
    if (error instanceof FullMapError) return error.message;
    throw error;
  }
}

function means(lines: readonly BlockLine[], { held }: SimulatedNode, bytesPerTransition: number): PerBlock {
  const mean = (of: (line: BlockLine) => number): number =>
    lines.reduce((sum, line) => sum + of(line), 0) / Math.max(1, lines.length);
  const count = (seqs: BlockLine["seqs"]): number => (seqs === null ? 0 : seqs[1] - seqs[0] + 1);
  const transitions = mean(({ seqs }) => count(seqs));
  return {
    transactions: mean((line) => line.transactions.length),
    failed: mean((line) => line.transactions.filter(({ status }) => status === "failed").length),
    calls: held.calls / held.blocks,
    transfers: mean((line) => line.tokens.transfers),
    transitions,
    broughtForward: mean(({ broughtForward }) => count(broughtForward.seqs)),
    newPrograms: mean(({ broughtForward }) => broughtForward.programs),
    traceBytes: transitions * bytesPerTransition,
  };
}

/** Cells that hold something, headers included. */
function cellsOf({ tracer }: ChainImport): number {
  let cells = 0;
  for (const _ of tracer?.map.addresses() ?? []) cells++;
  return cells;
}

let collect: (() => void) | undefined;

/** Bytes in use after a collection. */
function memory(): number {
  if (collect === undefined) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
