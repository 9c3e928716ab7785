/**
 * What was checked of each transition, by this page. A mark is green only if the page checked it, red if it found it
 * wrong, and grey if it could not check it; a grey or red mark says why.
 */
import { Judge } from "./judge.ts";
import { CHECKS, type CheckName, type Checks, type Mark, type Marks, type Verdict } from "./state.ts";

export * from "./state.ts";

const judges = new WeakMap<Checks, Judge>();

function judgeOf(checks: Checks): Judge {
  const known = judges.get(checks);
  if (known !== undefined) return known;
  const made = new Judge(checks);
  judges.set(checks, made);
  return made;
}

/** The marks of a transition. It is fast for many transitions: those that are alike share their marks. */
export function marksOf(seq: number, checks: Checks): Marks {
  return judgeOf(checks).marksOf(seq);
}

/** The batches with their marks, and where some are missing; none before the check is over. */
export function batchMarks(checks: Checks): Judge["batchMarks"] {
  return judgeOf(checks).batchMarks;
}

/** The worst of some marks: red before grey before green. */
export function worstOf(marks: readonly Mark[]): Mark | undefined {
  const find = (verdict: Verdict): Mark | undefined => marks.find((mark) => mark.verdict === verdict);
  return find("bad") ?? find("open") ?? find("good");
}

/** Selects transitions by their marks: those with something wrong, or those of which one check is not green. */
export type MarkFilter = "bad" | CheckName;

export function markFilterOf(text: string | null): MarkFilter | undefined {
  return text === "bad" ? "bad" : CHECKS.find((name) => name === text);
}

/** For each transition, by seq − 1, 1 if the filter selects it. */
export function selectedBy(filter: MarkFilter, transitions: number, checks: Checks): Uint8Array {
  const chosen = new Uint8Array(transitions);
  const judge = judgeOf(checks);
  for (let i = 0; i < transitions; i++) {
    const marks = judge.marksOf(i + 1);
    const isIn =
      filter === "bad" ? CHECKS.some((name) => marks[name].verdict === "bad") : marks[filter].verdict !== "good";
    chosen[i] = isIn ? 1 : 0;
  }
  return chosen;
}
