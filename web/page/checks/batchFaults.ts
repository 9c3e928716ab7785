/** Which batches a fault touches: its own, and not those that only stand beside it. */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import { batchName } from "../../../verifier/batchName.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { BatchReport } from "../../../verifier/verify.ts";
import { isOfReplay, type Replay, sentenceOf } from "./replayFault.ts";
import type { Mark } from "./state.ts";

/** A batch, and what is wrong with it. */
export interface JudgedBatch {
  readonly batch: BatchReport;
  readonly mark: Mark;
}

export interface BatchFaults {
  readonly batches: readonly JudgedBatch[];
  /** Transitions whose bundle is missing, or cannot be read. */
  readonly gaps: readonly Gap[];
  readonly edges: readonly number[];
  markOf(seq: number): Mark;
}

/** Transitions without a proof that must be there. */
export interface Gap {
  readonly first: number;
  readonly last: number;
  readonly why: string;
}

/** A bundle's name begins with the range of its batch. */
const NAME = /^bundle (0*(\d+)-0*(\d+)-.*)$/;

export function batchFaultsIn(report: AuditReport, replay: Replay): BatchFaults {
  const { batches, problems } = report;
  const by = new Map<string, Problem[]>();
  for (const problem of problems) {
    if (problem.kind !== "wrong" || isOfReplay(problem)) continue;
    const found = by.get(problem.where);
    if (found === undefined) by.set(problem.where, [problem]);
    else found.push(problem);
  }
  const gaps = unreadableIn(problems);
  const judged: JudgedBatch[] = [];
  let [reached, wrongBefore] = [0, undefined as string | undefined];
  for (const batch of batches) {
    const name = nameOf(batch);
    const all = by.get(name) ?? [];
    const isGap = (problem: Problem): boolean => problem.field === "firstSeq" && batch.firstSeq > reached + 1;
    // A batch that does not continue a wrong one is not wrong itself.
    const isLinked = (one: Problem): boolean =>
      isGap(one) || (wrongBefore !== undefined && one.message.includes(wrongBefore));
    const own = all.filter((one) => !isLinked(one));
    const [linked] = all.filter(isLinked);
    if (batch.firstSeq > reached + 1 && all.some(isGap)) {
      const why = "no proof covers it, but a later one is there: its batch is missing";
      gaps.push({ first: reached + 1, last: batch.firstSeq - 1, why });
    }
    judged.push({ batch, mark: batchMark(batch, own, linked, replay) });
    wrongBefore = own.length > 0 ? name : undefined;
    reached = Math.max(reached, batch.lastSeq);
  }
  const edges = gaps.flatMap(({ first, last }) => [first, last + 1]);
  return { batches: judged, gaps, edges, markOf: (seq) => markAt(seq, judged, gaps) };
}

function nameOf({ bundle, firstSeq, lastSeq }: BatchReport): string {
  return batchName({ name: bundle, firstSeq, lastSeq });
}

function batchMark(batch: BatchReport, own: Problem[], linked: Problem | undefined, replay: Replay): Mark {
  const [worst] = own;
  if (worst !== undefined) return { verdict: "bad", why: sentenceOf(worst) };
  const holds = "its proof was verified here";
  if (!replay.audited || batch.lastSeq > replay.replayed) {
    const but =
      "the trace does not replay to the end of its batch, so nothing shows that the proof is of these records";
    return { verdict: "open", why: `${holds}, but ${but}` };
  }
  if (linked !== undefined) return { verdict: "open", why: `${holds}, but it does not follow: ${sentenceOf(linked)}` };
  const forgeable = batch.keyKind === "development" ? "; with a development key, under which anyone can forge" : "";
  return { verdict: "good", why: `the proof ${batch.bundle} was verified here, and is of these records${forgeable}` };
}

function markAt(seq: number, judged: readonly JudgedBatch[], gaps: readonly Gap[]): Mark {
  const marks = judged.filter(({ batch }) => batch.firstSeq <= seq && seq <= batch.lastSeq).map(({ mark }) => mark);
  const good = marks.find(({ verdict }) => verdict === "good");
  const [covering] = marks;
  // A second bundle for the same transitions takes nothing from a good one.
  if (good !== undefined) return good;
  const gap = gaps.find(({ first, last }) => first <= seq && seq <= last);
  if (gap !== undefined && covering === undefined) return { verdict: "bad", why: gap.why };
  return (
    marks.find(({ verdict }) => verdict === "bad") ?? covering ?? { verdict: "open", why: "no proof covers it yet" }
  );
}

/** The ranges of bundles that cannot be read, by their names. */
function unreadableIn(problems: readonly Problem[]): Gap[] {
  return problems.flatMap((problem) => {
    const [, name, first, last] = NAME.exec(problem.where) ?? [];
    if (name === undefined) return [];
    return [{ first: Number(first), last: Number(last), why: `the bundle ${name}: ${sentenceOf(problem)}` }];
  });
}
