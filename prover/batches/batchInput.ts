/** Computes the circuit's inputs and the proven statement from a state and the transitions of a batch. */

import { commitTo, type PublicInputs, packSpan, type RowHash, type Span } from "../../trace/commitment/commit.ts";
import { count } from "../../trace/describe/count.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { FIELD, TAG } from "../../trace/layout.ts";
import { COLUMNS, type Transition } from "../../trace/machine/transition.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { ARITY, firstLeaf, type NodeName, nodeKey, pathOf } from "../../trace/state/tree.ts";
import { inverse } from "../curve/bn254.ts";
import type { Profile } from "../profiles.ts";
import {
  type GivenSignature,
  MissingSignatureError,
  missingOf,
  type SignatureBook,
  tableInputs,
  type WantedSignature,
  wantedSignatures,
} from "../signing/signatures.ts";
import { channelInputs } from "./channelPoint.ts";
import { contextAfter, firstContext, paddingInput, type RowInput, rowInput } from "./rowInput.ts";

/** Inputs of the batch circuit by signal name. */
export type BatchSignals = Record<string, bigint | bigint[] | bigint[][]>;

/** A batch's statement, with the parts of the state that its witness needs. */
export interface OpenedBatch {
  profile: Profile;
  transitions: readonly Transition[];
  statement: PublicInputs;
  span: Span;
  hashes: readonly RowHash[];
  nodes: readonly NodeName[];
  /** Lanes of the nodes before the batch and after it. */
  before: readonly (readonly bigint[])[];
  after: readonly (readonly bigint[])[];
}

/** A batch ready to be proven. */
export interface BatchInput {
  statement: PublicInputs;
  span: Span;
  /** Input of the witness calculator: the statement and all private inputs. */
  input: BatchSignals;
}

/** Every tree node on a path to a cell that the transitions open. Each once, root first. */
export function touchedNodes(levels: number, transitions: readonly Transition[]): NodeName[] {
  const nodes = new Map<number, NodeName>();
  for (const t of transitions) {
    for (const column of COLUMNS) {
      const { address } = t.columns[column];
      if (address !== 0) for (const node of pathOf(levels, address)) nodes.set(nodeKey(node), node);
    }
  }
  return [...nodes.values()];
}

/**
 * Builds the statement of one batch, and advances the map over it. The statement does not depend on signatures.
 * @param map the state before; holds the state after on return
 * @param transitions whole groups, consecutive, no more than the profile holds
 * @param domain the domain that the proof is bound to
 * @throws InvalidInputError if they do not fit into the profile
 */
export function openBatch(
  map: TimeMap,
  transitions: readonly Transition[],
  profile: Profile,
  domain: bigint,
): OpenedBatch {
  const first = transitions[0];
  const last = transitions.at(-1);
  if (first === undefined || last === undefined) throw new InvalidInputError("batch", "has no transition");
  const nodes = touchedNodes(profile.levels, transitions);
  if (transitions.length > profile.rows || nodes.length > profile.nodes) {
    throw new InvalidInputError(
      "batch",
      `needs ${count(transitions.length, "row")} and ${count(nodes.length, "node")}, ` +
        `${profile.name} has ${profile.rows} and ${profile.nodes}`,
    );
  }
  const preRoot = map.root();
  const before = nodes.map((node) => map.lanes(node));
  for (const t of transitions) {
    for (const column of COLUMNS) {
      const { address, after } = t.columns[column];
      if (address !== 0) map.write(address, after);
    }
  }
  const postRoot = map.root();
  const after = nodes.map((node) => map.lanes(node));
  const times = { notBefore: first.at, until: last.at };
  const span: Span = { firstSeq: first.seq, count: transitions.length, ...times, moored: map.moored };
  const { hashes, root: traceRoot } = commitTo(transitions, profile.rows);
  const drawn = { preRoot, postRoot, traceRoot, span: packSpan(span), domain };
  const statement = { ...drawn, ...channelInputs(drawn, span, transitions) };
  return { profile, transitions, statement, span, hashes, nodes, before, after };
}

