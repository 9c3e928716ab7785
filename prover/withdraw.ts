/**
 * Withdrawing: a program that does not sign cannot stop others from proving. The run is traced again without the
 * program's unsigned effects, and without the effects that are impossible without them.
 */
import { copyFileSync, renameSync } from "node:fs";
import { Names } from "../trace/describe/names.ts";
import { programNumber } from "../trace/describe/programNumber.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { CELL, programOf, slotOf } from "../trace/layout.ts";
import { authorityAsked } from "../trace/machine/rowShape.ts";
import type { Transition } from "../trace/machine/transition.ts";
import { writeCells } from "../trace/query/past.ts";
import type { Renumbering } from "../trace/replay/renumber.ts";
import { type LeftOut, retraceFrom } from "../trace/replay/retrace.ts";
import { emptyManifest, type Manifest } from "../trace/run/manifest.ts";
import { createRun, pathIn, readGenesis, saveManifest } from "../trace/run/runDirectory.ts";
import { lockRun } from "../trace/run/runLock.ts";
import { copyStore } from "../trace/store/copyStore.ts";
import type { StoreOptions } from "../trace/store/openStore.ts";
import { noteText } from "../trace/tracer/runScenario.ts";
import type { KnownBundle } from "./batches/knownBundles.ts";
import { type UnprovenPart, withUnprovenPart } from "./batches/unprovenPart.ts";
import type { OnProgress } from "./circuit/build.ts";
import { PROFILES } from "./profiles.ts";
import { bundlesUpTo, copyBundles, NewEnd, notesBefore, otherNotes, takeSignatures } from "./rewriting/newEnd.ts";
import { bookOf, type SignatureFile, usableSignatures } from "./signing/signatureFiles.ts";
import { wantedSignatures } from "./signing/signatures.ts";

/** The program whose effects are left out, and the directory for the rest. */
export interface WithdrawOptions {
  /** Program whose unsigned effects are left out: its name in the manifest, or its number. */
  program: string;
  /** Run directory to write. */
  out: string;
  /** Only profile to plan with. It must be the one that `prove` will be given. */
  profile?: string | undefined;
  onProgress?: OnProgress | undefined;
  /** How the run's store is used; false for not at all. It is only read. */
  store?: Pick<StoreOptions, "onNotice"> | false | undefined;
}

/** Result of `withdrawDirectory`. */
export interface WithdrawReport {
  program: number;
  name: string | null;
  /** First transition of the old trace that is left out. */
  from: number;
  /** Number of transitions before and now. */
  before: number;
  transitions: number;
  left: LeftOut[];
  /** Number of bundles and signatures that stay valid and were copied. */
  bundles: number;
  signatures: number;
}

/**
 * Writes the run without the program's unsigned effects, into a directory that holds no run yet. The old run is
 * unchanged. With a store, only what is behind the last proof that stands for signatures is replayed.
 * @throws InvalidInputError if the trace does not replay, the program does not exist or has signed everything, or the
 *   directory holds a run; EnvironmentError if another process writes to either directory
 */
export async function withdrawDirectory(dir: string, options: WithdrawOptions): Promise<WithdrawReport> {
  using _lock = lockRun(dir, "withdraw");
  const files = await usableSignatures(dir);
  // Anyone can forge a proof under a development key, so it does not stand for a signature.
  const counts = ({ key }: KnownBundle): boolean => key.kind !== "development";
  return await withUnprovenPart(dir, { ...options, counts }, async (part) => {
    const program = programNumber(options.program, part.manifest, part.end.programs());
    const from = await firstUnsigned(part, program, files);
    return await written(dir, part, { program, from, files, out: options.out });
  });
}

interface Withdrawal {
  program: number;
  /** First transition of the first batch that the program has not signed. */
  from: number;
  files: readonly SignatureFile[];
  out: string;
}

