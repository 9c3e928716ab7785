/**
 * Replays a trace in pieces, on all threads. The pieces begin at states that the store beside the trace claims. Nothing
 * of the store is believed: each piece must end in the state that the next one began with, and the first begins with
 * the genesis. If that does not come out, or anything is wrong in a piece, the trace is replayed in order.
 */
import { EnvironmentError } from "../../../trace/errors.ts";
import { Machine } from "../../../trace/machine/machine.ts";
import { StealingPool } from "../../../trace/pool/pool.ts";
import { replayFile } from "../../../trace/replay/replayFile.ts";
import { mapOf } from "../../../trace/state/genesis.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";
import { DamagedStoreError } from "../../../trace/store/storeErrors.ts";
import type { ReadBundle } from "../../bundleSequence.ts";
import type { ReplayReport } from "../auditReport.ts";
import {
  type EarlierPart,
  findingsFor,
  provenBy,
  type Replayed,
  replayInOrder,
  savedAt,
  type TraceQuestion,
  wantedIn,
} from "../trace.ts";
import type { Findings } from "./findings.ts";
import type { Place } from "./part.ts";
import type { PieceAnswer, PieceSetup, PieceTask } from "./pieceTask.ts";
import type { RunFiles } from "./runFiles.ts";
import { claimedPlaces, stateBehind } from "./states.ts";
import type { Walked } from "./walk.ts";

/** Shortest piece that is worth a thread's start, in bytes of the trace: about four thousand transitions. */
const SHORTEST = 1 << 20;
/** Pieces for each thread: the threads finish close together, and what waits to be put together is small. */
const PIECES = 4;

/** Options of a replay on several threads. */
export interface PiecesOptions {
  threads: number;
  /** Bytes of the shortest piece. */
  shortest?: number;
}

/** Replays a run with all threads, or in order. The result is the same. */
export async function replayRun(
  run: RunFiles,
  bundles: readonly ReadBundle[],
  question: TraceQuestion,
  { threads, shortest = SHORTEST }: PiecesOptions,
): Promise<Replayed & { report: ReplayReport }> {
  const { scan, dir } = run;
  const begin = question.earlier?.place;
  const inOrder = (note: string | null): Replayed & { report: ReplayReport } => {
    const replayed =
      begin === undefined ? replayInOrder(run, bundles, question) : replayFrom(run, bundles, question, begin);
    return { ...replayed, report: { threads: 1, pieces: 1, note } };
  };
  const left = scan.bytes - (begin?.bytes ?? 0);
  if (threads < 2 || left < 2 * shortest) return inOrder(null);
  const claimed = claimedPlaces(dir).filter(({ bytes }) => bytes > (begin?.bytes ?? 0) && bytes < scan.bytes);
  const cuts = spread(claimed, begin?.bytes ?? 0, scan.bytes, Math.max(shortest, left / (threads * PIECES)));
  if (cuts.length === 0) return inOrder("there is no store with states of this run beside its trace");
  const setup: PieceSetup = {
    ...{ dir, path: run.path, genesis: run.genesis, wanted: wantedIn(run, bundles, question) },
    ...{ triggers: scan.triggers, bytes: scan.bytes },
  };
  const tasks = tasksOf(cuts, scan.bytes, question.earlier);
  const program = new URL("./pieceWorker.ts", import.meta.url);
  const workers = Math.min(threads, tasks.length);
  const pool = new StealingPool<PieceTask, PieceAnswer | { crashed: string }>({
    ...{ program, setup, threads: workers },
    lost: (cause) => new EnvironmentError("threads", `a thread of the audit ended: ${String(cause)}; audit again`),
  });
  try {
    const answers = tasks.map((task) => pool.run(task));
    // A failure before the others ends the waiting, and nobody waits for those.
    for (const answer of answers) answer.catch(() => undefined);
    const joined = new Joined(run, bundles, question);
    for (const [i, pending] of answers.entries()) {
      const answer = await pending;
      if ("crashed" in answer) throw new EnvironmentError("threads", `a thread of the audit failed: ${answer.crashed}`);
      const failed = joined.take(answer, tasks[i]?.from);
      if (failed !== undefined) {
        await pool.close(new EnvironmentError("threads", "the replay goes on in order"));
        return inOrder(`the pieces do not fit together (${failed})`);
      }
    }
    return { ...joined.result(), report: { threads: workers, pieces: tasks.length, note: null } };
  } finally {
    await pool.close(new EnvironmentError("threads", "the audit ended"));
  }
}

