/** The trace of an audit, replayed, and what of it is to be told and in which words. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { readBlocksFile } from "../../trace/chain/blocksFile.ts";
import { ChainRecord, recordIn } from "../../trace/chain/record.ts";
import { wordsOf } from "../../trace/chain/words.ts";
import { NO_NAMES } from "../../trace/describe/names.ts";
import { type NamesInUse, namesInUse } from "../../trace/describe/ownNames.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { BLOCKS_FILE } from "../../trace/import/blocks/blockLines.ts";
import { lastSeqIn } from "../../trace/run/runDirectory.ts";
import type { ReadBundle } from "../bundleSequence.ts";
import type { AuditOptions, ReplayReport } from "./auditReport.ts";
import { USUALLY_TOLD } from "./auditReport.ts";
import type { EarlierAudit } from "./earlier.ts";
import type { ToldRange } from "./look/part.ts";
import { replayRun } from "./look/pieces.ts";
import { type RunFiles, runFiles, unreadable } from "./look/runFiles.ts";
import { toldRange } from "./look/told.ts";
import { concluded, type EarlierPart, type TraceFindings, withoutRun } from "./trace.ts";

/** What the trace gives, and how it is told. */
export interface TracedRun extends TraceFindings {
  report: ReplayReport;
  told: ToldRange;
  /** The blocks of an imported run. */
  record: ChainRecord | null;
  used: NamesInUse;
  notes: string[];
}

/** The files of a run, or why they cannot be read. */
export type FilesFound = { run: RunFiles } | { error: unknown };

/** Most transitions to report. */
export function mostOf({ most = USUALLY_TOLD }: AuditOptions): number {
  return most;
}

/** Reads the files of a run. */
export function filesIn(dir: string, since: EarlierAudit | undefined): FilesFound {
  try {
    return { run: runFiles(dir, since?.place.bytes) };
  } catch (error) {
    return { error };
  }
}

const NONE: ReplayReport = { threads: 1, pieces: 1, note: null };

/** Replays the trace, and compares it with the bundles. */
export async function traceIn(
  dir: string,
  files: FilesFound,
  bundles: readonly ReadBundle[],
  threads: number,
  options: AuditOptions,
): Promise<TracedRun> {
  const told = { from: 1, to: 0, most: 0 };
  const without = (error: unknown): TracedRun => ({
    ...withoutRun(unreadable(dir, error, bundles)),
    ...{ report: NONE, told, record: null, used: namesInUse(NO_NAMES, options.names), notes: [] },
  });
  if ("error" in files) return without(files.error);
  try {
    const claimed = claimedRecord(dir);
    const traced = await traceWith(files.run, claimed, bundles, threads, options);
    if (claimed === null || traced.record !== null || options.only === undefined) return traced;
    // The blocks are another run's: what is kept must be chosen without them.
    const { record, used, notes } = traced;
    return { ...(await traceWith(files.run, null, bundles, threads, options)), record, used, notes };
  } catch (error) {
    if (error instanceof InvalidInputError && /^line \d/.test(error.field)) return without(error);
    throw error;
  }
}

/** The blocks beside the run, if they can be read. Whether they are this run's shows in the end. */
function claimedRecord(dir: string): ChainRecord | null {
  if (!existsSync(join(dir, BLOCKS_FILE))) return null;
  try {
    return new ChainRecord(readBlocksFile(dir));
  } catch (error) {
    if (error instanceof InvalidInputError) return null;
    throw error;
  }
}

async function traceWith(
  run: RunFiles,
  claimed: ChainRecord | null,
  bundles: readonly ReadBundle[],
  threads: number,
  options: AuditOptions,
): Promise<TracedRun> {
  const { since, profile, save, onProgress, only = {} } = options;
  const given = { addresses: options.names?.tables.addresses !== undefined, functions: options.functions };
  const namesWith = (record: ChainRecord | null): NamesInUse =>
    namesInUse(run.manifest, options.names, wordsOf(record, run.manifest, given));
  const [first, most] = [(since?.place.seq ?? 0) + 1, mostOf(options)];
  const told = toldRange(only, { first, most, tables: namesWith(claimed).tables, chain: claimed });
  const earlier: EarlierPart | undefined = since === undefined ? undefined : { ...since, lines: run.scan.before.lines };
  const all = lastSeqIn(run.path);
  const question = {
    ...{ told, profile, save, earlier },
    blocks: claimed?.file.blocks.flatMap(({ seqs, time }) => (seqs === null ? [] : [[...seqs, time] as const])),
    onProgress: onProgress === undefined ? undefined : (seq: number) => onProgress("replay", seq, all),
  };
  const replayed = await replayRun(run, bundles, question, { threads });
  const findings = concluded(run, bundles, replayed, earlier);
  const transitions = { mistimed: replayed.findings.mistimed };
  const found = recordIn(run.dir, { manifest: run.manifest, records: findings.records, transitions });
  const { record, notes } = found;
  return { ...findings, report: replayed.report, told, record, notes, used: namesWith(record) };
}