async function written(
  dir: string,
  part: UnprovenPart,
  { program, from, files, out }: Withdrawal,
): Promise<WithdrawReport> {
  const { manifest, header, groups, transitions: before } = part;
  const map = part.map.clone();
  const kept = groups.filter((group) => (group[0]?.seq ?? 0) < from);
  for (const transition of kept.flat()) writeCells(map, transition);
  const start = { map, seq: from - 1, at: kept.at(-1)?.at(-1)?.at ?? part.at, programs: map.programs() };
  const leaveOut = (group: readonly Transition[]): boolean =>
    group.some((t) => t.actor === program && authorityAsked(t) !== 0n);
  const profiles = PROFILES.filter(({ name }) => header.profiles.includes(name));
  const end = new NewEnd();
  const { left, numbers } = retraceFrom(
    start,
    groups.slice(kept.length),
    part.triggers,
    leaveOut,
    profiles,
    (group, now) => end.add(group, now),
  );
  const root = map.root();
  const place = part.placeBefore(from);
  const notes = [...notesBefore(manifest.notes, from), ...end.groups.flatMap(notesOf)];
  const named = renamed(manifest, numbers, notes);
  const triggers = end.triggers(numbers.triggers);
  part.store?.requireSound();

  createRun(out, readGenesis(dir));
  using _newLock = lockRun(out, "withdraw");
  // Under another name until it is cut: an interruption must not leave what is left out.
  const unfinished = `${pathIn(out, "trace")}.part`;
  copyFileSync(pathIn(dir, "trace"), unfinished);
  end.write(unfinished, place, root, triggers);
  saveManifest(out, named);
  renameSync(unfinished, pathIn(out, "trace"));
  const last = (left[0]?.group[0]?.seq ?? from) - 1;
  const bundles = bundlesUpTo(part, last);
  await copyBundles(dir, out, bundles);
  if (part.store !== undefined) copyStore(part.store, out);
  const signatures = await takeSignatures(part, [...kept, ...end.groups], { out, names: bundles, files });
  const transitions = from - 1 + end.groups.flat().length;
  return {
    ...{ program, name: manifest.programs[program] ?? null, from: last + 1, before, transitions, left },
    ...{ bundles: bundles.length, signatures },
  };
}

/** First transition of the first batch that needs the program's signature and lacks it. */
async function firstUnsigned(part: UnprovenPart, program: number, files: readonly SignatureFile[]): Promise<number> {
  const book = await bookOf(files, part.domain);
  for (const batch of part.batches) {
    if (part.valid.get(batch)?.vouches === true) continue;
    const until = batch.transitions.at(-1)?.at ?? 0;
    const lacks = wantedSignatures(batch.transitions).some(
      (wanted) => wanted.program === program && book(wanted, until) === undefined,
    );
    if (lacks) return batch.transitions[0]?.seq ?? 1;
  }
  const who = new Names(part.manifest).program(program);
  throw new InvalidInputError(
    "program",
    `${who} has signed all its effects, or needs no signature; there is nothing to leave out`,
  );
}

/** The events of watches in a group, as notes. */
export function notesOf(group: readonly Transition[]): string[] {
  return group.flatMap(({ effect, authority, seq, columns }) => {
    const watch = { program: programOf(authority), slot: slotOf(authority) };
    if (effect === "Trigger") return [noteText({ event: "applied", watch, seq })];
    const fired = effect === "Check" && Number(columns.X.after[0] & 7n) === CELL.fired;
    return fired ? [noteText({ event: "fired", watch, seq })] : [];
  });
}

/** The manifest with the remaining names. Notes about transitions are made anew, because the numbers have changed. */
export function renamed(manifest: Manifest, numbers: Renumbering, notes: readonly string[]): Manifest {
  const { scenario, profiles, functions, chain, rebuilt } = manifest;
  const table = (names: Record<string, string>, renumber: (key: string) => number | bigint): Record<string, string> =>
    Object.fromEntries(
      Object.entries(names).flatMap(([key, name]) => {
        try {
          return [[renumber(key).toString(), name]];
        } catch {
          return [];
        }
      }),
    );
  return {
    ...emptyManifest(scenario, profiles),
    programs: table(manifest.programs, (key) => numbers.program(Number(key))),
    kinds: table(manifest.kinds, (key) => numbers.kind(BigInt(key))),
    slots: table(manifest.slots, (key) => numbers.address(Number(key))),
    functions,
    notes: [...otherNotes(manifest.notes), ...notes],
    ...(chain === undefined ? {} : { chain }),
    ...(rebuilt === undefined ? {} : { rebuilt }),
  };
}
