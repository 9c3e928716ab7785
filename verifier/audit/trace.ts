/**
 * Compares a trace with its proofs: replays it, recomputes every root and commitment, and compares them with the
 * bundles. The trace may be larger than the memory.
 */
import { profilesFor, runDomain } from "../../prover/batches/plan.ts";
import { rangeOf } from "../../prover/bundles/bundle.ts";
import { PROFILES } from "../../prover/profiles.ts";
import { count, plural, span } from "../../trace/describe/count.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { keysOf } from "../../trace/signing/boundPrograms.ts";
import { isMoored, mapOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { batchName, type Problem, type ReadBundle } from "../bundleSequence.ts";
import { Findings, type SavedFindings } from "./look/findings.ts";
import { Look } from "./look/look.ts";
import type { Part, Place, SeenRange, ToldRange, Wanted } from "./look/part.ts";
import { locate, type RunFiles, runFiles, unreadable } from "./look/runFiles.ts";
import { type Walked, walk } from "./look/walk.ts";

/** What an audit wants from the trace besides its problems. */
export interface TraceQuestion {
  /** The transitions to keep; by default none. */
  told?: ToldRange;
  /** The times of an imported run's blocks; undefined for other runs. */
  blocks?: Wanted["blocks"] | undefined;
  /** Name of the only profile for the unproven batches. */
  profile?: string | undefined;
  /** What an earlier audit found: this one begins where it ended. */
  earlier?: EarlierPart | undefined;
  /** Keep what a later audit needs to begin where this one ends. */
  save?: boolean | undefined;
  onProgress?: ((seq: number) => void) | undefined;
}

/** The part of a trace that was audited before. */
export interface EarlierPart {
  place: Place;
  /** Lines of the trace before the place. */
  lines: number;
  /** The last transition that a bundle proved. */
  proven: number;
  genesisRoot: bigint;
  findings: SavedFindings;
}

/** What the trace gives. */
export interface TraceFindings {
  /** The run's files; null if one of them is unreadable. */
  run: RunFiles | null;
  /** Null if there is no run. */
  findings: Findings | null;
  /** Transitions of the trace, and those of them that replay. */
  records: number;
  replayed: number;
  /** Roots of the genesis and of the end of the trace, as far as they are known. */
  roots: { genesis: bigint | undefined; end: bigint | undefined };
  /** Where the last bundle ends, and where the trace ends; null where the replay did not get there. */
  places: { proven: Place | null; end: Place | null };
  /** What a later audit can begin with; undefined where the replay did not get there, or it was not asked for. */
  saved: SavedPart | undefined;
  problems: Problem[];
}

/** A place, and what was found up to there. */
export interface SavedPart {
  place: Place;
  findings: SavedFindings;
}

/** A replay of the trace, and what was found on the way. */
export interface Replayed {
  walked: Walked;
  findings: Findings;
  genesisRoot: bigint;
  places: TraceFindings["places"];
  saved: SavedPart | undefined;
}

const NOTHING_TOLD: ToldRange = { from: 1, to: 0, most: 0 };

/**
 * Replays a run directory on this thread, and compares it with its bundles. Faults in files are reported, not thrown.
 */
export function auditTrace(dir: string, bundles: readonly ReadBundle[], question: TraceQuestion = {}): TraceFindings {
  try {
    const run = runFiles(dir, question.earlier?.place.bytes);
    return concluded(run, bundles, replayInOrder(run, bundles, question), question.earlier);
  } catch (error) {
    return withoutRun(unreadable(dir, error, bundles));
  }
}

/** The findings on a run with an unreadable file. */
export function withoutRun(problem: Problem): TraceFindings {
  return {
    ...{ run: null, findings: null, records: 0, replayed: 0 },
    ...{
      roots: { genesis: undefined, end: undefined },
      places: { proven: null, end: null },
      saved: undefined,
      problems: [problem],
    },
  };
}

/** The last transition of the last bundle, or of what the chain had when the run was made from it. */
export function provenBy(
  { manifest }: RunFiles,
  bundles: readonly ReadBundle[],
  earlier: EarlierPart | undefined,
): number {
  return Math.max(bundles.at(-1)?.lastSeq ?? earlier?.proven ?? 0, manifest.rebuilt?.seq ?? 0);
}

/** What to look for in a run. */
export function wantedIn(run: RunFiles, bundles: readonly ReadBundle[], question: TraceQuestion): Wanted {
  return {
    levels: run.genesis.levels,
    ranges: bundles.map(({ firstSeq, lastSeq, bundle }) => {
      const rows = PROFILES.find(({ name }) => name === bundle.profile)?.rows ?? null;
      return { firstSeq, lastSeq, rows, statement: bundle.statement };
    }),
    proven: provenBy(run, bundles, question.earlier),
    told: question.told ?? NOTHING_TOLD,
    blocks: question.blocks ?? [],
    approvals: question.blocks !== undefined,
  };
}

/** Empty findings for a run. */
export function findingsFor({ genesis, header }: RunFiles, { told, profile, earlier }: TraceQuestion): Findings {
  const profiles = () => profilesFor(genesis.levels, header.profiles, profile);
  return new Findings(keysOf(genesis), (told ?? NOTHING_TOLD).most, profiles, earlier?.findings);
}

/**
 * Replays the trace on this thread.
 * @param start the state where the earlier audit ended, if there is one
 * @throws InvalidInputError naming line and field, if the file is no trace
 */
export function replayInOrder(
  run: RunFiles,
  bundles: readonly ReadBundle[],
  question: TraceQuestion,
  start?: () => TimeMap,
): Replayed {
  const { path, scan } = run;
  const attempt = (bytes: number): Replayed => {
    const { earlier, onProgress } = question;
    const wanted = wantedIn(run, bundles, question);
    const findings = findingsFor(run, question);
    const places: Replayed["places"] = { proven: null, end: null };
    const map = earlier === undefined ? mapOf(run.genesis) : startFrom(start);
    const genesisRoot = earlier?.genesisRoot ?? map.root();
    const look = new Look(wanted, run.index.rows, earlier?.place.seq ?? 0, () => map.root());
    let saved: SavedPart | undefined;
    const take = (part: Part, place: Place | null): void => {
      findings.take(part);
      if (place === null) return;
      // The first one counts: the end of a piece at the same transition is behind its checkpoint.
      if (place.seq === wanted.proven) places.proven ??= place;
      places.end = place;
      if (saved === undefined || wanted.proven === 0)
        saved = savedAt(place, wanted.proven, findings, run, question) ?? saved;
    };
    const after = earlier === undefined ? undefined : continuation(run, earlier);
    const walked = walk({ path, map, after, bytes, mark: wanted.proven, look, onPart: take, onProgress });
    findings.plan.finish();
    return { walked, findings, genesisRoot, places, saved };
  };
  const replayed = attempt(scan.bytes);
  const { records, safe, torn, cut } = replayed.walked;
  if (records === safe.seq) return replayed;
  // Groups behind the last whole one were replayed, and do not count.
  const whole = attempt(safe.bytes);
  return { ...whole, walked: { ...whole.walked, torn, cut } };
}

/**
 * What a later audit can begin with, if the place is the one for that: the end of the last bundle. What is behind it
 * will be in bundles that begin there. A run without bundles is kept as a whole.
 */
export function savedAt(
  place: Place,
  proven: number,
  findings: Findings,
  { index }: RunFiles,
  { save, earlier }: TraceQuestion,
): SavedPart | undefined {
  const wanted = proven === 0 || place.seq === proven;
  // Where no bundle is new, the earlier audit's findings stay.
  if (save !== true || !wanted || place.seq <= (earlier?.place.seq ?? -1)) return undefined;
  return { place, findings: findings.saved(index.rows) };
}

function startFrom(start: (() => TimeMap) | undefined): TimeMap {
  if (start === undefined) throw new EnvironmentError("since", "the state there is not known; audit without --since");
  return start();
}

/** Where reading goes on behind an earlier audit. */
export function continuation({ index }: RunFiles, { place, lines }: EarlierPart) {
  const { seq, bytes, at } = place;
  return { seq, bytes, at, lines, earlier: index.before(bytes) };
}

/** The problems of a replayed run. */
export function concluded(
  run: RunFiles,
  bundles: readonly ReadBundle[],
  replayed: Replayed,
  earlier?: EarlierPart,
): TraceFindings {
  const { walked, findings, genesisRoot, places, saved } = replayed;
  const { records, broken, torn, cut } = walked;
  const problems: Problem[] = [];
  if (torn) {
    const message = `ends in an unfinished group, which was left out (${count(cut, "transition")})`;
    problems.push({ kind: "wrong", where: locate(records + 1, bundles), field: "trace.jsonl", message });
  }
  if (broken !== undefined) {
    const { seq, field, message } = broken;
    problems.push({ kind: "wrong", where: locate(seq, bundles), field, message });
  }
  const domain = runDomain(run.manifest, run.header.genesisRoot);
  const moored = isMoored(run.genesis);
  for (const [index, batch] of bundles.entries()) {
    for (const { field, message } of compareBatch(batch, findings.seen.get(index), records, { domain, moored })) {
      problems.push({ kind: "wrong", where: batchName(batch), field, message });
    }
  }
  problems.push(...misplaced(run, bundles, places, earlier));
  const proven = provenBy(run, bundles, earlier);
  if (proven < records) {
    const message = `${span("transition", proven + 1, records)} ${plural(records - proven, "is")} not proven; run prove`;
    problems.push({ kind: "unfinished", where: "trace.jsonl", field: "transitions", message });
  }
  const end = records === 0 ? genesisRoot : walked.root;
  const roots = { genesis: genesisRoot, end };
  return { run, findings, records, replayed: walked.replayed, roots, places, saved, problems };
}

/**
 * Differences between the trace and what the chain had when the run was made from it; a bundle that follows tells, too.
 */
function misplaced(
  { manifest: { rebuilt } }: RunFiles,
  bundles: readonly ReadBundle[],
  { proven }: TraceFindings["places"],
  earlier: EarlierPart | undefined,
): Problem[] {
  if (rebuilt === undefined || bundles.length > 0 || (earlier?.place.seq ?? 0) >= rebuilt.seq) return [];
  if (proven?.root === rebuilt.root && proven.at === rebuilt.time) return [];
  const there = proven === null ? "none" : `${proven.root} at ${proven.at}`;
  const message = `has the root ${rebuilt.root} at ${rebuilt.time} after transition ${rebuilt.seq}, and the trace ${there}`;
  return [{ kind: "wrong", where: "manifest.json", field: "rebuilt", message }];
}

/**
 * Differences between a bundle's statement and the trace. The comparison ends where the trace stops replaying.
 */
function* compareBatch(
  { bundle, lastSeq }: ReadBundle,
  seen: SeenRange | undefined,
  records: number,
  { domain, moored }: { domain: bigint; moored: boolean },
): Generator<{ field: string; message: string }> {
  const { statement } = bundle;
  if (statement.domain !== domain) {
    yield { field: "domain", message: `is ${statement.domain}, but the run's map has ${domain}; prove again` };
  }
  if (rangeOf(bundle).moored !== moored) {
    const [there, here] = moored ? ["unpublished", "moored"] : ["published", "not moored"];
    yield { field: "span", message: `says that the rows are ${there}, but the map is ${here}; prove again` };
  }
  if (lastSeq > records) {
    yield { field: "lastSeq", message: `is ${lastSeq}, but the trace ends with transition ${records}` };
    return;
  }
  if (seen === undefined) return;
  const { notBefore, until } = rangeOf(bundle);
  const pairs: [field: string, here: bigint | number, there: bigint | number | undefined][] = [
    ["notBefore", notBefore, seen.notBefore],
    ["until", until, seen.until],
    ["preRoot", statement.preRoot, seen.preRoot],
    ["postRoot", statement.postRoot, seen.postRoot],
    ["traceRoot", statement.traceRoot, seen.traceRoot],
    ["point", statement.point, seen.channel?.point],
    ["value", statement.value, seen.channel?.value],
  ];
  for (const [field, here, there] of pairs) {
    if (here !== there)
      yield { field, message: `is ${here}, but the trace gives ${there ?? "none: the batch cuts a group"}` };
  }
}
