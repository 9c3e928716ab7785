/** Whether the registry on the chain has accepted a transition's batch, by the node that was asked. */
import { isLocalChain } from "../../../trace/run/localChains.ts";
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { ChainReport } from "../../../verifier/audit/chain.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { BatchReport } from "../../../verifier/verify.ts";
import { type JudgedBatch, nameOf } from "./batchFaults.ts";
import type { ChainCheck } from "./chainCheck.ts";
import { hostOf } from "./hostOf.ts";
import { type Range, Ranges } from "./ranges.ts";
import { sentenceOf } from "./replayFault.ts";
import type { Checks, Mark } from "./state.ts";

/** How the mark of a transition is found. */
export function chainMarks({ chain, report }: Checks, judged: readonly JudgedBatch[]): (seq: number) => Mark {
  const open = (why: string): Mark => ({ verdict: "open", why });
  const always = (mark: Mark) => (): Mark => mark;
  if (chain === undefined) return always(open("no node was asked; give a node's URL under Trust"));
  if (chain.failure !== null) return always(open(`the node gave no answer that can be used: ${chain.failure}`));
  if (chain.report === null) return always(open("the node is being asked"));
  const facts = factsOf(chain, judged);
  const ofMap = problemOfMap(chain, report);
  return (seq) => markAt(seq, { chain, answer: chain.report as ChainReport, facts, ofMap });
}

/** What the node said, by what is asked of it. */
interface ChainFacts {
  readonly accepted: Ranges<ChainReport["accepted"][number]>;
  readonly all: Ranges<BatchReport>;
  /** Batches that the node contradicts. */
  readonly wrong: Ranges<Range & { readonly problem: Problem }>;
  /** The first batch of each range, by its ends. */
  readonly exact: ReadonlyMap<string, JudgedBatch>;
}

const keyOf = ({ firstSeq, lastSeq }: Range): string => `${firstSeq} ${lastSeq}`;

function factsOf({ report, problems }: ChainCheck, judged: readonly JudgedBatch[]): ChainFacts {
  const contradicted = new Map<string, Problem>();
  for (const problem of problems)
    if (problem.kind === "wrong" && !contradicted.has(problem.where)) contradicted.set(problem.where, problem);
  const exact = new Map<string, JudgedBatch>();
  for (const one of judged) if (!exact.has(keyOf(one.batch))) exact.set(keyOf(one.batch), one);
  const wrong = judged.flatMap(({ batch }) => {
    const problem = contradicted.get(nameOf(batch));
    return problem === undefined ? [] : [{ firstSeq: batch.firstSeq, lastSeq: batch.lastSeq, problem }];
  });
  return {
    accepted: new Ranges([...(report?.accepted ?? [])].sort((a, b) => a.firstSeq - b.firstSeq)),
    all: new Ranges(judged.map(({ batch }) => batch)),
    wrong: new Ranges(wrong),
    exact,
  };
}

interface Asked {
  readonly chain: ChainCheck;
  readonly answer: ChainReport;
  readonly facts: ChainFacts;
  readonly ofMap: Problem | undefined;
}

function markAt(seq: number, { chain, answer: { head }, facts, ofMap }: Asked): Mark {
  const told = toldBy(chain);
  const bad = (why: string): Mark => ({ verdict: "bad", why: `${why}; ${told}` });
  const doubtful = (why: string): Mark => ({ verdict: "open", why: `${why}; ${told}` });
  const found = facts.accepted.at(seq);
  if (found === undefined) {
    return doubtful(
      seq > head.seq ? `not submitted yet: the head of the map on its chain is ${head.seq}` : "no event tells of it",
    );
  }
  if (ofMap?.kind === "wrong") return bad(`${ofMap.where}: ${sentenceOf(ofMap)}`);
  const wrong = facts.wrong.at(seq);
  if (wrong !== undefined) return bad(sentenceOf(wrong.problem));
  const acceptedIn = `accepted by the registry in block ${found.block}, transaction ${found.transaction}`;
  if (facts.all.at(seq) === undefined) return bad(`${acceptedIn}, but there is no bundle of it here`);
  if (chain.code !== "same") return doubtful("the registry's code is not of this version: it may accept anything");
  if (ofMap !== undefined) return doubtful(`${acceptedIn}, but ${ofMap.where}: ${sentenceOf(ofMap)}`);
  const own = facts.exact.get(keyOf(found));
  if (own === undefined)
    return doubtful(`${acceptedIn} for ${found.firstSeq} to ${found.lastSeq}, but no bundle here has that range`);
  if (own.mark.verdict !== "good")
    return doubtful(`${acceptedIn}, but nothing shows that this is of these records: ${own.mark.why}`);
  if (isOnTestChain(chain)) return doubtful(`${acceptedIn}, but that is a test chain, which anybody can run`);
  return { verdict: "good", why: `${acceptedIn}; ${told}` };
}

/** Whose word it is, and of which contract: both are chosen by those who wrote the run, or the link. */
export function toldBy({ node, report }: ChainCheck): string {
  const says = `says ${hostOf(node)}`;
  if (report === null) return says;
  return `${says}; chain ${report.chainId}, registry ${report.registry}, both named by this run's manifest`;
}

/** Whether it is a chain that anybody can run alone. */
export function isOnTestChain({ report }: ChainCheck): boolean {
  return report !== null && isLocalChain(BigInt(report.chainId));
}

/** What is wrong with the map as a whole, the worst first: its genesis, its domain, its keys, its head. */
function problemOfMap({ problems }: ChainCheck, report: AuditReport | undefined): Problem | undefined {
  const own = (report?.problems ?? []).filter(
    ({ kind, where, field }) => kind === "wrong" && where === "manifest.json" && field !== "functions",
  );
  const all = [...own, ...problems.filter(isOfMap)];
  return all.find(({ kind }) => kind === "wrong") ?? all[0];
}

function isOfMap({ where, field, message }: Problem): boolean {
  // An accepted range without a bundle here is told at its own transitions.
  if (where === "chain") return field !== "events";
  return field.startsWith("head ") || (field === "preRoot" && message.startsWith("is not the root that the map was"));
}
