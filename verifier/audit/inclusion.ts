/**
 * Opens one record of a batch. With it, a verifier of the proof can check that the batch contains this transition with
 * these cells as found. The rest of the trace is not needed.
 */
import { type Bundle, rangeOf, readBundles } from "../../prover/bundles/bundle.ts";
import { bundleRanges } from "../../prover/bundles/bundleRanges.ts";
import { profileOf } from "../../prover/profiles.ts";
import { commitTo } from "../../trace/commitment/commit.ts";
import { span } from "../../trace/describe/count.ts";
import { InvalidInputError, TimeBanditsError } from "../../trace/errors.ts";
import { BITS, FIELD, TAG } from "../../trace/layout.ts";
import { checkShape } from "../../trace/machine/rowShape.ts";
import { effectHash, type Row, type Transition } from "../../trace/machine/transition.ts";
import { hash } from "../../trace/poseidon/index.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import type { Words } from "../../trace/state/cells.ts";
import { ARITY, MAX_LEVELS } from "../../trace/state/tree.ts";
import { readableStore, type StoreOptions } from "../../trace/store/openStore.ts";
import { StoredRun } from "../../trace/store/storedHistory.ts";
import { DamagedStoreError } from "../../trace/store/storeErrors.ts";

/** One level of the path: the digests hashed together, and the index of the one from the level below. */
export interface OpeningStep {
  index: number;
  digests: bigint[];
}

/** A record with all values that its leaf is computed from. */
export interface InclusionProof {
  seq: number;
  /** seq of the batch's first transition. */
  firstSeq: number;
  /** Seconds since 1970. */
  at: number;
  /** The record closes its group. */
  last: boolean;
  row: Row;
  /** Words of the cells A, B, S, D, X as found; zeros where closed. */
  found: { A: Words; B: Words; S: Words; D: Words; X: Words };
  /** The preceding hash of the effect's chain, and the log that goes into it. */
  chain: bigint;
  logLane: bigint;
  path: OpeningStep[];
  traceRoot: bigint;
}

/** An opened record, with its bundle and what is told of its run. */
export interface OpenedRecord extends Told {
  inclusion: InclusionProof;
  bundle: Bundle;
}

interface Told {
  manifest: Manifest;
  genesisRoot: bigint;
}

/** How the run's store is used; false for not at all. It is only read. */
export type RecordStore = Pick<StoreOptions, "onNotice"> | false | undefined;

/**
 * Opens the record of the transition `seq` against the bundle that covers it.
 * @throws InvalidInputError if no bundle covers it, or the bundle commits to another trace
 */
export async function proveInclusion(dir: string, seq: number): Promise<InclusionProof> {
  return (await openRecord(dir, seq)).inclusion;
}

/** The same, together with the bundle and facts of the run. Throws as `proveInclusion` does. */
export async function openRecord(dir: string, seq: number, use?: RecordStore): Promise<OpenedRecord> {
  const stored = await readBundles(dir, await othersThan(dir, seq));
  const bundle = stored
    .flatMap((entry) => ("bundle" in entry ? [entry.bundle] : []))
    .find((each) => {
      const { firstSeq, lastSeq } = rangeOf(each);
      return firstSeq <= seq && seq <= lastSeq;
    });
  if (bundle === undefined) throw new InvalidInputError("seq", `no bundle covers transition ${seq}; prove it first`);
  const { firstSeq, lastSeq } = rangeOf(bundle);
  const { transitions, ...told } = fromStore(dir, firstSeq, lastSeq, use) ?? replayed(dir, firstSeq, lastSeq);
  const inclusion = openingOf(transitions, profileOf(bundle.profile).rows, seq);
  if (inclusion.traceRoot !== bundle.statement.traceRoot) {
    throw new InvalidInputError(
      "traceRoot",
      `of ${span("transition", firstSeq, lastSeq)} is not the bundle's; audit the directory`,
    );
  }
  return { inclusion, bundle, ...told };
}

/** The bundles that cover other transitions, by their names. */
async function othersThan(dir: string, seq: number): Promise<Set<string>> {
  const others = (await bundleRanges(dir)).filter(({ firstSeq, lastSeq }) => seq < firstSeq || lastSeq < seq);
  return new Set(others.map(({ name }) => name));
}

/** Some transitions, replayed from the state of the store before them. @returns undefined without a sound store */
function fromStore(
  dir: string,
  firstSeq: number,
  lastSeq: number,
  use: RecordStore,
): (Told & { transitions: Transition[] }) | undefined {
  if (use === false) return undefined;
  try {
    using store = readableStore(dir, use?.onNotice);
    if (store === undefined) return undefined;
    const run = new StoredRun(dir, store);
    const seqs = Array.from({ length: lastSeq - firstSeq + 1 }, (_, i) => firstSeq + i);
    const transitions = seqs.flatMap((seq) => run.past.at(seq) ?? []);
    run.requireSound();
    return { transitions, manifest: run.manifest, genesisRoot: run.header.genesisRoot };
  } catch (error) {
    // A replay names the fault of the trace as ever.
    if (error instanceof InvalidInputError) return undefined;
    if (!(error instanceof DamagedStoreError)) throw error;
    use?.onNotice?.(`${error.message.split(";")[0]}; everything is replayed`);
    return undefined;
  }
}

