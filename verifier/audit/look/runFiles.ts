/** The files of a run, read for an audit: the trace is only scanned, however long it is. */
import { TimeBanditsError } from "../../../trace/errors.ts";
import { headerIn } from "../../../trace/replay/replayFile.ts";
import type { Manifest } from "../../../trace/run/manifest.ts";
import { pathIn, readGenesis, readManifest, requireProfiles } from "../../../trace/run/runDirectory.ts";
import { chunksOf } from "../../../trace/run/traceFile.ts";
import type { TraceHeader } from "../../../trace/run/traceLines.ts";
import { readParts } from "../../../trace/run/traceReader.ts";
import { type Scan, scanTrace, TriggerIndex } from "../../../trace/run/triggerIndex.ts";
import type { Genesis } from "../../../trace/state/genesis.ts";
import { batchName, type Problem, type ReadBundle } from "../../bundleSequence.ts";

/** A run directory whose trace was not read yet. */
export interface RunFiles {
  dir: string;
  /** Of the trace. */
  path: string;
  genesis: Genesis;
  manifest: Manifest;
  header: TraceHeader;
  scan: Scan;
  index: TriggerIndex;
}

/**
 * Reads a run directory, as `readRun` does.
 * @param mark bytes of the trace of which the scan gives lines and hash
 * @throws InvalidInputError naming file and field. A fault of the trace comes before one of the manifest
 */
export function runFiles(dir: string, mark = 0): RunFiles {
  const genesis = readGenesis(dir);
  const path = pathIn(dir, "trace");
  const header = headerIn(path);
  let manifest: Manifest;
  try {
    manifest = readManifest(dir, header.profiles);
    requireProfiles(header, manifest);
  } catch (error) {
    for (const _ of readParts(chunksOf(path)));
    throw error;
  }
  const scan = scanTrace(path, mark);
  return { dir, path, genesis, manifest, header, scan, index: new TriggerIndex(path, scan.triggers) };
}

/** The batch that proves a transition, or the trace itself. */
export function locate(seq: number, bundles: readonly ReadBundle[]): string {
  const batch = bundles.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  return batch === undefined ? "trace.jsonl" : batchName(batch);
}

/** The problem of an unreadable file. For a line of the trace it names the batch of that transition. */
export function unreadable(dir: string, error: unknown, bundles: readonly ReadBundle[]): Problem {
  if (!(error instanceof TimeBanditsError)) throw error;
  const field = "field" in error ? String(error.field) : "run";
  const line = /^line (\d+)/.exec(field)?.[1];
  const where = line === undefined || line === "1" ? "run" : locate(recordsBefore(dir, Number(line)) + 1, bundles);
  return { kind: "wrong", where, field, message: error.message };
}

const RECORD = Buffer.from('{"seq":');
const LINE_BREAK = 0x0a;

/** Number of records before a line of the trace. Those lines were read without an error. */
function recordsBefore(dir: string, line: number): number {
  let [number, records] = [1, 0];
  let rest: Uint8Array = new Uint8Array();
  for (const chunk of chunksOf(pathIn(dir, "trace"))) {
    const data = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let at = data.indexOf(LINE_BREAK); at >= 0; at = data.indexOf(LINE_BREAK, start)) {
      if (number++ >= line) return records;
      if (data.subarray(start, start + RECORD.length).equals(RECORD)) records++;
      start = at + 1;
    }
    rest = data.subarray(start);
  }
  return records;
}
