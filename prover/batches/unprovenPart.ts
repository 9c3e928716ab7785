/** A run behind its first proven batches, for those who write its end anew. */
import { lookUp, type TriggerRows } from "../../trace/effects/triggers.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { chunksOf } from "../../trace/run/traceFile.ts";
import type { SafeEnd } from "../../trace/run/traceGroups.ts";
import type { TraceHeader } from "../../trace/run/traceLines.ts";
import { readParts } from "../../trace/run/traceReader.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { readableStore, type StoreOptions } from "../../trace/store/openStore.ts";
import type { Store } from "../../trace/store/store.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";
import type { StoredBundle } from "../bundles/bundle.ts";
import type { OnProgress } from "../circuit/build.ts";
import type { Profile } from "../profiles.ts";
import type { Batch } from "./batcher.ts";
import { type ProvenBatch, validBundles } from "./batchStatus.ts";
import type { KnownBundle } from "./knownBundles.ts";
import { planOf } from "./plan.ts";
import { planBehind } from "./provingPlan.ts";

/** A proven batch that was not read. */
export interface BatchBefore {
  /** Name of its bundle. */
  readonly name: string;
  readonly last: number;
  /** Whether its proof stands for signatures. */
  readonly vouches: boolean;
}

/** The end of a run. */
export interface UnprovenPart {
  readonly manifest: Manifest;
  readonly header: TraceHeader;
  readonly profiles: readonly Profile[];
  readonly domain: bigint;
  /** Transitions of the whole run. */
  readonly transitions: number;
  /** The proven batches before it. */
  readonly before: readonly BatchBefore[];
  /** Number and time of the last transition before it. */
  readonly seq: number;
  readonly at: number;
  /** The state there, and at the end. Not to be changed. */
  readonly map: TimeMap;
  readonly end: TimeMap;
  readonly groups: readonly (readonly Transition[])[];
  readonly batches: readonly Batch[];
  /** The bundles of these batches, valid or not, and the valid ones. */
  readonly stored: readonly StoredBundle[];
  readonly valid: ReadonlyMap<Batch, ProvenBatch>;
  /** The rows behind the digests of all triggers. */
  readonly triggers: TriggerRows;
  /** The store from which it was read; undefined if the whole run was replayed. */
  readonly store: Store | undefined;
  /** The end of the trace before one of its groups. */
  placeBefore(seq: number): TraceBeginning;
}

/** The end of a part of a trace, behind the checkpoint that follows it if there is one. */
export interface TraceBeginning extends SafeEnd {
  /** Its last checkpoint, if the part ends with it; else 0. */
  readonly checkpoint: number;
}

/** How it is read. */
export interface PartOptions {
  readonly profile?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  /** Which proven batches count. They have to be before all others. */
  readonly counts: (bundle: KnownBundle) => boolean;
  /** How the run's store is used; false for not at all. It is only read. */
  readonly store?: Pick<StoreOptions, "onNotice"> | false | undefined;
}

/**
 * Works with the end of a run: by its store if there is one that can be believed, else of a replay of all of it. If the
 * store turns out to be damaged, the work is done again with a replay.
 * @param work must not have written anything when it reads of the store
 */
export async function withUnprovenPart<T>(
  dir: string,
  options: PartOptions,
  work: (part: UnprovenPart) => Promise<T>,
): Promise<T> {
  const { store: use, profile, onProgress } = options;
  if (use !== false) {
    try {
      using store = readableStore(dir, use?.onNotice);
      const part = store && (await storedPart(dir, store, options));
      if (part !== undefined) return await work(part);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      use?.onNotice?.(`${error.message.split(";")[0]}; everything is replayed`);
    }
  }
  return await work(await wholeRun(dir, profile, onProgress));
}

/** @returns undefined if an interruption left the end of the trace unfinished */
async function storedPart(
  dir: string,
  store: Store,
  { profile, onProgress, counts }: PartOptions,
): Promise<UnprovenPart | undefined> {
  const { behind, proven, beginning, ...plan } = await planBehind(dir, profile, store, counts);
  const { from, lead, map, end, groups, transitions } = behind;
  if (end === undefined) return undefined;
  const [earlier, later] = [store.triggers(from), lookUp(behind.triggers)];
  return {
    ...{ ...plan, transitions, map, end, groups, store },
    before: proven.map(({ name, last, key }) => ({ name, last, vouches: key.kind !== "development" })),
    seq: proven.at(-1)?.last ?? beginning.seq,
    at: lead.at(-1)?.at(-1)?.at ?? from.at,
    valid: await validBundles({ ...plan, map: map.clone() }, onProgress),
    triggers: (digest) => later(digest) ?? earlier(digest),
    placeBefore: (seq) => placeBefore(pathIn(dir, "trace"), seq, { seq: from.last, bytes: from.bytes }),
  };
}

async function wholeRun(dir: string, profile?: string, onProgress?: OnProgress): Promise<UnprovenPart> {
  const { run, beginning, ...plan } = await planOf(dir, profile);
  const { manifest, trace, map: end } = run;
  const { seq } = beginning;
  const groups = run.groups.filter((group) => (group[0]?.seq ?? 0) > seq);
  const at = trace.records[seq - 1]?.at ?? 0;
  return {
    ...{ ...plan, manifest, groups, end, header: trace.header, transitions: trace.records.length, before: [] },
    ...{ seq, at, triggers: lookUp(trace.triggers), store: undefined },
    valid: await validBundles({ ...plan, map: plan.map.clone() }, onProgress),
    placeBefore: (seq) => placeBefore(pathIn(dir, "trace"), seq),
  };
}

/** @param after where reading begins: behind a checkpoint */
function placeBefore(path: string, seq: number, after?: SafeEnd): TraceBeginning {
  let place: TraceBeginning = { seq: seq - 1, bytes: after?.bytes ?? 0, checkpoint: after?.seq ?? 0 };
  let announced = false;
  for (const part of readParts(chunksOf(path, after?.bytes), after)) {
    if ("group" in part) {
      if ((part.group[0]?.seq ?? 0) >= seq) break;
      place = { ...place, bytes: part.bytes, checkpoint: 0 };
      announced = false;
    } else if ("trigger" in part) {
      announced = true;
    } else if ("header" in part) {
      place = { ...place, bytes: part.bytes };
    } else if (!announced && part.checkpoint.checkpoint < seq) {
      place = { ...place, bytes: part.bytes, checkpoint: part.checkpoint.checkpoint };
    }
  }
  return place;
}
