/**
 * What was checked of each transition, by this page. A mark is green only if the page checked it, red if it found it
 * wrong, and grey if it could not check it; a grey or red mark says why.
 */
import type { AuditReport } from "../../../verifier/audit/audit.ts";

/** `good`: checked here. `bad`: checked here, and wrong. `open`: not checked, or not there. */
export type Verdict = "good" | "bad" | "open";

/** What is checked of a transition. */
export const CHECKS = ["replay", "proof", "signature", "chain"] as const;
export type CheckName = (typeof CHECKS)[number];

export interface Mark {
  readonly verdict: Verdict;
  /** Why, in a sentence without its full stop. */
  readonly why: string;
}

/** What the page knows of its checks. */
export interface Checks {
  /** How far the check is, in words; null once it is over. */
  readonly running: { readonly text: string; readonly done: number; readonly of: number } | null;
  /** The audit's report; undefined until it is there. */
  readonly report: AuditReport | undefined;
  /** Why there is no report. */
  readonly problem: string | undefined;
}

const WAITING: Mark = { verdict: "open", why: "the check is not over yet" };

/** The marks of a transition. */
export function marksOf(seq: number, { report, problem }: Checks): Record<CheckName, Mark> {
  if (report === undefined) {
    const mark = problem === undefined ? WAITING : { verdict: "open" as const, why: `the check failed: ${problem}` };
    return { replay: mark, proof: mark, signature: mark, chain: mark };
  }
  return {
    replay: replayMark(report),
    proof: proofMark(seq, report),
    signature: signatureMark(seq, report),
    chain: chainMark(seq, report),
  };
}

/** The worst of some marks: red before grey before green. */
export function worstOf(marks: readonly Mark[]): Mark | undefined {
  const find = (verdict: Verdict): Mark | undefined => marks.find((mark) => mark.verdict === verdict);
  return find("bad") ?? find("open") ?? find("good");
}

function replayMark({ problems }: AuditReport): Mark {
  const broken = problems
    .filter(({ kind, field }) => kind === "wrong" && /^(?:line|transition) \d/.test(field))
    .map((problem) => ({ problem, from: Number(/\d+/.exec(problem.field)?.[0] ?? 0) }));
  const first = broken[0];
  if (first === undefined) return { verdict: "good", why: "replayed here: the rules allow it, and give this" };
  return { verdict: "bad", why: first.problem.message };
}

function proofMark(seq: number, { batches, problems }: AuditReport): Mark {
  const batch = batches.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  if (batch === undefined) return { verdict: "open", why: "no proof covers it yet" };
  if (batch.ok) return { verdict: "good", why: `the proof ${batch.bundle} was verified here` };
  const wrong = problems.find(({ where }) => where.includes(batch.bundle));
  return { verdict: "bad", why: wrong?.message ?? "its proof does not hold" };
}

function signatureMark(seq: number, { signatures, batches }: AuditReport): Mark {
  const own = signatures.filter(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  const missing = own.filter(({ status }) => status === "missing");
  const name = ({ signer }: (typeof own)[number]): string => signer.name ?? `program ${signer.program}`;
  if (missing.length > 0) return { verdict: "open", why: `${missing.map(name).join(", ")} has not signed it` };
  if (own.length > 0) return { verdict: "good", why: `signed by ${own.map(name).join(", ")}` };
  const covered = batches.some(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  const why = "no program of its batch has a key, so nobody signs: the operator of the map may act in their name";
  return { verdict: "open", why: covered ? why : "no batch covers it yet" };
}

function chainMark(seq: number, { chain }: AuditReport): Mark {
  if (chain === null) return { verdict: "open", why: "no node was asked; give a node's URL under Trust" };
  return { verdict: "open", why: `the chain was asked; transition ${seq} was not compared` };
}
