/**
 * One mark for each transition of the picture: good if this page verified its proof and replayed it; bad if any of its
 * checks failed; else open. Signatures and the chain are told beside the selected transition.
 */
import { type Checks, marksOf } from "../checks/marks.ts";

/** Numbers of verdicts, as the columns of the view hold them. */
export const VERDICTS = ["open", "good", "bad"] as const;

/** Milliseconds of work at once. */
const SLICE = 6;
/** Transitions between two looks at the clock. */
const LOOK_EVERY = 64;

/** Number of a transition's verdict, as in `VERDICTS`. */
export function verdictOf(seq: number, checks: Checks): number {
  const marks = marksOf(seq, checks);
  if (Object.values(marks).some(({ verdict }) => verdict === "bad")) return VERDICTS.indexOf("bad");
  const good = marks.replay.verdict === "good" && marks.proof.verdict === "good";
  return VERDICTS.indexOf(good ? "good" : "open");
}

/**
 * The verdicts of all transitions, worked out in slices, so that the page stays quick.
 * @returns undefined if it was aborted
 */
export async function verdictsOf(
  transitions: number,
  checks: Checks,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const verdicts = new Uint8Array(transitions);
  let until = performance.now() + SLICE;
  for (let i = 0; i < transitions; i++) {
    verdicts[i] = verdictOf(i + 1, checks);
    if (i % LOOK_EVERY !== 0 || performance.now() < until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
    until = performance.now() + SLICE;
  }
  return signal.aborted ? undefined : verdicts;
}

/** How many of the transitions before each index are bad, and how many are open. */
export interface VerdictSums {
  readonly bad: Uint32Array;
  readonly open: Uint32Array;
}

export function sumsOf(verdicts: Uint8Array): VerdictSums {
  const bad = new Uint32Array(verdicts.length + 1);
  const open = new Uint32Array(verdicts.length + 1);
  for (let i = 0; i < verdicts.length; i++) {
    bad[i + 1] = (bad[i] as number) + (verdicts[i] === 2 ? 1 : 0);
    open[i + 1] = (open[i] as number) + (verdicts[i] === 0 ? 1 : 0);
  }
  return { bad, open };
}
