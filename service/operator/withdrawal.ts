/**
 * Withdrawing in place: the effects of programs that did not sign a batch, and what rests on them, are taken out of the
 * trace from that batch on. What is before the batch stays as it is, with its proofs. One withdrawal takes out what is
 * overdue in all batches.
 */
import { isDeepStrictEqual } from "node:util";
import { renamed } from "../../prover/withdraw.ts";
import type { Renumbering } from "../../trace/replay/renumber.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { writeManifest } from "../../trace/run/manifest.ts";
import { onDisk, wholeJournal } from "./journal.ts";
import type { JournalLine, Lapse, ProposalEntry } from "./journalLines.ts";
import { allLines, type Loaded } from "./loaded.ts";
import { endedBy, firstRenumbered, numberIn, renumberedAgain } from "./numbering.ts";
import { missingFor } from "./stages.ts";
import { WithdrawalDraft } from "./withdrawalFiles.ts";
import { type WithdrawnTail, withdrawnTail } from "./withdrawnTail.ts";

/** What a withdrawal took out. */
export interface Withdrawn {
  /** First transition of the first batch that was not signed. */
  readonly firstSeq: number;
  /** Number of transitions that were taken out. */
  readonly transitions: number;
  /** The proposals that were taken out, ended, or have other numbers, as they are now. */
  readonly proposals: readonly ProposalEntry[];
}

/**
 * The programs that did not sign in time, each with the first transition of the first batch that it did not sign.
 * @param signWithin seconds
 */
export function lapsedIn({ batches, signatures }: Loaded, signWithin: number, now: number): Map<number, number> {
  const lapsed = new Map<number, number>();
  for (const batch of batches.batches) {
    if (now < batches.deadline(batch, signWithin)) continue;
    for (const { program } of missingFor(batch, signatures))
      if (!lapsed.has(program)) lapsed.set(program, batch.firstSeq);
  }
  return lapsed;
}

/**
 * Decides a withdrawal. Close the run then, and load it again: that carries it out.
 * @param lapsed those that did not sign, as {@link lapsedIn} gives them; at least one
 * @throws EnvironmentError if the disk refuses; nothing has changed then
 */
export function decideWithdrawal(
  loaded: Loaded,
  lapsed: ReadonlyMap<number, number>,
  now: number,
  onStep: (step: string) => void,
): Withdrawn {
  const { dir } = loaded.facts;
  const firstSeq = Math.min(...lapsed.values());
  return onDisk(dir, () => {
    onStep("withdrawal: draft");
    using draft = new WithdrawalDraft(dir);
    const tail = withdrawnTail(loaded, lapsed, firstSeq, now, draft);
    const { left, numbers, cuts, bytes } = tail;
    const from = firstRenumbered(numbers, tail.programs, loaded.run.tracer.map.programs());
    const because = `program ${[...lapsed.keys()].join(", ")} did not sign in time`;
    const changed = [...movedBy(loaded, tail, firstSeq, because), ...endedBy(loaded.proposals, from)];
    const lines: JournalLine[] = [
      ...allLines(loaded).filter((line) => !("lapse" in line || ("cut" in line && line.cut.lastSeq >= firstSeq))),
      ...cuts.map((cut) => ({ cut })),
      ...lapsesAfter(loaded.suspensions.after(lapsed.keys(), now), numbers),
      ...changed.map((proposal) => ({ proposal })),
      ...renumberedAgain(loaded.numbering, from),
    ];
    const manifest = manifestAfter(loaded.run.tracer.manifest, numbers, firstSeq);
    onStep("withdrawal: decide");
    draft.decide(bytes, wholeJournal(lines), writeManifest(manifest));
    return {
      firstSeq,
      transitions: left.reduce((sum, { group }) => sum + group.length, 0),
      proposals: changed.filter(({ id, state }) => !isDeepStrictEqual(loaded.proposals.get(id)?.state, state)),
    };
  });
}

/** The accepted proposals behind the cut, as they are now. */
function movedBy(
  { proposals }: Loaded,
  { left, moved }: WithdrawnTail,
  firstSeq: number,
  because: string,
): ProposalEntry[] {
  const reasons = new Map(left.map(({ group, refused }) => [group[0]?.seq ?? 0, refused?.message ?? null]));
  return [...proposals.all()].flatMap((entry): ProposalEntry[] => {
    if (entry.state.status !== "accepted" || entry.state.lastSeq < firstSeq) return [];
    const seqs = moved.get(entry.state.firstSeq);
    if (seqs !== undefined) return [{ ...entry, state: { status: "accepted", ...seqs } }];
    const reason = reasons.get(entry.state.firstSeq);
    const message = reason == null ? because : `${because}, and without its effects: ${reason}`;
    return [{ ...entry, state: { status: "withdrawn", message } }];
  });
}

/** The counts, under the numbers that the programs have now. */
function lapsesAfter(lapses: readonly Lapse[], numbers: Renumbering): JournalLine[] {
  return lapses.flatMap((lapse) => {
    const program = numberIn(numbers, lapse.program);
    return program === undefined ? [] : [{ lapse: { ...lapse, program } }];
  });
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
