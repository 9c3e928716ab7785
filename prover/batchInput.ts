/** From a state and the transitions of a batch to the inputs of the circuit and the statement that it proves. */
import { commitTo, type PublicInputs, packSpan, type Span } from "../trace/commit.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { TAG } from "../trace/layout.ts";
import { COLUMNS, type Transition } from "../trace/record.ts";
import type { TimeMap } from "../trace/state.ts";
import { type NodeName, nodeKey, pathOf } from "../trace/tree.ts";
import type { Profile } from "./profiles.ts";
import { contextAfter, firstContext, paddingInput, type RowInput, rowInput } from "./rowInput.ts";

/** Inputs of the batch circuit by signal name. */
export type BatchSignals = Record<string, bigint | bigint[] | bigint[][]>;

/** A batch ready to be proven. */
export interface BatchInput {
  statement: PublicInputs;
  span: Span;
  /** What the witness calculator takes: the statement and all private inputs. */
  input: BatchSignals;
}

/** Every tree node on a path to a cell that the transitions open, once, root first. */
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
 * Builds the inputs of one batch, and advances the map over it.
 * @param map the state before; holds the state after when this returns
 * @param transitions whole groups, consecutive, as many as the profile holds
 * @param domain what the proof is bound to
 * @throws InvalidInputError if they do not fit into the profile
 */
export function batchInput(
  map: TimeMap,
  transitions: readonly Transition[],
  profile: Profile,
  domain: bigint,
): BatchInput {
  const first = transitions[0];
  const lastOne = transitions.at(-1);
  if (first === undefined || lastOne === undefined) throw new InvalidInputError("batch", "has no transition");
  const nodes = touchedNodes(profile.levels, transitions);
  if (transitions.length > profile.rows || nodes.length > profile.nodes) {
    throw new InvalidInputError(
      "batch",
      `needs ${transitions.length} rows and ${nodes.length} nodes, ${profile.name} has ${profile.rows} and ${profile.nodes}`,
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

  const span: Span = { firstSeq: first.seq, count: transitions.length, notBefore: first.at, until: lastOne.at };
  const { hashes, root: traceRoot } = commitTo(transitions, profile.rows);
  const statement = { preRoot, postRoot, traceRoot, span: packSpan(span), domain };

  const rows = rowInputs(transitions, hashes);
  while (rows.length < profile.rows) rows.push(paddingInput(TAG.group));
  const input: BatchSignals = { ...statement };
  for (const name of Object.keys(rows[0] ?? {})) input[name] = rows.map((row) => row[name]) as bigint[] | bigint[][];

  const pad = <T>(list: T[], filler: () => T): T[] => [
    ...list,
    ...Array.from({ length: profile.nodes - nodes.length }, filler),
  ];
  const zero = (): bigint => 0n;
  const zeros = (): bigint[] => new Array<bigint>(16).fill(0n);
  input.nodeCells = pad(
    nodes.map((n) => BigInt(n.kind === "cells")),
    zero,
  );
  input.nodeX = pad(
    nodes.map((n) => BigInt(n.x)),
    zero,
  );
  input.nodeY = pad(
    nodes.map((n) => BigInt(n.y)),
    zero,
  );
  input.nodeBefore = pad(before, zeros);
  input.nodeAfter = pad(after, zeros);
  return { statement, span, input };
}

function rowInputs(transitions: readonly Transition[], hashes: readonly { digest: bigint }[]): RowInput[] {
  let before = firstContext(transitions[0]?.at ?? 0);
  return transitions.map((t, i) => {
    const input = rowInput(t, before, hashes[i]?.digest ?? 0n);
    before = contextAfter(before, t, t.at);
    return input;
  });
}
