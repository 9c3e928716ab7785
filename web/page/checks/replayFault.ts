/** How far the run replays, and which transitions a fault of the replay touches. */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { Mark, Shown } from "./state.ts";

export interface Replay {
  /** The audit could replay: its files can be read. */
  readonly audited: boolean;
  /** The last transition that replays, by the audit or, where its files cannot be read, by the page's own replay. */
  readonly replayed: number;
  /** The fault at which it ends. */
  readonly fault: { readonly first: number; readonly last: number; readonly problem: Problem } | undefined;
  readonly edges: readonly number[];
  markOf(seq: number): Mark;
}

/** Fields of the problems that the replay itself finds. They name no fault of a proof. */
const OF_REPLAY = /^(?:transition|checkpoint|line) (\d+)/;

export function isOfReplay({ field }: Problem): boolean {
  return OF_REPLAY.test(field) || field === "trace.jsonl";
}

/** A problem in one sentence, without its full stop. */
export function sentenceOf({ field, message }: Problem): string {
  return message.startsWith(field) ? message : `${field} ${message}`;
}

export function replayIn(report: AuditReport, shown: Shown | undefined): Replay {
  const audited = report.roots.genesis !== null;
  const replayed = audited ? (report.shown?.of ?? 0) : (shown?.transitions ?? 0);
  const problem = report.problems.find((one) => one.kind === "wrong" && OF_REPLAY.test(one.field));
  const unreadable = report.problems.find((one) => one.kind === "wrong" && one.where === "run") ?? problem;
  const fault = problem === undefined ? undefined : { ...placeOf(problem, replayed), problem };
  const why = unreadable === undefined ? "" : sentenceOf(unreadable);
  const markOf = (seq: number): Mark => {
    if (seq <= replayed && audited) return { verdict: "good", why: "replayed here: the rules allow it, and give this" };
    if (seq <= replayed) {
      const but = `the check of the run did not: the run cannot be read as a whole: ${why}`;
      return { verdict: "open", why: `the page replays it in order to show it, but ${but}` };
    }
    if (fault !== undefined && fault.first <= seq && seq <= fault.last)
      return { verdict: "bad", why: sentenceOf(fault.problem) };
    const behind = unreadable === undefined ? "the replay did not get there" : `not reached: ${why}`;
    return { verdict: "open", why: behind };
  };
  const edges = [replayed + 1, ...(fault === undefined ? [] : [fault.first, fault.last + 1])];
  return { audited, replayed, fault, edges, markOf };
}

/** Whether the audit has replayed the trace to its end. */
export function isWholeReplay({ counts }: AuditReport, { audited, fault, replayed }: Replay): boolean {
  return audited && fault === undefined && replayed === counts.transitions;
}

/** The transitions that a problem of the replay is about. */
function placeOf({ field }: Problem, replayed: number): { first: number; last: number } {
  const number = Number(OF_REPLAY.exec(field)?.[1] ?? 0);
  if (field.startsWith("transition")) return { first: number, last: number };
  // A checkpoint stands for the group before it.
  if (field.startsWith("checkpoint")) return { first: replayed + 1, last: number };
  // The first line is the header: nothing was read of the transitions behind it.
  return number === 1 ? { first: 0, last: 0 } : { first: replayed + 1, last: replayed + 1 };
}
