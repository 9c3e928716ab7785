/** Rows with their triggers' effects: in words, and as data. */

import { NOTHING, type TriggerRows } from "../effects/triggers.ts";
import { TimeBanditsError } from "../errors.ts";
import { triggerDigest } from "../machine/group.ts";
import { factsOf, type RowFacts } from "../machine/rowFacts.ts";
import { checkShape, isEffect } from "../machine/rowShape.ts";
import type { Row } from "../machine/transition.ts";
import { MAX_LEVELS } from "../state/tree.ts";
import type { Names } from "./names.ts";
import { sentenceOf } from "./sentence.ts";

/** A trigger's rows by its digest; null if they are unknown. */
export type TriggerFacts = Record<string, RowFacts[] | null>;

/** Deepest indentation of nested triggers. */
const DEEPEST = 6;

/**
 * The row's sentence and, below it, its trigger's effects in the same words, and so on for nested triggers. A repeated
 * trigger is described only once.
 */
export function linesOf(row: Row, names: Names, lookup: TriggerRows): string[] {
  const lines: string[] = [];
  const told = new Set<bigint>();
  // An explicit stack: triggers can be nested deeper than the call stack allows.
  const pending: { row: Row; depth: number }[] = [{ row, depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { depth } = next;
    const indent = "  ".repeat(Math.min(depth, DEEPEST));
    const applicable =
      depth === 0 || isApplicable(next.row, row.actor)
        ? ""
        : "; NO RULE allows this row, so the trigger cannot be applied";
    lines.push(`${indent}${depth === 0 ? "" : "- "}${sentenceOf(next.row, names)}${applicable}`);
    const digest = triggerIn(next.row);
    if (digest === undefined) continue;
    const rows = rowsOf(digest, lookup);
    lines.push(`${indent}  the trigger ${does(rows, told.has(digest))}`);
    if (rows === undefined || told.has(digest)) continue;
    told.add(digest);
    for (const inner of [...rows].reverse()) pending.push({ row: inner, depth: depth + 1 });
  }
  return lines;
}

/**
 * Whether a trigger of the program could apply the row: it acts for that program alone, changes no key, and has the
 * shape of its sort. A row of another shape can hold more than its sentence says.
 */
function isApplicable(row: Row, program: number): boolean {
  try {
    checkShape(row, MAX_LEVELS);
    return row.effect !== "RotateAuthority" && row.actor === program;
  } catch (error) {
    if (error instanceof TimeBanditsError) return false;
    throw error;
  }
}

function does(rows: readonly Row[] | undefined, told: boolean): string {
  if (rows === undefined) return "has effects that are NOT KNOWN here; ask the owner of the watch";
  if (rows.length === 0) return "does nothing";
  return told ? "does what is told above" : `does, as the program whose watch it is:`;
}

/** The triggers that the rows name, and their nested triggers, as data. */
export function triggerFacts(rows: Iterable<Row>, lookup: TriggerRows): TriggerFacts {
  return factsBehind(digestsIn(rows), lookup);
}

/** The same from the digests that the rows name, in their order. */
export function factsBehind(digests: Iterable<bigint>, lookup: TriggerRows): TriggerFacts {
  const facts: TriggerFacts = {};
  for (const [digest, inner] of triggersBehind(digests, lookup)) facts[digest.toString()] = inner?.map(factsOf) ?? null;
  return facts;
}

/** The triggers that the rows name, and their nested triggers, each once; undefined where the rows are unknown. */
export function triggersIn(rows: Iterable<Row>, lookup: TriggerRows): Map<bigint, readonly Row[] | undefined> {
  return triggersBehind(digestsIn(rows), lookup);
}

/** The same from the digests that the rows name, in their order. */
export function triggersBehind(
  digests: Iterable<bigint>,
  lookup: TriggerRows,
): Map<bigint, readonly Row[] | undefined> {
  const found = new Map<bigint, readonly Row[] | undefined>();
  const pending = [...digests];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (found.has(next)) continue;
    const inner = rowsOf(next, lookup);
    found.set(next, inner);
    for (const digest of digestsIn(inner ?? [])) pending.push(digest);
  }
  return found;
}

/** The digests of the triggers that rows set, in their order. */
export function digestsIn(rows: Iterable<Row>): bigint[] {
  const digests: bigint[] = [];
  for (const row of rows) {
    const digest = triggerIn(row);
    if (digest !== undefined) digests.push(digest);
  }
  return digests;
}

/** Selectors of the functions that the rows declare or call, or digests of the triggers that they set. */
export function selectorsIn(rows: readonly Row[], lookup: TriggerRows): Set<bigint> {
  const all = [...rows, ...[...triggersIn(rows, lookup).values()].flatMap((inner) => inner ?? [])];
  return new Set(all.flatMap(({ argument }) => argument.selector ?? []));
}

function triggerIn({ effect, argument }: Row): bigint | undefined {
  return effect === "WatchResource" ? (argument.trigger ?? 0n) : undefined;
}

/** A cache of digests, because hashing is slow. */
const known = new WeakMap<readonly Row[], bigint>();

/**
 * Only rows with this digest count, as the file may be wrong. Rows that follow from the state are not in the digest.
 */
function rowsOf(digest: bigint, lookup: TriggerRows): readonly Row[] | undefined {
  if (digest === NOTHING) return [];
  const rows = lookup(digest);
  if (rows === undefined) return undefined;
  const found = known.get(rows) ?? triggerDigest(rows);
  known.set(rows, found);
  return found === digest ? rows.filter(isEffect) : undefined;
}
