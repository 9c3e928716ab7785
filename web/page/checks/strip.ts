/** The state of the checks in a line: a sign and a few words for each. */
import { count } from "../../../trace/describe/count.ts";
import { hostOf } from "./hostOf.ts";
import { batchMarks, marksOf } from "./marks.ts";
import { problemsOf } from "./problems.ts";
import { isWholeReplay, replayIn } from "./replayFault.ts";
import { isUnderDevelopmentKey, standingOf } from "./signatureStanding.ts";
import type { Checks, Verdict } from "./state.ts";

export interface StripPart {
  readonly verdict: Verdict;
  readonly text: string;
}

/** What is said of the checks, the whole first. */
export function stripOf(checks: Checks): StripPart[] {
  const { running, report, problem } = checks;
  // What was found stands, whatever happens after it.
  if (report === undefined && problem !== undefined) return [{ verdict: "open", text: `the check failed: ${problem}` }];
  if (report === undefined) return [{ verdict: "open", text: runningText(running) }];
  return [overall(checks), replayPart(checks), proofPart(checks), signaturePart(checks), chainPart(checks)];
}

export function runningText(running: Checks["running"]): string {
  if (running === null) return "checking";
  const { text, done, of } = running;
  return `checking: ${text}${of > 0 ? `, ${done} of ${of}` : ""}`;
}

function overall(checks: Checks): StripPart {
  const problems = problemsOf(checks);
  const wrong = problems.filter(({ kind }) => kind === "wrong").length;
  if (wrong > 0) return { verdict: "bad", text: `NOT in order: ${count(wrong, "contradiction")}` };
  const left = problems.length;
  if (left > 0) return { verdict: "open", text: `unfinished: no contradiction, ${count(left, "thing")} left to do` };
  const { report } = checks;
  const key = report !== undefined && isUnderDevelopmentKey(report) ? ", under a development key" : "";
  return { verdict: "good", text: `in order by its numbers${key}` };
}

function replayPart({ report, shown }: Checks): StripPart {
  if (report === undefined) return { verdict: "open", text: "not replayed" };
  const { replayed, fault, audited } = replayIn(report, shown);
  const all = report.counts.transitions;
  if (fault !== undefined) return { verdict: "bad", text: `replayed up to ${replayed}, then a fault` };
  if (!audited) return { verdict: "open", text: "not replayed by the audit" };
  if (replayed < all) return { verdict: "open", text: `replayed ${replayed} of ${all}` };
  if (all === 0) return { verdict: "open", text: "no transitions to replay" };
  return { verdict: "good", text: `replayed ${replayed} of ${all}` };
}

function proofPart(checks: Checks): StripPart {
  const { batches, gaps } = batchMarks(checks);
  const good = batches.filter(({ mark }) => mark.verdict === "good").length;
  const bad = gaps.length > 0 || batches.some(({ mark }) => mark.verdict === "bad");
  if (batches.length + gaps.length === 0) return { verdict: "open", text: "no proofs" };
  const { report } = checks;
  const key = report !== undefined && isUnderDevelopmentKey(report) ? ", development key" : "";
  const text = `proofs verified here ${good} of ${batches.length + gaps.length}${key}`;
  return { verdict: bad ? "bad" : good === batches.length ? "good" : "open", text };
}

function signaturePart({ report, shown }: Checks): StripPart {
  if (report === undefined) return { verdict: "open", text: "signatures not compared" };
  const all = report.signatures;
  const wrong = report.problems.some(({ kind, where }) => kind === "wrong" && where.startsWith("signatures/"));
  const standings = all.map((one) => standingOf(one, report));
  const there = standings.filter((standing) => standing === "checked" || standing === "proven").length;
  const forgeable = standings.filter((standing) => standing === "forgeable").length;
  if (wrong) return { verdict: "bad", text: "a signature does not hold" };
  const isWhole = isWholeReplay(report, replayIn(report, shown));
  if (all.length === 0) return { verdict: "open", text: isWhole ? "nobody signs" : "signatures not compared" };
  const but = forgeable > 0 ? `, ${forgeable} more by a development key's proof alone` : "";
  const verdict = isWhole && there === all.length ? "good" : "open";
  return { verdict, text: `signatures ${there} of ${all.length}${but}` };
}

/** What the node said, in short. */
export function chainPart(checks: Checks): StripPart {
  const { chain } = checks;
  if (chain === undefined) return { verdict: "open", text: "no node asked" };
  if (chain.failure !== null) return { verdict: "open", text: "the node gave no usable answer" };
  if (chain.report === null) return { verdict: "open", text: "asking the node" };
  const { head, chainId, accepted } = chain.report;
  const isBad = chain.problems.some(({ kind }) => kind === "wrong");
  const isGood = accepted.length > 0 && accepted.every((one) => marksOf(one.firstSeq, checks).chain.verdict === "good");
  const far = head.seq === 0 ? `nothing on chain ${chainId} yet` : `on chain ${chainId} up to ${head.seq}`;
  return { verdict: isBad ? "bad" : isGood ? "good" : "open", text: `${far}, says ${hostOf(chain.node)}` };
}
