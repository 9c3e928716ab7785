/** Imports an Ethereum transaction: its call tree becomes a scenario, with a report of shown and assumed facts. */

import { InvalidInputError } from "../errors.ts";
import { BITS } from "../layout.ts";
import type { Scenario } from "../tracer/scenario.ts";
import type { Tracer } from "../tracer/tracer.ts";
import { readAnswer } from "./evmAnswer.ts";
import { type Comparison, compareBalances, sumOfTransfers } from "./evmBalances.ts";
import { type Flow, flowOf } from "./evmFlow.ts";
import type { Frame } from "./evmFrames.ts";
import { type LeftOut, leftOut } from "./evmLeftOut.ts";
import { notesOf } from "./evmNotes.ts";
import { type FramePlan, planSteps } from "./evmPlan.ts";
import { forkAt, type Receipt, readReceipt } from "./evmReceipt.ts";
import type { ChainReport, EvmReport, RevertedFrame } from "./evmReport.ts";
import { framesOf } from "./evmSettled.ts";
import { ENDLESS } from "./ledger/approvals.ts";
import { entryName, nameFunction } from "./names.ts";
import { checkOrder, refuseMixed } from "./tokens/eventOrder.ts";
import { kindName, WEI } from "./tokens/kinds.ts";
import { type Needs, NeedsOf } from "./tokens/needs.ts";
import { stepsOf, transfersIn } from "./tokens/steps.ts";
import { TokenBook } from "./tokens/tokenBook.ts";

/** An imported transaction: the scenario that traces it, and what was found in it. */
export interface EvmImport {
  scenario: Scenario;
  report: EvmReport;
  /** The report in sentences, as it goes into the manifest. */
  notes: readonly string[];
}

/** How to import a transaction. */
export interface EvmImportOptions {
  /** Levels of programs in the tree (default 3). */
  levels?: number;
  /** Time of the transitions if the input has none (default 0), in seconds since 1970. */
  at?: number;
  /** The scenario's name; by default from the block's number. */
  name?: string;
}

const LEVELS = 3;

/**
 * Reads a call tree, and plans the genesis and the effects that represent it.
 * @param json the result of `debug_traceTransaction` with `callTracer`, bare or in `result`, optionally with `block`
 *   and `timestamp` beside it; or a `NodeAnswer`, whose receipt and balances are then compared with the tree
 * @throws InvalidInputError naming the frame and the field; also if the tree contradicts itself or the receipt
 */
export function importEvmCalls(json: unknown, options: EvmImportOptions = {}): EvmImport {
  const answer = readAnswer(json);
  const { block, timestamp } = answer;
  const at = timestamp ?? options.at ?? 0;
  if (!Number.isSafeInteger(at) || at < 0 || at >= 2 ** BITS.time) {
    throw new InvalidInputError("at", `${at} is no time: seconds since 1970, below 2^40`);
  }
  const receipt = answer.node === null ? null : readReceipt(answer.node);
  const { frames, remarks } = framesOf(answer, receipt);
  const root = frames[0] as Frame;
  const left = leftOut(answer, frames, receipt);
  const { flow, balances } = flowAndBalances(frames, timestamp, receipt, left);
  const tokens = new TokenBook(answer.node?.tokens ?? undefined);
  const { needs, admitted, unplaced, priors } = tokenSteps(frames, flow, receipt, tokens);
  const plan = planSteps({ steps: admitted, needs, flow, priors, levels: options.levels ?? LEVELS });
  const report: EvmReport = {
    block: block === null ? null : block.toString(),
    timestamp,
    at,
    frames: frames.length,
    transactionReverted: root.fate === "reverted",
    programs: Object.fromEntries(plan.programs),
    openingBalances: Object.fromEntries([...plan.openings].map(([who, wei]) => [who, wei.toString()])),
    entryPoints: plan.entries.map(({ entry, ...rest }) => ({ ...rest, selector: entry })),
    reverted: frames.filter(({ fate }) => fate === "reverted").map(revertedFrame),
    burnt: flow.burns.map(({ path, address, wei }) => ({ path, address, value: wei.toString() })),
    tokens: tokens.counts,
    tokensCompared: tokens.compared,
    tokenOpenings: plan.tokenOpenings.map(({ who, kind, amount }) => ({
      address: who,
      token: kindName(kind),
      amount: amount.toString(),
    })),
    tokensRefused: Object.fromEntries(tokens.refused),
    approvals: plan.approvals,
    priorApprovals: plan.priors.map(({ token, owner, spender }) => ({ token, owner, spender })),
    unplacedEvents: unplaced,
    notImported: { ...left.counts, ...flow.notImported, ...tokens.reasons, ...undeclaredOf(plan) },
    leftOut: left.notes,
    unknown: flow.unknown,
    chain: receipt === null ? null : chainOf(receipt, balances, remarks),
  };
  const notes = notesOf(report, needs.known, plan.openings.size > 0);
  const name = options.name ?? (block === null ? "evm-calls" : `evm-calls of block ${block}`);
  const scenario: Scenario = {
    name,
    description: "the calls of an Ethereum transaction",
    genesis: () => plan.genesis,
    run: (tracer) => run(tracer, plan, at, notes),
  };
  return { scenario, report, notes };
}

