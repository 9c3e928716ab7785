/**
 * The trace from a batch on, without some effects. Batches are cut again, and each ends where one ended before: so
 * effects that were signed at different times stay in different batches.
 */
import type { WantedSignature } from "../../prover/signing/signatures.ts";
import { type TriggerRows, triggersOf } from "../../trace/effects/triggers.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import type { Renumbering } from "../../trace/replay/renumber.ts";
import { type LeftOut, retraceFrom } from "../../trace/replay/retrace.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { checkpointLine, headerLine, recordLine, triggerLine } from "../../trace/run/traceLines.ts";
import { BatchBook, type CutBatch, cutOf } from "./batchBook.ts";
import type { Cut } from "./journalLines.ts";
import type { Loaded } from "./loaded.ts";
import { TraceWalk } from "./traceWalk.ts";
import type { WithdrawalDraft } from "./withdrawalFiles.ts";

/** What is left of the end of a trace. */
export interface WithdrawnTail {
  readonly left: readonly LeftOut[];
  readonly numbers: Renumbering;
  /** Number of programs before it. They keep their numbers. */
  readonly programs: number;
  /** Where groups went, by the old number of their first transition. */
  readonly moved: ReadonlyMap<number, { firstSeq: number; lastSeq: number }>;
  readonly cuts: readonly Cut[];
  /** Bytes of the trace that stay. */
  readonly bytes: number;
}

/**
 * Traces the end of a run again, and drafts it.
 * @param lapsed programs whose effects are left out, each with the first transition from which on they are
 * @param firstSeq first transition of the end: that of a batch
 */
export function withdrawnTail(
  { facts, run, walk, batches, presence }: Loaded,
  lapsed: ReadonlyMap<number, number>,
  firstSeq: number,
  now: number,
  draft: WithdrawalDraft,
): WithdrawnTail {
  const { dir, header, profiles } = facts;
  const old = new TraceWalk(dir, walk.copy());
  old.goTo(dir, firstSeq - 1);
  const bytes = old.bytes === 0 ? Buffer.byteLength(headerLine(header)) + 1 : old.bytes;
  // A group of several rows is whole only if something follows it.
  if (firstSeq > 1) draft.line(checkpointLine({ checkpoint: firstSeq - 1, root: old.map.root() }));
  const announced = new Announced(dir, bytes);
  const cuts = new Cuts(
    new BatchBook(firstSeq - 1, profiles, presence),
    batches.batches.filter((batch) => batch.firstSeq >= firstSeq),
    now,
  );
  const moved = new Map<number, { firstSeq: number; lastSeq: number }>();
  let current: readonly Transition[] = [];
  function* groups(): Generator<readonly Transition[]> {
    for (current of old.groups(run.committed)) {
      yield current;
      cuts.passed(current.at(-1)?.seq ?? 0);
    }
  }
  const programs = old.map.programs();
  const leaveOut = (group: readonly Transition[]): boolean =>
    group.some((t) => t.seq >= (lapsed.get(t.actor) ?? Number.POSITIVE_INFINITY) && authorityAsked(t) !== 0n);
  let last = 0;
  const { left, numbers, map } = retraceFrom(
    { ...old.copy(), programs },
    groups(),
    run.tracer.triggers,
    leaveOut,
    profiles,
    (made, _map, { triggers }) => {
      last = made.at(-1)?.seq ?? last;
      moved.set(current[0]?.seq ?? 0, { firstSeq: made[0]?.seq ?? 0, lastSeq: last });
      draft.line(...announced.linesOf(made, triggers), ...made.map(recordLine));
      cuts.add(made);
    },
  );
  if (last > 0) draft.line(checkpointLine({ checkpoint: last, root: map.root() }));
  return { left, numbers, programs, moved, cuts: cuts.all, bytes };
}

/** Batches that are cut again. */
class Cuts {
  readonly all: Cut[] = [];
  readonly #book: BatchBook;
  readonly #old: readonly CutBatch[];
  readonly #now: number;
  /** The old batch whose groups come now; behind the last one there is none. */
  #at = 0;

  /** @param old the batches as they were, in order */
  constructor(book: BatchBook, old: readonly CutBatch[], now: number) {
    this.#book = book;
    this.#old = old;
    this.#now = now;
  }

  add(group: readonly Transition[]): void {
    this.#keep(this.#book.add(group, this.#now));
  }

  /** Takes in that a group of the old trace has passed. The batch ends where the old one did. */
  passed(lastSeq: number): void {
    if (this.#old[this.#at]?.lastSeq !== lastSeq) return;
    this.#keep(this.#book.age(this.#now, 0));
    this.#at++;
  }

  /** A batch that asks for no signature that the old one did not ask for keeps the old one's time. */
  #keep(cut: readonly CutBatch[]): void {
    const before = this.#old[this.#at];
    for (const batch of cut) {
      const asked = before !== undefined && batch.wanted.every((log) => before.wanted.some((old) => isSame(old, log)));
      const { firstSeq, lastSeq, profile } = batch;
      this.all.push(asked ? { ...cutOf(before), firstSeq, lastSeq, profile } : cutOf(batch));
    }
  }
}

function isSame(a: WantedSignature, b: WantedSignature): boolean {
  return a.program === b.program && a.authority === b.authority && a.log === b.log;
}

/** The triggers that the kept part of a trace announces, and those that were written since. */
class Announced {
  readonly #path: string;
  readonly #bytes: number;
  #known: Set<string> | undefined;

  constructor(dir: string, bytes: number) {
    this.#path = pathIn(dir, "trace");
    this.#bytes = bytes;
  }

  /** The trigger lines that must come before a group. */
  linesOf(group: readonly Transition[], triggers: TriggerRows): string[] {
    const wanted = triggersOf(group, triggers, new Map<bigint, readonly Row[]>());
    if (wanted.length === 0) return [];
    this.#known ??= this.#read();
    const known = this.#known;
    return wanted.flatMap((trigger) => {
      const digest = trigger.digest.toString();
      if (known.has(digest)) return [];
      known.add(digest);
      return [triggerLine(trigger)];
    });
  }

  /** The kept part is read once, and only if a watch is set behind it. */
  #read(): Set<string> {
    const found = new Set<string>();
    let rest = "";
    let left = this.#bytes;
    for (const chunk of chunksOf(this.#path)) {
      const text = rest + Buffer.from(chunk.subarray(0, left)).toString("latin1");
      left -= Math.min(left, chunk.length);
      const end = text.lastIndexOf("\n") + 1;
      for (const [, digest] of text.slice(0, end).matchAll(/^\{"trigger":"([0-9]+)"/gm)) found.add(digest ?? "");
      rest = text.slice(end);
      if (left === 0) break;
    }
    return found;
  }
}
