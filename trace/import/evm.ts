/** Imports an Ethereum transaction: its call tree becomes a scenario, with a report of what it shows and what it only implies. */

import { InvalidInputError } from "../errors.ts";
import { BITS } from "../layout.ts";
import { selectorOf } from "../names.ts";
import type { Scenario } from "../scenario.ts";
import type { Tracer } from "../tracer.ts";
import { type Frame, type FrameType, readCallTree } from "./evm-frames.ts";
import { ISSUER, nameOf, type Plan, planFrames } from "./evm-plan.ts";

/** A frame that came to nothing. */
export interface RevertedFrame {
  /** Where it stands in the tree; empty for the transaction itself. */
  path: string;
  type: FrameType;
  from: string;
  /** Null if the creation failed before there was an address. */
  to: string | null;
  /** Selector or name of the function. */
  selector: string;
  /** In wei, decimal. */
  value: string;
  /** Why; null for a frame that failed only because one above it did. */
  error: string | null;
}

/** What was found in a call tree, and what had to be assumed. Amounts are decimal wei. */
export interface EvmReport {
  /** Number of the block, decimal, and its time, if the input says so. */
  block: string | null;
  timestamp: number | null;
  /** Time of every transition. */
  at: number;
  frames: number;
  /** True if the whole transaction was reverted: then there is no transition. */
  transactionReverted: boolean;
  /** Addresses by program number. */
  programs: Record<string, string>;
  /** Wei that addresses must have had, and functions that they must have declared: not in the tree, put into the genesis. */
  openingBalances: Record<string, string>;
  entryPoints: { address: string; selector: string; payable: boolean }[];
  reverted: RevertedFrame[];
}

export interface EvmImport {
  scenario: Scenario;
  report: EvmReport;
  /** The report in sentences, as it goes into the manifest. */
  notes: readonly string[];
}

export interface EvmImportOptions {
  /** Levels of programs in the tree (default 3). */
  levels?: number;
  /** Time of the transitions if the input has none (default 0), in seconds since 1970. */
  at?: number;
  /** What to call it; by default the block's number. */
  name?: string;
}

const LEVELS = 3;

/**
 * Reads a call tree and plans the genesis and the effects that stand for it.
 * @param json what `debug_traceTransaction` with `callTracer` gives, bare or in `result`; beside it perhaps `block` and `timestamp`
 * @throws InvalidInputError naming the frame and the field
 */
export function importEvmCalls(json: unknown, options: EvmImportOptions = {}): EvmImport {
  const { frames, block, timestamp } = readCallTree(json);
  const root = frames[0] as Frame;
  const at = timestamp ?? options.at ?? 0;
  if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** BITS.time) {
    throw new InvalidInputError("at", `${at} is no time: seconds since 1970, below 2^40`);
  }
  const plan = planFrames(frames, root.from, options.levels ?? LEVELS);
  const report: EvmReport = {
    block: block === null ? null : block.toString(),
    timestamp,
    at,
    frames: frames.length,
    transactionReverted: root.reverted,
    programs: Object.fromEntries(plan.programs.map((name, i) => [i + 1, name])),
    openingBalances: Object.fromEntries([...plan.openings].map(([who, wei]) => [who, wei.toString()])),
    entryPoints: plan.entries.map(({ entry, ...rest }) => ({ ...rest, selector: entry })),
    reverted: frames.filter((frame) => frame.reverted).map(revertedFrame),
  };
  const notes = notesOf(report, plan);
  const name = options.name ?? (block === null ? "evm-calls" : `evm-calls of block ${block}`);
  const scenario: Scenario = {
    name,
    description: "the calls of an Ethereum transaction",
    genesis: () => plan.genesis,
    run: (tracer) => run(tracer, plan, at, notes),
  };
  return { scenario, report, notes };
}

function revertedFrame({ path, type, from, to, entry, value, error }: Frame): RevertedFrame {
  return { path, type, from, to, selector: entry, value: value.toString(), error };
}

function run(tracer: Tracer, plan: Plan, at: number, notes: readonly string[]): void {
  const { manifest } = tracer;
  plan.programs.forEach((name, i) => {
    manifest.programs[i + 1] = name;
  });
  if (plan.wei !== 0n) manifest.kinds[plan.wei.toString()] = "wei";
  for (const { program, effect } of plan.steps) {
    if (effect.effect === "DeclareEntry" || effect.effect === "InvokeProgram") name(manifest.functions, effect.name);
    tracer.perform(program, effect, at);
  }
  for (const { entry } of plan.entries) name(manifest.functions, nameOf(entry));
  manifest.notes.push(...notes);
}

/** Selectors are four bytes to their readers, not numbers. */
function name(functions: Record<string, string>, of: string | bigint): void {
  const text = typeof of === "bigint" ? `0x${of.toString(16).padStart(8, "0")}` : of;
  functions[selectorOf(of).toString()] = text;
}

function notesOf(report: EvmReport, plan: Plan): string[] {
  const notes: string[] = [];
  if (report.timestamp === null) notes.push(`The call tree has no time; every transition is at ${report.at}.`);
  if (report.transactionReverted) {
    notes.push("The transaction was reverted as a whole, so there are no transitions.");
  }
  for (const [who, wei] of Object.entries(report.openingBalances)) {
    notes.push(`Assumed in the genesis: ${who} has ${wei} wei, the least that makes its transfers possible.`);
  }
  if (plan.wei !== 0n)
    notes.push(`Assumed in the genesis: the program "${ISSUER}", which issues wei and takes no part.`);
  for (const { address, selector, payable } of report.entryPoints) {
    notes.push(
      `Assumed in the genesis: ${address} declares ${selector}, ${payable ? "called with value" : "called without value"}.`,
    );
  }
  for (const who of plan.known) {
    notes.push(`Assumed in the genesis: ${who}, which is created later but took part, or had wei, before.`);
  }
  for (const { path, type, from, to, selector, value, error } of report.reverted) {
    const why = error === null ? "with the call around it" : `with "${error}"`;
    const where = path === "" ? "The transaction" : path;
    notes.push(
      `Reverted, no transition: ${where}, ${type} of ${selector} from ${from} to ${to ?? "nowhere"}, ${value} wei, ${why}.`,
    );
  }
  return notes;
}
