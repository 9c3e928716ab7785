/** Which batches a fault touches: its own, and not those that only stand beside it. */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import { batchName } from "../../../verifier/batchName.ts";
import type { Problem } from "../../../verifier/bundleSequence.ts";
import type { BatchReport } from "../../../verifier/verify.ts";
import { foreignKeyText, isForeignKey } from "./problems.ts";
import { Ranges } from "./ranges.ts";
import { isOfReplay, type Replay, sentenceOf } from "./replayFault.ts";
import { keyKindOf } from "./signatureStanding.ts";
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

/** A batch with its problems: its own, and those with where it begins, which may be the fault of another one. */
interface Faulty {
  readonly batch: BatchReport;
  readonly own: readonly Problem[];
  readonly linked: readonly Problem[];
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
  const faulty = batches.map((batch): Faulty => {
    const all = by.get(nameOf(batch)) ?? [];
    return { batch, own: all.filter((one) => !isLinked(one)), linked: all.filter(isLinked) };
  });
  const around: Around = { report, replay, endings: endingsOf(faulty), all: new Ranges(batches) };
  const judged: JudgedBatch[] = [];
  let reached = 0;
  for (const [i, one] of faulty.entries()) {
    const { batch, linked } = one;
    if (batch.firstSeq > reached + 1 && linked.some(({ field }) => field === "firstSeq")) {
      const why = "no proof covers it, but a later one is there: its batch is missing";
      gaps.push({ first: reached + 1, last: batch.firstSeq - 1, why });
    }
    // They are in the order of their first transitions.
    const isAlone = batch.firstSeq > reached && (batches[i + 1]?.firstSeq ?? Infinity) > batch.lastSeq;
    judged.push({ batch, mark: batchMark(one, around, isAlone) });
    reached = Math.max(reached, batch.lastSeq);
  }
  const edges = gaps.flatMap(({ first, last }) => [first, last + 1]);
  return { batches: judged, gaps, edges, markOf: marksIn(judged, gaps) };
}

/** What says that a problem is with another batch, by its field. The texts around it hold nothing but numbers. */
const LINKS: Readonly<Record<string, RegExp>> = {
  firstSeq: /^/,
  preRoot: /^is \d+, but batch \d/,
  domain: /^is \d+, but batch \d/,
  notBefore: /^is earlier than the end of batch \d/,
};

function isLinked({ field, message }: Problem): boolean {
  return Object.hasOwn(LINKS, field) && LINKS[field]?.test(message) === true;
}

export function nameOf({ bundle, firstSeq, lastSeq }: BatchReport): string {
  return batchName({ name: bundle, firstSeq, lastSeq });
}

interface Around {
  readonly report: AuditReport;
  readonly replay: Replay;
  /** Batches without a fault of their own, by their last transitions. */
  readonly endings: ReadonlyMap<number, readonly BatchReport[]>;
  readonly all: Ranges<BatchReport>;
}

function endingsOf(faulty: readonly Faulty[]): Map<number, BatchReport[]> {
  const endings = new Map<number, BatchReport[]>();
  for (const { batch, own } of faulty) {
    if (own.length > 0) continue;
    const found = endings.get(batch.lastSeq);
    if (found === undefined) endings.set(batch.lastSeq, [batch]);
    else found.push(batch);
  }
  return endings;
}

/** @param isAlone whether no other bundle is for any of its transitions */
function batchMark({ batch, own, linked }: Faulty, { report, replay, endings, all }: Around, isAlone: boolean): Mark {
  const worst = own.find((one) => !isForeignKey(one));
  if (worst !== undefined) return { verdict: "bad", why: sentenceOf(worst) };
  const [unknown] = own;
  if (unknown !== undefined) return { verdict: "open", why: foreignKeyText(unknown) };
  const holds = "its proof was verified here";
  if (!replay.audited || batch.lastSeq > replay.replayed) {
    const but =
      "the trace does not replay to the end of its batch, so nothing shows that the proof is of these records";
    return { verdict: "open", why: `${holds}, but ${but}` };
  }
  const [link] = linked;
  // Its roots, records and times are those of the trace. A neighbour takes that from it only if it follows no other.
  const before = endings.get(batch.firstSeq - 1) ?? [];
  if (link !== undefined && batch.firstSeq > 1 && !before.some((one) => leadsTo(one, batch)))
    return { verdict: "open", why: `${holds}, but it does not follow: ${sentenceOf(link)}` };
  const development = keyKindOf(batch, report) === "development";
  const forgeable = development ? "; with a development key, under which anyone can forge" : "";
  return {
    verdict: "good",
    why: `the proof ${batch.bundle} was verified here, and is of these records${forgeable}${isAlone ? "" : besideText(batch, all)}`,
  };
}

/** Whether a batch ends with the state with which the next one begins. */
function leadsTo(batch: BatchReport, next: BatchReport): boolean {
  return batch.postRoot === next.preRoot && batch.domain === next.domain;
}

/** Bundles that are named beside another one. */
const NAMED = 5;

/** Other bundles for some of the same transitions. */
function besideText(batch: BatchReport, all: Ranges<BatchReport>): string {
  const beside = all.overlapping(batch, NAMED + 2).filter((other) => other !== batch);
  const names = beside.slice(0, NAMED).map(({ bundle }) => bundle);
  const more = beside.length > NAMED ? ", and more" : "";
  return `; there are other bundles for some of its transitions: ${names.join(", ")}${more}`;
}

/** How the mark of a transition is found. */
function marksIn(judged: readonly JudgedBatch[], gaps: readonly Gap[]): (seq: number) => Mark {
  const ranges = judged.map(({ batch: { firstSeq, lastSeq }, mark }) => ({ firstSeq, lastSeq, mark }));
  const all = new Ranges(ranges);
  const good = new Ranges(ranges.filter(({ mark }) => mark.verdict === "good"));
  const bad = new Ranges(ranges.filter(({ mark }) => mark.verdict === "bad"));
  const inOrder = [...gaps].sort((a, b) => a.first - b.first);
  const missing = new Ranges(inOrder.map(({ first, last, why }) => ({ firstSeq: first, lastSeq: last, why })));
  return (seq) => {
    // A second bundle for the same transitions takes nothing from a good one.
    const best = good.at(seq);
    if (best !== undefined) return best.mark;
    const covering = all.at(seq);
    const gap = missing.at(seq);
    if (gap !== undefined && covering === undefined) return { verdict: "bad", why: gap.why };
    return bad.at(seq)?.mark ?? covering?.mark ?? { verdict: "open", why: "no proof covers it yet" };
  };
}

/** The ranges of bundles that cannot be read, by their names. */
function unreadableIn(problems: readonly Problem[]): Gap[] {
  return problems.flatMap((problem) => {
    const [, name, first, last] = NAME.exec(problem.where) ?? [];
    if (name === undefined) return [];
    return [{ first: Number(first), last: Number(last), why: `the bundle ${name}: ${sentenceOf(problem)}` }];
  });
}
