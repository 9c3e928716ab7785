/** Replays a run as far as it goes, so that a damaged run can be looked at up to its fault. */
import { existsSync, statSync } from "node:fs";
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

/**
 * What has been replayed of a run. Roots at checkpoints are not compared here: the audit in the other worker compares
 * them.
 */
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
  /** Whether the replay is over. Else it goes on: it adds to `groups` and writes to `map`. */
  readonly whole: boolean;
  /** The part of the trace's bytes that was read, from 0 to 1. */
  readonly share: number;
}

/** Groups between two looks of whoever has a replay done. */
const STEP = 64;

/**
 * Replays what is whole.
 * @param onProgress told now and then which part of the trace was read
 * @throws InvalidInputError if the genesis cannot be read
 */
export function replayAsFar(dir: string, onProgress: (share: number) => void = () => undefined): AsFar {
  const steps = replaySteps(dir);
  let told = 0;
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    const { share } = value();
    if (share - told < PROGRESS_EVERY) continue;
    told = share;
    onProgress(share);
  }
}

/**
 * Replays step by step, so that others have their turn between.
 * @returns after some groups: how to see what was replayed so far. At the end: all of it
 * @throws InvalidInputError if the genesis cannot be read
 */
export function* replaySteps(dir: string): Generator<() => AsFar, AsFar> {
  const genesis = readGenesis(dir);
  const map = mapOf(genesis);
  const machine = new Machine(map);
  const groups: Transition[][] = [];
  const triggers = new Map<bigint, readonly Row[]>();
  let header: TraceHeader | undefined;
  const unreached: TraceRecord[] = [];
  let stopped: string | null = null;
  let read = 0;
  let since = 0;
  const bytes = bytesOf(pathIn(dir, "trace"));
  const seen = (whole: boolean): AsFar => {
    const { manifest, fault } = namesOf(dir, header);
    const found = { genesis, header, groups, map, triggers, unreached, manifest };
    return { ...found, stopped: stopped ?? fault, whole, share: whole ? 1 : Math.min(1, read / bytes) };
  };
  try {
    for (const part of readParts(chunksOf(pathIn(dir, "trace")))) {
      read = part.bytes;
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
      if (++since < STEP) continue;
      since = 0;
      yield () => seen(false);
    }
  } catch (error) {
    stopped ??= reasonOf(error);
  }
  return seen(true);
}

function bytesOf(path: string): number {
  return existsSync(path) ? Math.max(1, statSync(path).size) : 1;
}

/** @throws unknown what is no fault of the run */
function reasonOf(error: unknown): string {
  if (error instanceof TimeBanditsError) return error.message;
  throw error;
}

/** A part of the trace's bytes. */
const PROGRESS_EVERY = 0.01;

/** A manifest that cannot be read leaves numbers in place of names. */
function namesOf(dir: string, header: TraceHeader | undefined): { manifest: Manifest; fault: string | null } {
  try {
    return { manifest: readManifest(dir, header?.profiles ?? []), fault: null };
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return { manifest: emptyManifest(""), fault: error.message };
  }
}
