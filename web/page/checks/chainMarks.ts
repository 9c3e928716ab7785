/** Whether the registry on the chain has accepted a transition's batch, by the node that was asked. */
import { isLocalChain } from "../../../trace/run/localChains.ts";
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import { type JudgedBatch, nameOf } from "./batchFaults.ts";
import type { ChainCheck } from "./chainCheck.ts";
import { hostOf } from "./hostOf.ts";
import { sentenceOf } from "./replayFault.ts";
import type { Checks, Mark } from "./state.ts";

export function chainMarks(seq: number, { chain, report }: Checks, judged: readonly JudgedBatch[]): Mark {
  const open = (why: string): Mark => ({ verdict: "open", why });
  if (chain === undefined) return open("no node was asked; give a node's URL under Trust");
  if (chain.failure !== null) return open(`the node gave no answer that can be used: ${chain.failure}`);
  if (chain.report === null) return open("the node is being asked");
  const { accepted, head } = chain.report;
  const told = toldBy(chain);
  const bad = (why: string): Mark => ({ verdict: "bad", why: `${why}; ${told}` });
  const doubtful = (why: string): Mark => open(`${why}; ${told}`);
  const found = accepted.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  if (found === undefined) {
    return doubtful(
      seq > head.seq ? `not submitted yet: the head of the map on its chain is ${head.seq}` : "no event tells of it",
    );
  }
  const ofMap = problemOfMap(chain, report);
  if (ofMap?.kind === "wrong") return bad(`${ofMap.where}: ${sentenceOf(ofMap)}`);
  const covering = judged.filter(({ batch }) => batch.firstSeq <= seq && seq <= batch.lastSeq);
  const names = new Set(covering.map(({ batch }) => nameOf(batch)));
  const wrong = chain.problems.find(({ kind, where }) => kind === "wrong" && names.has(where));
  if (wrong !== undefined) return bad(sentenceOf(wrong));
  const acceptedIn = `accepted by the registry in block ${found.block}, transaction ${found.transaction}`;
  if (covering.length === 0) return bad(`${acceptedIn}, but there is no bundle of it here`);
  if (chain.code !== "same") return doubtful("the registry's code is not of this version: it may accept anything");
  if (ofMap !== undefined) return doubtful(`${acceptedIn}, but ${ofMap.where}: ${sentenceOf(ofMap)}`);
  const own = covering.find(({ batch }) => batch.firstSeq === found.firstSeq && batch.lastSeq === found.lastSeq);
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
