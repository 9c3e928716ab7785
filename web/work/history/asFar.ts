/** Replays a run as far as it goes, so that a damaged run can be looked at up to its fault. */
import { TimeBanditsError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import { applied, requireBeginning } from "../../../trace/replay/replay.ts";
import { emptyManifest, type Manifest } from "../../../trace/run/manifest.ts";
import { pathIn, readGenesis, readManifest } from "../../../trace/run/runDirectory.ts";
import { chunksOf } from "../../../trace/run/traceFile.ts";
import type { TraceHeader, TraceRecord } from "../../../trace/run/traceLines.ts";
import { readParts } from "../../../trace/run/traceReader.ts";
import { type Genesis, mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";

/** What replays of a run. Roots at checkpoints are not compared here: the audit in the other worker compares them. */
export interface AsFar {
  readonly genesis: Genesis;
  readonly header: TraceHeader | undefined;
  readonly manifest: Manifest;
  readonly groups: Transition[][];
  readonly map: TimeMap;
  readonly triggers: Map<bigint, readonly Row[]>;
  /** Records behind a fault of the replay, as far as they can be read. Nothing of them was replayed. */
  readonly unreached: readonly TraceRecord[];
  /** Why it goes no further, in a sentence; null if it goes to the end. */
  readonly stopped: string | null;
}

/**
 * Replays what is whole.
 * @param onProgress told the last transition now and then
 * @throws InvalidInputError if the genesis cannot be read
 */
export function replayAsFar(dir: string, onProgress: (seq: number) => void): AsFar {
  const genesis = readGenesis(dir);
  const map = mapOf(genesis);
  const machine = new Machine(map);
  const groups: Transition[][] = [];
  const triggers = new Map<bigint, readonly Row[]>();
  let header: TraceHeader | undefined;
  const unreached: TraceRecord[] = [];
  let stopped: string | null = null;
  let told = 0;
  try {
    for (const part of readParts(chunksOf(pathIn(dir, "trace")))) {
      if ("header" in part) {
        header = part.header;
        requireBeginning(header, map);
      } else if ("trigger" in part) triggers.set(part.trigger.digest, part.trigger.rows);
      else if ("group" in part && stopped !== null) unreached.push(...part.group);
      else if ("group" in part) {
        try {
          groups.push(applied(machine, part.group));
        } catch (error) {
          stopped = reasonOf(error);
          unreached.push(...part.group);
        }
      }
      if (machine.seq - told < PROGRESS_EVERY) continue;
      told = machine.seq;
      onProgress(told);
    }
  } catch (error) {
    stopped ??= reasonOf(error);
  }
  const named = namesOf(dir, header);
  const { manifest, fault } = named;
  return { ...{ genesis, header, groups, map, triggers, unreached }, manifest, stopped: stopped ?? fault };
}

/** @throws unknown what is no fault of the run */
function reasonOf(error: unknown): string {
  if (error instanceof TimeBanditsError) return error.message;
  throw error;
}

const PROGRESS_EVERY = 2_000;

/** A manifest that cannot be read leaves numbers in place of names. */
function namesOf(dir: string, header: TraceHeader | undefined): { manifest: Manifest; fault: string | null } {
  try {
    return { manifest: readManifest(dir, header?.profiles ?? []), fault: null };
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return { manifest: emptyManifest(""), fault: error.message };
  }
}
