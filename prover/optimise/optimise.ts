/** Optimising a run before it is proven: the same groups in an order that needs fewer or cheaper proofs. */
import { copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { lookUp } from "../../trace/effects/triggers.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { createRun, pathIn, saveManifest } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { TraceWriter } from "../../trace/run/traceWriter.ts";
import { programsOf } from "../../trace/state/genesis.ts";
import { fitsProfile, sizeOf } from "../../trace/tracer/groupSize.ts";
import { type Batch, batchesOf } from "../batches/batcher.ts";
import { validBundles } from "../batches/batchStatus.ts";
import { type BatchPlan, planOf } from "../batches/plan.ts";
import { proofsIn } from "../bundles/bundle.ts";
import type { OnProgress } from "../circuit/build.ts";
import { otherNotes, takeServing } from "../rewriting/newEnd.ts";
import { isFor, type SignatureFile, usableSignatures } from "../signing/signatureFiles.ts";
import { wantedSignatures } from "../signing/signatures.ts";
import { notesOf } from "../withdraw.ts";
import { type Cost, costOf } from "./cost.ts";
import { bestOrder, type Found } from "./order.ts";
import { reorder } from "./reorder.ts";

/** How to look for a cheaper order. */
export interface OptimiseOptions {
  /** Run directory to write, if the new order is better. */
  out: string;
  /** Only profile to plan with. It must be the one that `prove` will be given. */
  profile?: string | undefined;
  /** Most seconds by which a group's entry may be delayed; never earlier. Default 0: every group keeps its time. */
  later?: number | undefined;
  onProgress?: OnProgress | undefined;
}

/** Result of `optimiseDirectory`. */
export interface OptimiseReport {
  /** False if no better order was found. Nothing was written then. */
  gained: boolean;
  transitions: number;
  groups: number;
  /** Groups that could not move: they are proven, or name something unknown here. */
  fixed: number;
  /** Groups at another place than before, and groups with a later time. */
  moved: number;
  retimed: number;
  /** Cost of proving the unproven part, in the old order and in the new one. */
  before: Cost;
  after: Cost;
  /** The cost in batches of one profile alone (`prove --profile NAME`), for each profile that holds every group. */
  alone: Record<string, Cost>;
  /** Bundles and signatures that stay valid and were copied. */
  bundles: number;
  signatures: number;
}

/**
 * Writes the run in an order that costs less to prove, into a directory that holds no run yet. The old run is
 * unchanged. If there is no such order, nothing is written.
 * @throws InvalidInputError if the trace does not replay, the directory holds a run, or a signature covers a part that
 *   would change
 * @throws EnvironmentError if another process writes to either directory
 */
export async function optimiseDirectory(dir: string, options: OptimiseOptions): Promise<OptimiseReport> {
  using _lock = lockRun(dir, "optimise");
  const plan = await planOf(dir, options.profile);
  const { genesis, trace, groups } = plan.run;
  const { bundles, groups: proven } = await provenPart(plan, options.onProgress);
  const found = bestOrder(
    groups,
    lookUp(trace.triggers),
    plan.profiles,
    programsOf(genesis),
    proven,
    options.later ?? 0,
  );
  const { placed } = found.after;
  const report: OptimiseReport = {
    ...{ gained: found.after !== found.before, transitions: trace.records.length, groups: groups.length },
    fixed: found.fixed,
    moved: placed.filter(({ index }, i) => index !== i).length,
    retimed: placed.filter(({ index, at }) => at !== groups[index]?.at(-1)?.at).length,
    ...{ before: found.before.cost, after: found.after.cost, alone: costsAlone(plan, found, proven) },
    ...{ bundles: 0, signatures: 0 },
  };
  if (!report.gained) return report;

  const files = await usableSignatures(dir);
  if (files.length > 0) requireKept(plan, files, found, proven);
  createRun(options.out, genesis);
  using _newLock = lockRun(options.out, "optimise");
  write(options.out, plan, found);
  if (bundles.length > 0) await mkdir(proofsIn(options.out), { recursive: true });
  for (const name of bundles) await copyFile(join(proofsIn(dir), name), join(proofsIn(options.out), name));
  const made = await planOf(options.out, options.profile);
  const signatures = await takeServing(made.batches, made.domain, options.out, files);
  return { ...report, bundles: bundles.length, signatures };
}

/** The costs of the new order if all batches have one profile. */
function costsAlone({ run, profiles }: BatchPlan, { after }: Found, proven: number): Record<string, Cost> {
  const groups = after.placed.slice(proven).map(({ index }) => run.groups[index] ?? []);
  const holding = profiles.filter((profile) =>
    groups.every((group) => fitsProfile(profile, sizeOf(group, profile.levels))),
  );
  return Object.fromEntries(holding.map((profile) => [profile.name, costOf([...batchesOf(groups, profile)])]));
}

/**
 * The valid bundles from the first batch on, without a gap, and the number of groups that they prove, with those that
 * the chain had when the run was made from it.
 */
async function provenPart(plan: BatchPlan, onProgress?: OnProgress): Promise<{ bundles: string[]; groups: number }> {
  const bundles: string[] = [];
  const valid = plan.stored.length === 0 ? undefined : await validBundles(plan, onProgress);
  let last = plan.beginning.seq;
  for (const batch of valid === undefined ? [] : plan.batches) {
    const bundle = valid?.get(batch);
    if (bundle === undefined) break;
    bundles.push(bundle.name);
    last = batch.transitions.at(-1)?.seq ?? last;
  }
  return { bundles, groups: plan.run.groups.filter((group) => (group[0]?.seq ?? 0) <= last).length };
}

/** @throws InvalidInputError if a signature serves a batch of the old order but none of the new one */
function requireKept(plan: BatchPlan, files: readonly SignatureFile[], { after, fixed }: Found, proven: number): void {
  const { genesis, groups, trace } = plan.run;
  const first = groups[proven]?.[0]?.seq ?? 0;
  const open = plan.batches.filter(({ transitions }) => (transitions[0]?.seq ?? 0) >= first);
  const made: (readonly Transition[])[] = [];
  reorder(genesis, groups, lookUp(trace.triggers), after.placed, fixed, (group) => made.push(group));
  const old = filesFor(open, files, plan.domain);
  const now = filesFor([...batchesOf(made.slice(proven), ...plan.profiles)], files, plan.domain);
  const lost = [...old].filter((file) => !now.has(file));
  if (lost.length === 0) return;
  const programs = [...new Set(lost.map(({ program }) => program))].sort((a, b) => a - b).join(", ");
  throw new InvalidInputError(
    "signatures",
    `${lost.length} of them, of programs ${programs}, cover an order that would change, and with it the signed numbers; ` +
      "optimise a run before it is signed, or prove it as it is",
  );
}

/** The signatures that some batch asks for. */
function filesFor(batches: readonly Batch[], files: readonly SignatureFile[], domain: bigint): Set<SignatureFile> {
  const asked = batches.flatMap(({ transitions }) => wantedSignatures(transitions));
  return new Set(files.filter((file) => asked.some((wanted) => isFor(file, wanted, domain))));
}

function write(out: string, { run }: BatchPlan, { after, fixed }: Found): void {
  const { genesis, groups, trace, manifest } = run;
  const writer = TraceWriter.create(pathIn(out, "trace"), trace.header);
  const notes: string[] = [];
  const seqs = new Map<number, number>();
  const indices = after.placed.map(({ index }) => index);
  let done = 0;
  const end = reorder(genesis, groups, lookUp(trace.triggers), after.placed, fixed, (group, map, triggers) => {
    writer.append(group, () => map.root(), triggers);
    notes.push(...notesOf(group));
    const old = groups[indices[done++] ?? 0] ?? [];
    for (const [i, { seq }] of old.entries()) seqs.set(seq, group[i]?.seq ?? seq);
  });
  writer.close(() => end.root());
  saveManifest(out, renumbered(manifest, notes, seqs));
}

/** The manifest with the new numbers of transitions. Programs, kinds and slots keep their numbers. */
function renumbered(manifest: Manifest, made: readonly string[], seqs: ReadonlyMap<number, number>): Manifest {
  const notes = [...otherNotes(manifest.notes), ...made];
  const { runtime } = manifest;
  if (runtime === undefined) return { ...manifest, notes };
  const moved = <T extends { seq: number }>(record: T): T => ({ ...record, seq: seqs.get(record.seq) ?? record.seq });
  const records = { contracts: runtime.contracts.map(moved), failures: runtime.failures.map(moved) };
  return { ...manifest, notes, runtime: { ...runtime, ...records } };
}