/** The flow of wei, compared with the chain. If the frames can be read in two ways, takes the one that differs less. */
function flowAndBalances(frames: readonly Frame[], timestamp: number | null, receipt: Receipt | null, left: LeftOut) {
  const fork = receipt?.fork ?? forkAt(timestamp);
  const unsettled = flowOf(frames, fork);
  if (receipt === null || receipt.balances === null) return { flow: unsettled, balances: null };
  const transfers = sumOfTransfers(left.transfers);
  const compared = (flow: Flow): { flow: Flow; balances: Comparison } => {
    const balances = compareBalances(receipt.balances ?? new Map(), { ...receipt, ...flow, transfers });
    return { flow, balances };
  };
  if (unsettled.repeats === 0) return compared(unsettled);
  const [shown, inPlace] = [compared(flowOf(frames, fork, "shown")), compared(flowOf(frames, fork, "in place"))];
  return inPlace.balances.differ.length < shown.balances.differ.length ? inPlace : shown;
}

function chainOf(receipt: Receipt, balances: Comparison | null, remarks: readonly string[]): ChainReport {
  const { hash, blockHash, succeeded, fee, noBalances } = receipt;
  return {
    transaction: hash,
    block: blockHash,
    status: succeeded === null ? null : succeeded ? "0x1" : "0x0",
    fee: fee === null ? null : fee.toString(),
    balances,
    noBalances: balances === null ? noBalances : null,
    remarks: [...receipt.remarks, ...remarks],
  };
}

function revertedFrame({ path, type, from, to, entry, value, error }: Frame): RevertedFrame {
  return { path, type, from, to, selector: entry, value: (value ?? 0n).toString(), error };
}

/** The steps that are imported, and what they need. */
function tokenSteps(frames: readonly Frame[], flow: Flow, receipt: Receipt | null, tokens: TokenBook) {
  const { steps, unplaced } = stepsOf(frames, flow.steps, receipt?.logs ?? null);
  for (const step of steps) tokens.lookAtAmount(step);
  if (!tokens.compared) tokens.settleWrapped(steps);
  const transfers = transfersIn(steps).map((event) => tokens.zeroed(event));
  refuseMixed(transfers, tokens, () => false);
  checkOrder(transfers, () => 0n, tokens, false);
  const admitted = steps.map((step) => tokens.withZero(step)).filter((step) => tokens.admits(step));
  const needed = (early: ReadonlySet<string>): Needs => {
    const needsOf = new NeedsOf((who) => flow.openings.has(who) || early.has(who));
    needsOf.meet((frames[0] as Frame).from);
    for (const step of admitted) needsOf.add(step);
    return needsOf.needs;
  };
  let needs = needed(new Set());
  const early = earlyTokens(needs);
  if (early.size > 0) needs = needed(early);
  // Without a node, the call itself tells that the token's code asked for an approval.
  const priors = needs.priors.filter(({ asked, token }) => asked && !needs.created.has(token));
  return { needs, admitted, unplaced, priors: priors.map((prior) => ({ ...prior, amount: ENDLESS })) };
}

/** Addresses that a frame creates, although tokens of theirs, or that they had, were there before. */
function earlyTokens({ created, touched }: Needs): Set<string> {
  const short = [...touched.values()].filter(({ kind, least }) => kind !== WEI && least > 0n);
  const named = short.flatMap(({ who, kind }) => (kind === WEI ? [] : [who, kind.token]));
  return new Set(named.filter((who) => created.has(who)));
}

/** Calls of a program without a slot for the function. */
function undeclaredOf({ undeclared }: FramePlan): Record<string, number> {
  return undeclared === 0 ? {} : { "call of a program without a free slot": undeclared };
}

function run(tracer: Tracer, plan: FramePlan, at: number, notes: readonly string[]): void {
  const { manifest } = tracer;
  for (const [program, name] of plan.programs) manifest.programs[program] = name;
  for (const [kind, name] of plan.kinds) manifest.kinds[kind.toString()] = name;
  for (const { program, effect } of plan.steps) {
    if (effect.effect === "DeclareEntry" || effect.effect === "InvokeProgram") nameFunction(manifest, effect.name);
    tracer.perform(program, effect, at);
  }
  for (const { entry } of plan.entries) nameFunction(manifest, entryName(entry));
  manifest.notes.push(...notes);
}
