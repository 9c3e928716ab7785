/**
 * Compares a trace with its proofs: replays it, recomputes every root and commitment, and compares them with the
 * bundles.
 */
import { readFileSync } from "node:fs";
import { runDomain } from "../../prover/batches/plan.ts";
import { rangeOf } from "../../prover/bundles/bundle.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { count, plural, span } from "../../trace/describe/count.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { replay } from "../../trace/replay/replay.ts";
import { pathIn, type Run, readRun } from "../../trace/run/runDirectory.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { batchName, type Problem, type ReadBundle } from "../bundleSequence.ts";

/** Result of the replay. */
export interface TraceFindings {
  /** The run's files; null if one of them is unreadable. */
  run: Run | null;
  /** The state at the end of the replay; null if there is none. */
  map: TimeMap | null;
  /** The transitions, as far as the trace replays. */
  transitions: Transition[];
  /** Roots by seq: the genesis, the ends of all batches, the end. */
  roots: Map<number, bigint>;
  problems: Problem[];
}

/**
 * Replays a run directory and compares it with its bundles. Faults in files are reported, not thrown.
 */
export function auditTrace(dir: string, bundles: readonly ReadBundle[]): TraceFindings {
  const findings: TraceFindings = { run: null, map: null, transitions: [], roots: new Map(), problems: [] };
  try {
    findings.run = readRun(dir);
  } catch (error) {
    findings.problems.push(unreadable(dir, error, bundles));
    return findings;
  }
  const { run, problems } = findings;
  if (run.trace.torn) {
    const message = `ends in an unfinished group, which was left out (${count(run.trace.cut, "transition")})`;
    problems.push({
      kind: "wrong",
      where: locate(run.trace.records.length + 1, bundles),
      field: "trace.jsonl",
      message,
    });
  }
  replayInto(findings, run, bundles);
  for (const batch of bundles) {
    for (const { field, message } of compareBatch(
      batch,
      findings,
      runDomain(run.manifest, run.trace.header.genesisRoot),
    )) {
      problems.push({ kind: "wrong", where: batchName(batch), field, message });
    }
  }
  const proven = bundles.at(-1)?.lastSeq ?? 0;
  const all = run.trace.records.length;
  if (proven < all) {
    const message = `${span("transition", proven + 1, all)} ${plural(all - proven, "is")} not proven; run prove`;
    problems.push({ kind: "unfinished", where: "trace.jsonl", field: "transitions", message });
  }
  return findings;
}

function replayInto(findings: TraceFindings, run: Run, bundles: readonly ReadBundle[]): void {
  const { transitions, roots, problems } = findings;
  const wanted = new Set(bundles.flatMap(({ firstSeq, lastSeq }) => [firstSeq - 1, lastSeq]));
  findings.map = mapOf(run.genesis);
  roots.set(0, findings.map.root());
  const end = run.trace.records.length;
  try {
    const steps = replay(run.genesis, run.trace, {
      // An audit recomputes the root at every checkpoint.
      everyRoot: true,
      onGroup(group, map) {
        findings.map = map;
        const last = group.at(-1)?.seq ?? 0;
        if (wanted.has(last) || last === end) roots.set(last, map.root());
      },
    });
    for (const group of steps) transitions.push(...group);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    const field = "field" in error ? String(error.field) : "trace.jsonl";
    const named = /^transition (\d+)/.exec(field)?.[1];
    const seq = named === undefined ? transitions.length + 1 : Number(named);
    problems.push({ kind: "wrong", where: locate(seq, bundles), field, message: error.message });
  }
}

/**
 * Differences between a bundle's statement and the trace. The comparison ends where the trace stops replaying.
 */
function* compareBatch(
  { bundle, firstSeq, lastSeq }: ReadBundle,
  { run, transitions, roots }: TraceFindings,
  domain: bigint,
): Generator<{ field: string; message: string }> {
  const { statement } = bundle;
  if (statement.domain !== domain) {
    yield { field: "domain", message: `is ${statement.domain}, but the run's map has ${domain}; prove again` };
  }
  const records = run?.trace.records.length ?? 0;
  if (lastSeq > records) {
    yield { field: "lastSeq", message: `is ${lastSeq}, but the trace ends with transition ${records}` };
    return;
  }
  if (lastSeq > transitions.length) return;
  const batch = transitions.slice(firstSeq - 1, lastSeq);
  const [first, last] = [batch[0] as Transition, batch.at(-1) as Transition];
  const profile = PROFILES.find(({ name }) => name === bundle.profile);
  const { notBefore, until } = rangeOf(bundle);
  const commitment = profile === undefined ? undefined : commitTo(batch, profile.rows).root;
  const pairs: [field: string, here: bigint | number, there: bigint | number | undefined][] = [
    ["notBefore", notBefore, first.at],
    ["until", until, last.at],
    ["preRoot", statement.preRoot, roots.get(firstSeq - 1)],
    ["postRoot", statement.postRoot, roots.get(lastSeq)],
    ["traceRoot", statement.traceRoot, commitment],
  ];
  for (const [field, here, there] of pairs) {
    if (here !== there)
      yield { field, message: `is ${here}, but the trace gives ${there ?? "none: the batch cuts a group"}` };
  }
}

/** The batch that proves a transition, or the trace itself. */
function locate(seq: number, bundles: readonly ReadBundle[]): string {
  const batch = bundles.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  return batch === undefined ? "trace.jsonl" : batchName(batch);
}

/** The problem of an unreadable file. For a line of the trace it names the batch of that transition. */
function unreadable(dir: string, error: unknown, bundles: readonly ReadBundle[]): Problem {
  if (!(error instanceof TimeBanditsError)) throw error;
  const field = "field" in error ? String(error.field) : "run";
  const line = /^line (\d+)/.exec(field)?.[1];
  const where = line === undefined || line === "1" ? "run" : locate(recordsBefore(dir, Number(line)) + 1, bundles);
  return { kind: "wrong", where, field, message: error.message };
}

/** Number of records before a line of the trace. Those lines were read without an error. */
function recordsBefore(dir: string, line: number): number {
  const lines = readFileSync(pathIn(dir, "trace"), "latin1").split("\n", line - 1);
  return lines.filter((text) => text.startsWith('{"seq":')).length;
}
