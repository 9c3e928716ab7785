/**
 * Withdrawing: a program that does not sign cannot stop others from proving. The run is traced again without the
 * program's unsigned effects, and without the effects that are impossible without them.
 */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Names } from "../trace/describe/names.ts";
import { programNumber } from "../trace/describe/programNumber.ts";
import { lookUp } from "../trace/effects/triggers.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { CELL, programOf, slotOf } from "../trace/layout.ts";
import { authorityAsked } from "../trace/machine/rowShape.ts";
import type { Transition } from "../trace/machine/transition.ts";
import type { Renumbering } from "../trace/replay/renumber.ts";
import { type LeftOut, retrace } from "../trace/replay/retrace.ts";
import { emptyManifest, type Manifest } from "../trace/run/manifest.ts";
import { createRun, pathIn, saveManifest } from "../trace/run/runDirectory.ts";
import { lockRun } from "../trace/run/runLock.ts";
import { TraceWriter } from "../trace/run/traceWriter.ts";
import { noteText } from "../trace/tracer/runScenario.ts";
import type { Batch } from "./batches/batcher.ts";
import { type ProvenBatch, validBundles } from "./batches/batchStatus.ts";
import { type BatchPlan, planOf } from "./batches/plan.ts";
import { proofsIn } from "./bundles/bundle.ts";
import type { OnProgress } from "./circuit/build.ts";
import { PROFILES } from "./profiles.ts";
import {
  bookOf,
  checker,
  isFor,
  type SignatureFile,
  usableSignatures,
  writeSignature,
} from "./signing/signatureFiles.ts";
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
 * unchanged.
 * @throws InvalidInputError if the trace does not replay, the program does not exist or has signed everything, or the
 *   directory holds a run; EnvironmentError if another process writes to either directory
 */
export async function withdrawDirectory(dir: string, options: WithdrawOptions): Promise<WithdrawReport> {
  using _lock = lockRun(dir, "withdraw");
  const plan = await planOf(dir, options.profile);
  const { manifest, genesis, trace, groups, map } = plan.run;
  const program = programNumber(options.program, manifest, map.programs());
  const files = await usableSignatures(dir);
  const proven = await validBundles(plan, options.onProgress);
  const from = await firstUnsigned(plan, proven, program, files);
  const leaveOut = (group: readonly Transition[]): boolean =>
    (group[0]?.seq ?? 0) >= from && group.some((t) => t.actor === program && authorityAsked(t) !== 0n);

  createRun(options.out, genesis);
  using _newLock = lockRun(options.out, "withdraw");
  const writer = TraceWriter.create(pathIn(options.out, "trace"), trace.header);
  const notes: string[] = [];
  const profiles = PROFILES.filter(({ name }) => trace.header.profiles.includes(name));
  let transitions = 0;
  const {
    left,
    numbers,
    map: end,
  } = retrace(genesis, groups, lookUp(trace.triggers), leaveOut, profiles, (group, now, { triggers }) => {
    writer.append(group, () => now.root(), triggers);
    notes.push(...notesOf(group));
    transitions += group.length;
  });
  writer.close(() => end.root());
  saveManifest(options.out, renamed(manifest, numbers, notes));

  const last = (left[0]?.group[0]?.seq ?? from) - 1;
  const bundles = [...proven]
    .filter(([batch]) => (batch.transitions.at(-1)?.seq ?? 0) <= last)
    .map(([, { name }]) => name);
  if (bundles.length > 0) await mkdir(proofsIn(options.out), { recursive: true });
  for (const name of bundles) await copyFile(join(proofsIn(dir), name), join(proofsIn(options.out), name));
  const signatures = await takeSignatures(await planOf(options.out, options.profile), options.out, files);
  return {
    ...{ program, name: manifest.programs[program] ?? null, from: last + 1, before: trace.records.length },
    ...{ transitions, left, bundles: bundles.length, signatures },
  };
}

/** First transition of the first batch that needs the program's signature and lacks it. */
async function firstUnsigned(
  plan: BatchPlan,
  proven: ReadonlyMap<Batch, ProvenBatch>,
  program: number,
  files: readonly SignatureFile[],
): Promise<number> {
  const book = await bookOf(files, plan.domain);
  for (const batch of plan.batches) {
    if (proven.get(batch)?.vouches === true) continue;
    const until = batch.transitions.at(-1)?.at ?? 0;
    const lacks = wantedSignatures(batch.transitions).some(
      (wanted) => wanted.program === program && book(wanted, until) === undefined,
    );
    if (lacks) return batch.transitions[0]?.seq ?? 1;
  }
  const who = new Names(plan.run.manifest).program(program);
  throw new InvalidInputError(
    "program",
    `${who} has signed all its effects, or needs no signature; there is nothing to leave out`,
  );
}

/** Copies the signatures that serve batches of the new run. @returns their number */
export async function takeSignatures(plan: BatchPlan, out: string, files: readonly SignatureFile[]): Promise<number> {
  const holds = await checker(files);
  let taken = 0;
  for (const { transitions } of plan.batches) {
    const { at: until = 0, seq: lastSeq = 0 } = transitions.at(-1) ?? {};
    for (const wanted of wantedSignatures(transitions)) {
      const file = files.find((each) => isFor(each, wanted, plan.domain) && each.validUntil >= until && holds(each));
      if (file === undefined) continue;
      await writeSignature(out, { ...file, lastSeq });
      taken++;
    }
  }
  return taken;
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
  const { scenario, profiles, functions, chain } = manifest;
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
    notes: [...manifest.notes.filter((note) => !/^(after )?transition \d+ /.test(note)), ...notes],
    ...(chain === undefined ? {} : { chain }),
  };
}
