/** Writes a run directory that begins as another one, and ends otherwise. */
import { copyFile, mkdir, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { lookUp, type TriggerRows, triggersOf } from "../../trace/effects/triggers.ts";
import type { Row, Transition } from "../../trace/machine/transition.ts";
import { CHECKPOINT_EVERY, TraceWriter } from "../../trace/run/traceWriter.ts";
import { scanTrace, TriggerIndex } from "../../trace/run/triggerIndex.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Batch } from "../batches/batcher.ts";
import { cutInto } from "../batches/plan.ts";
import type { TraceBeginning, UnprovenPart } from "../batches/unprovenPart.ts";
import { proofsIn } from "../bundles/bundle.ts";
import { checker, isFor, type SignatureFile, writeSignature } from "../signing/signatureFiles.ts";
import { wantedSignatures } from "../signing/signatures.ts";

/** Groups of a new end, each with the root behind it where a checkpoint is due. */
export class NewEnd {
  readonly groups: (readonly Transition[])[] = [];
  readonly #pieces: { groups: (readonly Transition[])[]; root: bigint | undefined }[] = [];
  #since = 0;

  /** Takes the next group. @param map the state behind it */
  add(group: readonly Transition[], map: TimeMap): void {
    this.groups.push(group);
    const open = this.#pieces.at(-1);
    if (open === undefined || open.root !== undefined) this.#pieces.push({ groups: [group], root: undefined });
    else open.groups.push(group);
    this.#since += group.length;
    if (this.#since >= CHECKPOINT_EVERY) this.finish(map);
  }

  /** Puts a checkpoint behind the last group. */
  finish(map: TimeMap): void {
    const open = this.#pieces.at(-1);
    if (open !== undefined && open.root === undefined) open.root = map.root();
    this.#since = 0;
  }

  /** The rows behind the triggers that it sets. */
  triggers(known: TriggerRows): TriggerRows {
    const found = new Map<bigint, readonly Row[]>();
    for (const group of this.groups) triggersOf(group, known, found);
    return lookUp(found);
  }

  /** Writes the new end behind the beginning of a trace in a file, which is cut there. */
  write(path: string, place: TraceBeginning, end: bigint, triggers: TriggerRows): void {
    const others = new TriggerIndex(path, scanTrace(path, 0, place.bytes).triggers).before(place.bytes);
    const writer = TraceWriter.after(path, { ...place, triggers: new Map(), others });
    try {
      for (const { groups, root = end } of this.#pieces) writer.appendAll(groups, () => root, triggers);
    } finally {
      writer.close(() => end);
    }
  }
}

/** The notes of a manifest about transitions before one. */
export function notesBefore(notes: readonly string[], seq: number): string[] {
  return notes.filter((note) => {
    const about = Number(ABOUT.exec(note)?.[1] ?? 0);
    return about > 0 && about < seq;
  });
}

/** The notes of a manifest about no transition. */
export function otherNotes(notes: readonly string[]): string[] {
  return notes.filter((note) => !ABOUT.test(note));
}

const ABOUT = /^(?:after )?transition (\d+) /;

/** Copies bundles with their times: so the store still knows them. */
export async function copyBundles(dir: string, out: string, names: readonly string[]): Promise<void> {
  if (names.length > 0) await mkdir(proofsIn(out), { recursive: true });
  for (const name of names) {
    const [from, to] = [join(proofsIn(dir), name), join(proofsIn(out), name)];
    await copyFile(from, to);
    const { atime, mtime } = await stat(from);
    await utimes(to, atime, mtime);
  }
}

/** The bundles that stand for batches which end at or before a transition. */
export function bundlesUpTo({ before, valid }: UnprovenPart, last: number): string[] {
  const found = [...valid].filter(([batch]) => (batch.transitions.at(-1)?.seq ?? 0) <= last);
  return [...before.map(({ name }) => name), ...found.map(([, { name }]) => name)];
}

/**
 * Copies the signatures that serve batches of the new run. Those of the batches whose proofs stand for them are kept as
 * they are named.
 * @param groups the new ones behind `part.seq`
 * @param names the bundles of the new run
 * @returns their number
 */
export async function takeSignatures(
  part: UnprovenPart,
  groups: readonly (readonly Transition[])[],
  { out, names, files }: { out: string; names: readonly string[]; files: readonly SignatureFile[] },
): Promise<number> {
  const there = new Set(names);
  const stored = part.stored.filter(({ name }) => there.has(name));
  const batches = cutInto(groups.flat(), stored, part.profiles, part.domain);
  const settled = settledEnds(part, there);
  const holds = await checker(files);
  let taken = 0;
  for (const file of files) {
    if (!settled.has(file.lastSeq) || file.domain !== part.domain || !holds(file)) continue;
    await writeSignature(out, file);
    taken++;
  }
  const open = batches.filter(({ transitions }) => !settled.has(transitions.at(-1)?.seq ?? 0));
  return taken + (await takeServing(open, part.domain, out, files));
}

/** Copies the signatures that serve batches. @returns their number */
export async function takeServing(
  batches: readonly Batch[],
  domain: bigint,
  out: string,
  files: readonly SignatureFile[],
): Promise<number> {
  const holds = await checker(files);
  let taken = 0;
  for (const { transitions } of batches) {
    const { at: until = 0, seq: lastSeq = 0 } = transitions.at(-1) ?? {};
    for (const wanted of wantedSignatures(transitions)) {
      const file = files.find((each) => isFor(each, wanted, domain) && each.validUntil >= until && holds(each));
      if (file === undefined) continue;
      await writeSignature(out, { ...file, lastSeq });
      taken++;
    }
  }
  return taken;
}

/** The last transitions of the batches, from the first on, whose proofs stand for signatures. */
function settledEnds({ before, batches, valid }: UnprovenPart, there: ReadonlySet<string>): Set<number> {
  const ends = new Set<number>();
  for (const { name, last, vouches } of before) {
    if (!vouches || !there.has(name)) return ends;
    ends.add(last);
  }
  const settled = (batch: Batch): boolean => {
    const found = valid.get(batch);
    return found?.vouches === true && there.has(found.name);
  };
  for (const batch of batches) {
    if (!settled(batch)) break;
    ends.add(batch.transitions.at(-1)?.seq ?? 0);
  }
  return ends;
}