/** Places that cut the bytes into pieces of at least that length. */
export function spread(places: readonly Place[], begin: number, end: number, shortest: number): Place[] {
  const cuts: Place[] = [];
  let before = begin;
  for (const place of places) {
    if (place.seq === 0 || place.bytes < before + shortest || place.bytes + shortest > end) continue;
    cuts.push(place);
    before = place.bytes;
  }
  return cuts;
}

/** The pieces between the cuts. */
export function tasksOf(cuts: readonly Place[], bytes: number, earlier?: EarlierPart): PieceTask[] {
  const begins: PieceTask["from"][] = [earlier?.place, ...cuts];
  return begins.map((from, i) => ({ from, bytes: cuts[i]?.bytes ?? bytes, isKnown: i === 0 }));
}

/** Puts the answers for the pieces together. */
export class Joined {
  readonly #findings: Findings;
  readonly #run: RunFiles;
  readonly #question: TraceQuestion;
  readonly #places: Replayed["places"] = { proven: null, end: null };
  readonly #proven: number;
  #saved: Replayed["saved"];
  #header: Walked["header"];
  #genesisRoot: bigint | undefined;

  constructor(run: RunFiles, bundles: readonly ReadBundle[], question: TraceQuestion) {
    this.#run = run;
    this.#question = question;
    this.#findings = findingsFor(run, question);
    this.#genesisRoot = question.earlier?.genesisRoot;
    this.#proven = provenBy(run, bundles, question.earlier);
  }

  /** Takes the next answer. @returns why the pieces do not fit together; undefined if they do */
  take(answer: PieceAnswer, claim: Place | undefined): string | undefined {
    if ("failed" in answer) return answer.failed;
    const { begin, parts, end, header } = answer;
    const before = this.#places.end;
    if (claim === undefined) this.#genesisRoot = begin.root;
    else if (before !== null) {
      for (const name of ["seq", "bytes", "at", "root", "programs"] as const)
        if (before[name] !== begin[name]) return `${name} after transition ${before.seq} is not what was claimed`;
    }
    this.#header ??= header;
    for (const [part, place] of parts) {
      this.#findings.take(part);
      if (place === null) continue;
      if (place.seq === this.#proven) this.#places.proven ??= place;
      if (this.#saved === undefined || this.#proven === 0)
        this.#saved = savedAt(place, this.#proven, this.#findings, this.#run, this.#question) ?? this.#saved;
    }
    this.#places.end = end;
    this.#question.onProgress?.(end.seq);
    return undefined;
  }

  result(): Replayed {
    const end = this.#places.end;
    const seq = end?.seq ?? 0;
    this.#findings.plan.finish();
    const walked: Walked = {
      ...{ header: this.#header, records: seq, replayed: seq, torn: false, cut: 0 },
      ...{ safe: { seq, bytes: end?.bytes ?? 0 }, broken: undefined, root: end?.root },
    };
    const genesisRoot = this.#genesisRoot ?? 0n;
    return { walked, findings: this.#findings, genesisRoot, places: this.#places, saved: this.#saved };
  }
}

/** Replays what is behind an earlier audit: from a state of the store, or else after a replay of what was before. */
function replayFrom(run: RunFiles, bundles: readonly ReadBundle[], question: TraceQuestion, place: Place): Replayed {
  const stored = stateBehind(run, place);
  if (stored !== undefined) {
    let isUsed = false;
    try {
      return replayInOrder(run, bundles, question, () => {
        if (isUsed) return replayedTo(run, place);
        isUsed = true;
        return stored.map;
      });
    } catch (error) {
      // What is read later may be a lie, too.
      if (!(error instanceof DamagedStoreError)) throw error;
    } finally {
      stored.close();
    }
  }
  return replayInOrder(run, bundles, question, () => replayedTo(run, place));
}

/** @throws EnvironmentError if the trace does not lead to the state that the earlier audit found */
function replayedTo({ path, genesis }: RunFiles, { seq, root }: Place): TimeMap {
  const machine = new Machine(mapOf(genesis));
  replayFile(path, machine, seq);
  if (machine.map.root() === root) return machine.map;
  throw new EnvironmentError(
    "since",
    `another state is after transition ${seq} than the earlier audit found; audit all`,
  );
}