/**
 * All inputs of the circuit for an opened batch.
 * @param wanted the required signatures, and the given ones in the same order
 * @throws InvalidInputError if there are more than the profile holds
 */
export function witnessInput(
  { profile, transitions, statement, span, hashes, nodes, before, after }: OpenedBatch,
  wanted: readonly WantedSignature[],
  given: readonly GivenSignature[],
): BatchSignals {
  if (wanted.length > profile.signatures) {
    throw new InvalidInputError(
      "batch",
      `needs ${count(wanted.length, "signature")}, but ${profile.name} holds ${profile.signatures}`,
    );
  }
  const rows = rowInputs(transitions, hashes);
  while (rows.length < profile.rows) rows.push(paddingInput(TAG.group));
  const input: BatchSignals = { ...statement };
  for (const name of Object.keys(rows[0] ?? {})) input[name] = rows.map((row) => row[name]) as bigint[] | bigint[][];

  const missing = profile.nodes - nodes.length;
  const padded = (list: readonly bigint[]): bigint[] => [...list, ...new Array<bigint>(missing).fill(0n)];
  const zeros = Array.from({ length: missing }, () => new Array<bigint>(ARITY).fill(0n));
  input.nodeCells = padded(nodes.map((n) => BigInt(n.kind === "cells")));
  input.nodeX = padded(nodes.map((n) => BigInt(n.x)));
  input.nodeY = padded(nodes.map((n) => BigInt(n.y)));
  input.nodeBefore = [...before.map((lanes) => [...lanes]), ...zeros];
  input.nodeAfter = [...after.map((lanes) => [...lanes]), ...zeros];
  const signers = new Set(wanted.map((w) => firstLeaf(profile.levels) + w.program));
  const signs = nodes.map((n) => n.kind === "cells" && n.y === 0 && signers.has(n.x));
  input.nodeSigns = padded(signs.map((s) => BigInt(s)));
  input.nodeInverse = padded(signs.map((s, i) => (s ? inverse(grown(before[i], after[i]), FIELD) : 0n)));
  return Object.assign(input, tableInputs(wanted, given, profile.signatures, span.until));
}

/**
 * Builds the inputs of one batch, and advances the map over it.
 * @param book finds the signatures; without it there are none
 * @param wanted the required signatures; only forgeries pass it
 * @throws InvalidInputError if it does not fit into the profile
 * @throws MissingSignatureError if an acting program has an authority that did not sign; the map is unchanged then
 */
export function batchInput(
  map: TimeMap,
  transitions: readonly Transition[],
  profile: Profile,
  domain: bigint,
  book: SignatureBook = () => undefined,
  wanted: readonly WantedSignature[] = wantedSignatures(transitions),
): BatchInput {
  const until = transitions.at(-1)?.at ?? 0;
  const given = wanted.map((each) => book(each, until));
  const missing = wanted.filter((_, i) => given[i] === undefined);
  if (missing.length > 0) throw new MissingSignatureError(missingOf(missing, transitions));
  const opened = openBatch(map, transitions, profile, domain);
  const { statement, span } = opened;
  return { statement, span, input: witnessInput(opened, wanted, given as GivenSignature[]) };
}

/** How far the log of the header in the first cell of a node grew. */
function grown(before: readonly bigint[] | undefined, after: readonly bigint[] | undefined): bigint {
  return ((after?.[2] ?? 0n) - (before?.[2] ?? 0n) + FIELD) % FIELD;
}

function rowInputs(transitions: readonly Transition[], hashes: readonly { digest: bigint }[]): RowInput[] {
  let before = firstContext(transitions[0]?.at ?? 0);
  return transitions.map((t, i) => {
    const input = rowInput(t, before, hashes[i]?.digest ?? 0n);
    before = contextAfter(before, t, t.at);
    return input;
  });
}
