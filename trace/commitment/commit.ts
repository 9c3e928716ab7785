/**
 * The commitment of a proof to a batch: the leaves of its records, their root, and the packed span
 * (docs/reference/protocol.md, section 6).
 */
import { InvalidInputError } from "../errors.ts";
import { BITS, PROTOCOL_VERSION, TAG } from "../layout.ts";
import { isEffect } from "../machine/rowShape.ts";
import { effectHash, logLaneOf, type Transition } from "../machine/transition.ts";
import { hash } from "../poseidon/index.ts";

/** The public inputs of a proof, in their order. */
export const PUBLIC_INPUTS = ["preRoot", "postRoot", "traceRoot", "span", "domain", "point", "value"] as const;
/** Their values, each below the field's order. */
export type PublicInputs = Record<(typeof PUBLIC_INPUTS)[number], bigint>;

/**
 * The domain of a map that is on no chain. It covers the map's beginning, so a signature or a proof for one run is
 * invalid for a run with another beginning. No registry accepts such proofs, because its domains are other hashes.
 * @param genesisRoot root of the map before its first transition
 */
export function localDomain(genesisRoot: bigint): bigint {
  return hash(TAG.domain, [BigInt(PROTOCOL_VERSION), genesisRoot]);
}

/** The content of `span`. Times in seconds since 1970. */
export interface Span {
  firstSeq: number;
  /** Number of real rows. */
  count: number;
  /** Lower bound on the times of all rows. */
  notBefore: number;
  /** Upper bound on the times of all rows. */
  until: number;
  /** Whether the map publishes its rows on its chain (trace/commitment/channel.ts). */
  moored: boolean;
}

const SPAN_FIELDS = [
  ["firstSeq", BITS.seq],
  ["count", 16],
  ["notBefore", BITS.time],
  ["until", BITS.time],
] as const;

/** Packs a span into one word. @throws InvalidInputError naming the member that does not fit */
export function packSpan(span: Span): bigint {
  let packed = 0n;
  let offset = 0n;
  for (const [name, bits] of SPAN_FIELDS) {
    const value = span[name];
    if (!Number.isSafeInteger(value) || value < 0 || value >= 2 ** bits) {
      throw new InvalidInputError(`span.${name}`, `${value} is not a whole number below 2^${bits}`);
    }
    packed += BigInt(value) << offset;
    offset += BigInt(bits);
  }
  return packed + (BigInt(span.moored) << offset);
}

/** Inverse of {@link packSpan}. @throws InvalidInputError if the word has more than 129 bits */
export function unpackSpan(packed: bigint): Span {
  if (packed < 0n || packed >> 129n !== 0n) throw new InvalidInputError("span", "has more than 129 bits");
  let rest = packed;
  const take = (bits: number): number => {
    const value = rest & ((1n << BigInt(bits)) - 1n);
    rest >>= BigInt(bits);
    return Number(value);
  };
  return { firstSeq: take(32), count: take(16), notBefore: take(40), until: take(40), moored: take(1) === 1 };
}

/**
 * How a transition is hashed: `u` = Poseidon(capacity = chain; logLane, p1, p2, argument), as the circuit computes it.
 */
export interface RowHash {
  u: bigint;
  /** The previous link of its group. */
  chain: bigint;
  /** The actor's log as it enters the hash. */
  logLane: bigint;
  /** Digest of the group. */
  digest: bigint;
}

/** The hashes of a batch's transitions, which are whole groups. */
function rowHashes(transitions: readonly Transition[]): RowHash[] {
  const out: RowHash[] = [];
  let start = 0;
  while (start < transitions.length) {
    let end = start;
    while (end < transitions.length - 1 && !transitions[end]?.last) end++;
    const group = transitions.slice(start, end + 1);
    const digest = digestOf(group);
    let chain: bigint = TAG.group;
    for (const row of group) {
      const header = row.columns.A.before;
      const logLane = isEffect(row) && !row.triggered && header[2] !== digest ? logLaneOf(header) : 0n;
      const u = effectHash(chain, logLane, row);
      out.push({ u, chain, logLane, digest });
      if (isEffect(row)) chain = u;
      else if (row.effect === "Trigger") chain = TAG.trigger;
    }
    start = end + 1;
  }
  return out;
}

/** The digest of a finished group: the log it left, or the trigger it applied. */
function digestOf(group: readonly Transition[]): bigint {
  const first = group[0];
  if (first?.effect === "Trigger") return first.columns.X.before[2];
  const effect = group.find(isEffect);
  return effect?.columns.A.after[2] ?? 0n;
}

/** Leaf of one record. */
function recordLeaf(row: Transition, u: bigint): bigint {
  const { A, B, S, D, X } = row.columns;
  return hash(TAG.record, [
    A.before[0] + (B.before[0] << 120n),
    S.before[0] + (BigInt(row.at) << 166n) + (BigInt(row.last) << 206n),
    A.before[1],
    A.before[2],
    B.before[1],
    B.before[2],
    S.before[1],
    D.before[0],
    D.before[1],
    X.before[0],
    X.before[1],
    X.before[2],
    u,
  ]);
}

/** Leaf of a padding row, in a batch whose last real row was at the time `at`. */
function paddingLeaf(at: number): bigint {
  const u = hash(TAG.group, [0n, 0n, 0n, 0n]);
  const lanes = new Array<bigint>(13).fill(0n);
  lanes[1] = (BigInt(at) << 166n) + (1n << 206n);
  lanes[12] = u;
  return hash(TAG.record, lanes);
}

/** Root of a 16-ary tree over the leaves. The last level is as wide as it has digests. */
function treeOfLeaves(leaves: readonly bigint[]): bigint {
  let level = leaves;
  for (;;) {
    const next: bigint[] = [];
    for (let i = 0; i < level.length; i += 16) next.push(hash(TAG.trace, level.slice(i, i + 16)));
    if (next.length === 1) return next[0] as bigint;
    level = next;
  }
}

/** The content of `traceRoot`: a batch's records, padded to a profile. */
export interface Commitment {
  /** One for each transition. */
  hashes: RowHash[];
  /** One for each row of the profile. */
  leaves: bigint[];
  root: bigint;
}

/**
 * Commits to the records of a batch.
 * @param transitions whole groups
 * @param rows rows of the profile: the batch is padded to it
 */
export function commitTo(transitions: readonly Transition[], rows: number): Commitment {
  const hashes = rowHashes(transitions);
  const leaves = transitions.map((row, i) => recordLeaf(row, hashes[i]?.u ?? 0n));
  if (leaves.length < rows) {
    const padding = paddingLeaf(transitions.at(-1)?.at ?? 0);
    while (leaves.length < rows) leaves.push(padding);
  }
  return { hashes, leaves, root: treeOfLeaves(leaves) };
}
