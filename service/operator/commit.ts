/** One commit: requests are carried out one after the other, and get to the disk together. */
import { TimeBanditsError } from "../../trace/errors.ts";
import { type CutBatch, cutOf } from "./batchBook.ts";
import { type Answer, expire } from "./intake.ts";
import { onDisk } from "./journal.ts";
import type { JournalLine } from "./journalLines.ts";
import type { Loaded } from "./loaded.ts";
import type { Rules } from "./options.ts";
import { statusOf } from "./proposals.ts";
import { toSignOf } from "./stages.ts";
import type { OperatorEvent } from "./types.ts";

/** Changes the loaded state, or throws and changes nothing. */
export type Request<T> = (loaded: Loaded, now: number) => Answer<T>;

/** A request, and who waits for its answer. */
export interface Job {
  readonly run: Request<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** When a commit happens, and by which rules. */
export interface CommitContext {
  readonly now: number;
  readonly rules: Rules;
  readonly onStep: (step: string) => void;
}

/** A commit that is on disk. */
export interface Committed {
  /** Gives every answer. */
  readonly answer: () => void;
  readonly events: readonly OperatorEvent[];
  /** Batches that were cut. */
  readonly cut: readonly CutBatch[];
  /** Whether it changed anything. */
  readonly changed: boolean;
}

/**
 * Carries out requests, cuts batches, and writes all of it: the journal first, then the trace.
 * @throws any error that is no answer to a request, such as the disk's: nothing of the commit has happened then, and
 *   what is loaded must be read from the disk again
 */
export function commit(loaded: Loaded, jobs: readonly Job[], { now, rules, onStep }: CommitContext): Committed {
  const { run, journal } = loaded;
  const { tracer, committed: before } = run;
  const { answers, lines } = carriedOut(loaded, jobs, now);
  lines.push(...expire(loaded, now));
  const cut = cutBatches(loaded, now, rules);
  for (const batch of cut) lines.push({ cut: cutOf(batch) }, ...signedBefore(loaded, batch, now));
  // Every remark of an endless run would be kept in memory, and written with every manifest.
  tracer.notes.length = 0;
  onDisk(loaded.facts.dir, () => {
    journal.append(lines);
    if (tracer.seq === before) return;
    onStep("trace");
    run.commit();
  });
  const events: OperatorEvent[] = [];
  if (run.committed > before) events.push({ type: "transitions", firstSeq: before + 1, lastSeq: run.committed });
  for (const line of lines) {
    if ("proposal" in line)
      events.push({ type: "proposal", id: line.proposal.id, state: statusOf(line.proposal, tracer.map) });
  }
  const answer = (): void => {
    for (const give of answers) give();
  };
  return { answer, events, cut, changed: lines.length > 0 || run.committed > before };
}

/** The events of batches that were cut. */
export function cutEvents(loaded: Loaded, cut: readonly CutBatch[], rules: Rules): OperatorEvent[] {
  return cut.flatMap((batch): OperatorEvent[] => {
    const { firstSeq, lastSeq, profile } = batch;
    return [{ type: "cut", firstSeq, lastSeq, profile }, ...toSignEvents(loaded, [batch], rules)];
  });
}

/** The events of what is to be signed for batches. */
export function toSignEvents(loaded: Loaded, batches: readonly CutBatch[], { signWithin }: Rules): OperatorEvent[] {
  return toSignOf(loaded, batches, signWithin).map((log) => ({ type: "toSign", log }));
}

function carriedOut(loaded: Loaded, jobs: readonly Job[], now: number) {
  const { tracer } = loaded.run;
  const answers: (() => void)[] = [];
  const lines: JournalLine[] = [];
  for (const { run, resolve, reject } of jobs) {
    const { seq } = tracer;
    try {
      const { value, lines: own } = run(loaded, now);
      lines.push(...own);
      answers.push(() => resolve(value));
    } catch (error) {
      // An effect that happened was not refused, and a store that turns out to be damaged is no answer.
      if (tracer.seq !== seq || (error instanceof TimeBanditsError && error.code === "store")) throw error;
      answers.push(() => reject(error));
    }
  }
  return { answers, lines };
}

/** Signatures over the logs of a batch may have come before it was cut. */
function signedBefore({ signatures, suspensions }: Loaded, { wanted, until, acted }: CutBatch, now: number) {
  return wanted
    .filter((each) => signatures.find(each, until) !== undefined)
    .flatMap(({ program }) => suspensions.signed(program, acted.get(program) ?? 0, now));
}

function cutBatches(loaded: Loaded, now: number, { batchAge }: Rules): CutBatch[] {
  const { fresh, signatures, batches, cutNow } = loaded;
  const cut: CutBatch[] = [];
  for (const group of fresh.splice(0)) {
    signatures.saw(group);
    cut.push(...batches.add(group, now));
  }
  cut.push(...batches.age(now, cutNow ? 0 : batchAge));
  loaded.cutNow = false;
  for (const { wanted, lastSeq, until } of cut) signatures.cut(wanted, lastSeq, until);
  return cut;
}