function replayed(dir: string, firstSeq: number, lastSeq: number): Told & { transitions: Transition[] } {
  const { groups, manifest, trace } = replayDirectory(dir);
  return {
    transitions: groups.flat().slice(firstSeq - 1, lastSeq),
    manifest,
    genesisRoot: trace.header.genesisRoot,
  };
}

/**
 * Opens one record of a batch.
 * @param transitions all transitions of the batch
 * @param rows rows of the profile that pads the batch
 */
export function openingOf(transitions: readonly Transition[], rows: number, seq: number): InclusionProof {
  const firstSeq = transitions[0]?.seq ?? 0;
  const row = transitions[seq - firstSeq];
  if (row === undefined) throw new InvalidInputError("seq", `transition ${seq} is not in this batch`);
  const { hashes, leaves, root } = commitTo(transitions, rows);
  const index = seq - firstSeq;
  const { A, B, S, D, X } = row.columns;
  const {
    columns: _columns,
    seq: _seq,
    group: _group,
    at: _at,
    clock: _clock,
    parents: _parents,
    last,
    triggered: _triggered,
    ...asked
  } = row;
  return {
    seq,
    firstSeq,
    at: row.at,
    last,
    row: asked,
    found: { A: A.before, B: B.before, S: S.before, D: D.before, X: X.before },
    chain: hashes[index]?.chain ?? 0n,
    logLane: hashes[index]?.logLane ?? 0n,
    path: pathTo(leaves, index),
    traceRoot: root,
  };
}

function pathTo(leaves: readonly bigint[], index: number): OpeningStep[] {
  const path: OpeningStep[] = [];
  let level = leaves;
  let at = index;
  for (;;) {
    const first = at - (at % ARITY);
    path.push({ index: at % ARITY, digests: level.slice(first, first + ARITY) });
    if (level.length <= ARITY) return path;
    const next: bigint[] = [];
    for (let i = 0; i < level.length; i += ARITY) next.push(hash(TAG.trace, level.slice(i, i + ARITY)));
    level = next;
    at = Math.floor(at / ARITY);
  }
}

/**
 * Whether an opening proves that its record has number `seq` under this commitment.
 * @param statement of a verified proof: `traceRoot`, and the batch's first seq and number of rows
 */
export function verifyInclusion(
  opening: InclusionProof,
  statement: { traceRoot: bigint; firstSeq: number; rows: number },
): boolean {
  const { found, chain, logLane, row, path } = opening;
  if (opening.firstSeq !== statement.firstSeq || opening.traceRoot !== statement.traceRoot) return false;
  if (!isSingleReading(opening)) return false;
  const u = effectHash(chain, logLane, row);
  let digest = hash(TAG.record, [
    found.A[0] + (found.B[0] << 120n),
    found.S[0] + (BigInt(opening.at) << 166n) + (BigInt(opening.last) << 206n),
    ...[found.A[1], found.A[2], found.B[1], found.B[2], found.S[1]],
    ...[found.D[0], found.D[1], found.X[0], found.X[1], found.X[2]],
    u,
  ]);
  let position = 0;
  let unit = 1;
  for (const { index, digests } of path) {
    if (digests.length > ARITY || digests[index] !== digest) return false;
    digest = hash(TAG.trace, digests);
    position += index * unit;
    unit *= ARITY;
  }
  // The path has as many levels as the tree, so an inner digest cannot pass as a record.
  if (path.length !== levelsOf(statement.rows)) return false;
  return digest === statement.traceRoot && position === opening.seq - statement.firstSeq;
}

/** Levels of the tree over this number of leaves. A single leaf is also hashed once. */
function levelsOf(rows: number): number {
  let levels = 1;
  for (let width = Math.ceil(rows / ARITY); width > 1; width = Math.ceil(width / ARITY)) levels++;
  return levels;
}

/**
 * Whether each number fits its bits. Several share a lane, so a larger one could make the leaf read as another record.
 */
function isSingleReading({ found, row, at }: InclusionProof): boolean {
  const within = (value: bigint, bits: number): boolean => value >= 0n && value >> BigInt(bits) === 0n;
  const words = Object.values(found).flat();
  if (words.some((word) => word < 0n || word >= FIELD)) return false;
  if (!within(found.A[0], 120) || !within(found.B[0], 120) || !within(found.S[0], 166)) return false;
  if (found.S[2] !== 0n || found.D[2] !== 0n) return false;
  if (!Number.isSafeInteger(at) || !within(BigInt(at), BITS.time)) return false;
  try {
    checkShape(row, MAX_LEVELS);
    return true;
  } catch (error) {
    if (error instanceof TimeBanditsError) return false;
    throw error;
  }
}
