/**
 * Withdrawing in place: the effects of programs that did not sign a batch, and what rests on them, are taken out of the
 * trace from that batch on. What is before the batch stays as it is, with its proofs.
 */
import { isDeepStrictEqual } from "node:util";
import { renamed } from "../../prover/withdraw.ts";
import { type TriggerRows, triggersOf } from "../../trace/effects/triggers.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import type { Renumbering } from "../../trace/replay/renumber.ts";
import { type LeftOut, retraceFrom } from "../../trace/replay/retrace.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { writeManifest } from "../../trace/run/manifest.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import { checkpointLine, headerLine, recordLine, triggerLine } from "../../trace/run/traceLines.ts";
import { BatchBook, cutOf } from "./batchBook.ts";
import { onDisk, wholeJournal } from "./journal.ts";
import type { JournalLine, Lapse, ProposalEntry } from "./journalLines.ts";
import { allLines, type Loaded } from "./loaded.ts";
import { TraceWalk } from "./traceWalk.ts";
import { WithdrawalDraft } from "./withdrawalFiles.ts";

/** What a withdrawal took out. */
export interface Withdrawn {
  readonly programs: readonly number[];
  /** First transition of the batch that was not signed. */
  readonly firstSeq: number;
  /** Number of transitions that were taken out. */
  readonly transitions: number;
  /** The proposals that were taken out or have other numbers, as they are now. */
  readonly proposals: readonly ProposalEntry[];
}

/**
 * Decides a withdrawal. Close the run then, and load it again: that carries it out.
 * @param programs those that did not sign
 * @param firstSeq first transition of the batch
 * @throws EnvironmentError if the disk refuses; nothing has changed then
 */
export function decideWithdrawal(
  loaded: Loaded,
  programs: readonly number[],
  firstSeq: number,
  now: number,
  onStep: (step: string) => void,
): Withdrawn {
  const { dir } = loaded.facts;
  return onDisk(dir, () => {
    onStep("withdrawal: draft");
    using draft = new WithdrawalDraft(dir);
    const { left, numbers, moved, cuts, bytes } = retraced(loaded, programs, firstSeq, now, draft);
    const reasons = new Map(left.map(({ group, refused }) => [group[0]?.seq ?? 0, refused?.message ?? null]));
    const because = `program ${programs.join(", ")} did not sign in time`;
    const changed = [...loaded.proposals.all()].flatMap((entry): ProposalEntry[] => {
      if (entry.state.status !== "accepted" || entry.state.lastSeq < firstSeq) return [];
      const seqs = moved.get(entry.state.firstSeq);
      if (seqs !== undefined) return [{ ...entry, state: { status: "accepted", ...seqs } }];
      const reason = reasons.get(entry.state.firstSeq);
      const message = reason == null ? because : `${because}, and without its effects: ${reason}`;
      return [{ ...entry, state: { status: "withdrawn", message } }];
    });
    const lapses = programs.map((program): Lapse => loaded.suspensions.next(program, now));
    const kept = allLines(loaded).filter((line) => !("cut" in line) || line.cut.lastSeq < firstSeq);
    const lines: JournalLine[] = [
      ...[...kept, ...cuts.map((cut) => ({ cut }))],
      ...lapses.map((lapse) => ({ lapse })),
      ...changed.map((proposal) => ({ proposal })),
    ];
    const manifest = manifestAfter(loaded.run.tracer.manifest, numbers, firstSeq);
    onStep("withdrawal: decide");
    draft.decide(bytes, wholeJournal(lines), writeManifest(manifest));
    return {
      programs,
      firstSeq,
      transitions: left.reduce((sum, { group }) => sum + group.length, 0),
      proposals: changed.filter(({ id, state }) => !isDeepStrictEqual(loaded.proposals.get(id)?.state, state)),
    };
  });
}

interface RetracedTail {
  readonly left: readonly LeftOut[];
  readonly numbers: Renumbering;
  /** Where groups went, by the old number of their first transition. */
  readonly moved: ReadonlyMap<number, { firstSeq: number; lastSeq: number }>;
  readonly cuts: readonly ReturnType<typeof cutOf>[];
  /** Bytes of the trace that stay. */
  readonly bytes: number;
}

function retraced(
  { facts, run, walk, presence }: Loaded,
  programs: readonly number[],
  firstSeq: number,
  now: number,
  draft: WithdrawalDraft,
): RetracedTail {
  const { dir, header, profiles } = facts;
  const old = new TraceWalk(dir, walk.copy());
  old.goTo(dir, firstSeq - 1);
  const bytes = old.bytes === 0 ? Buffer.byteLength(headerLine(header)) + 1 : old.bytes;
  // A group of several rows is whole only if something follows it.
  if (firstSeq > 1) draft.line(checkpointLine({ checkpoint: firstSeq - 1, root: old.map.root() }));
  const announced = new Announced(dir, bytes);
  const batches = new BatchBook(firstSeq - 1, profiles, presence);
  const moved = new Map<number, { firstSeq: number; lastSeq: number }>();
  let current: readonly Transition[] = [];
  function* groups(): Generator<readonly Transition[]> {
    for (current of old.groups(run.committed)) yield current;
  }
  const start = { ...old.copy(), programs: old.map.programs() };
  const leaveOut = (group: readonly Transition[]): boolean =>
    group.some((t) => programs.includes(t.actor) && authorityAsked(t) !== 0n);
  let last = 0;
  const cuts: ReturnType<typeof cutOf>[] = [];
  const { left, numbers, map } = retraceFrom(
    start,
    groups(),
    run.tracer.triggers,
    leaveOut,
    profiles,
    (made, _map, { triggers }) => {
      last = made.at(-1)?.seq ?? last;
      moved.set(current[0]?.seq ?? 0, { firstSeq: made[0]?.seq ?? 0, lastSeq: last });
      draft.line(...announced.linesOf(made, triggers), ...made.map(recordLine));
      cuts.push(...batches.add(made, now).map(cutOf));
    },
  );
  if (last > 0) draft.line(checkpointLine({ checkpoint: last, root: map.root() }));
  return { left, numbers, moved, cuts, bytes };
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

/** The manifest with the names that remain. Notes about transitions behind the cut are dropped. */
function manifestAfter(manifest: Manifest, numbers: Renumbering, firstSeq: number): Manifest {
  const about = (note: string): number => Number(/^(?:after )?transition (\d+) /.exec(note)?.[1] ?? 0);
  return renamed(
    manifest,
    numbers,
    manifest.notes.filter((note) => about(note) > 0 && about(note) < firstSeq),
  );
}
