/** Rows that a machine is given, most of them sensible and some with a wrong number, and all that they meet. */

import type { CellType } from "../../prover/certificate/equations/explore.ts";
import type { Known } from "../../prover/certificate/equations/match.ts";
import { addressValues, cellValues, rowValues } from "../../prover/certificate/equations/variables.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { lower } from "../../trace/effects/lower.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { address, programOf } from "../../trace/layout.ts";
import { Group, groupDigest } from "../../trace/machine/group.ts";
import { opensPeer, rowOf } from "../../trace/machine/rowShape.ts";
import { type Progress, Step } from "../../trace/machine/rules/step.ts";
import { logLaneOf, type Row } from "../../trace/machine/transition.ts";
import type { Cell } from "../../trace/state/cells.ts";
import type { TimeMap, View } from "../../trace/state/timeMap.ts";
import { firstLeaf } from "../../trace/state/tree.ts";
import { anyEffect } from "./anyEffect.ts";
import type { Random } from "./random.ts";

/** A row, what it meets, and what came of it. */
export interface Stepped {
  readonly row: Row;
  readonly known: Known;
  /** Why it was refused; undefined if it was not. */
  readonly error: TimeBanditsError | undefined;
  /** The state after it. */
  readonly view: View;
  readonly progress: Progress;
  /** So many Checks were owed before it. */
  readonly owed: number;
  /** What the group carries after it, and why it may not end there; undefined if the row was refused. */
  readonly end: { readonly known: Known; readonly error: TimeBanditsError | undefined } | undefined;
}

export interface Begun {
  readonly map: TimeMap;
  readonly seq: number;
  /** Time of the transition before. */
  readonly before: number;
  readonly digest: bigint;
}

/** A group whose progress can be read. */
export class OpenGroup {
  readonly group: Group;
  progress: Progress;
  readonly #begun: Begun;
  #rows = 0;
  #at: number;

  constructor(begun: Begun) {
    const { seq, before, digest, map } = begun;
    this.#begun = begun;
    this.#at = before;
    this.group = new Group(map, seq, before, digest);
    this.progress = { first: seq, digest, triggered: 0, call: null, obligations: [], line: null, rotated: new Set() };
  }

  /** The numbers that the row meets. */
  known(row: Row, at: number): Known {
    const { map, seq } = this.#begun;
    const { view } = this.group;
    const known = { values: new Map<string, bigint>(), types: new Map<string, CellType>() };
    const add = (values: ReadonlyMap<string, bigint>): void => {
      for (const [name, value] of values) known.values.set(name, value);
    };
    const set = (name: string, value: number | bigint): unknown => known.values.set(name, BigInt(value));
    const cell = (name: string, found: Cell): void => {
      add(cellValues(name, found));
      known.types.set(name, found.type === "watch" ? found.state : found.type);
    };
    add(rowValues(row));
    const peer = opensPeer(row) ? address(row.peer, 0) : 0;
    const all = { A: address(row.actor, 0), B: peer, S: row.source, D: row.destination, X: row.authority };
    for (const [column, place] of Object.entries(all)) {
      cell(column, view.cell(place));
      for (const [i, word] of view.words(place).entries()) set(`${column}.word${i}`, word);
    }
    const numbers = { at, seq: seq + this.#rows };
    for (const [name, value] of Object.entries(numbers)) set(`row.${name}`, value);
    set("before.at", this.#at);
    set("map.leaf", firstLeaf(map.levels));
    set("map.watches", map.watches);
    set("map.moored", Number(map.moored));
    set("map.programs", view.programs());
    this.#progress(row, set, add, cell);
    return known;
  }

  #progress(
    row: Row,
    set: (name: string, value: number | bigint) => unknown,
    add: (values: ReadonlyMap<string, bigint>) => void,
    cell: (name: string, found: Cell) => void,
  ): void {
    const { first, digest, triggered, call, obligations, line, rotated } = this.progress;
    set("progress.first", first);
    set("progress.digest", digest);
    set("progress.triggered", triggered);
    set("progress.rotated", Number(rotated.has(row.actor)));
    set("call.actor", call?.actor ?? 0);
    set("call.left", call?.left ?? 0);
    set("call.sum", call?.sum ?? 0n);
    add(addressValues("call.entry", call?.entry ?? 0));
    add(cellValues("call.terms", call?.terms ?? {}));
    set("line.actor", line?.actor ?? 0);
    set("line.root", line?.root ?? 0);
    add(addressValues("line.child", line?.child ?? 0));
    const [owed] = obligations;
    add(addressValues("owed.slot", owed?.slot ?? 0));
    set("owed.rank", owed?.rank ?? 0);
    add(new Map([...cellValues("owed", { kind: owed?.kind ?? 0n })].filter(([name]) => name.startsWith("owed.kind"))));
    if (owed !== undefined) {
      cell("owed.before", owed.before);
      cell("owed.after", owed.after);
    }
  }

  step(row: Row, at: number): Stepped {
    const known = this.known(row, at);
    const owed = this.progress.obligations.length;
    const { open } = Step.prototype;
    const keep = (progress: Progress): void => {
      this.progress = progress;
    };
    Step.prototype.open = function (column, cell) {
      keep(this.progress);
      open.call(this, column, cell);
    };
    let error: TimeBanditsError | undefined;
    try {
      this.group.step(row, at);
      this.#rows++;
      this.#at = at;
    } catch (thrown) {
      if (!(thrown instanceof TimeBanditsError)) throw thrown;
      error = thrown;
    } finally {
      Step.prototype.open = open;
    }
    const end = error === undefined ? { known: this.known(row, at), error: this.#endError() } : undefined;
    return { row, known, error, view: this.group.view, progress: this.progress, owed, end };
  }

  /** Why the group may not end now. Nothing is written. */
  #endError(): TimeBanditsError | undefined {
    const stop = new Error("stop");
    try {
      this.group.commit(() => {
        throw stop;
      });
    } catch (error) {
      if (error instanceof TimeBanditsError) return error;
      if (error !== stop) throw error;
    }
    return undefined;
  }
}

/** The row with another number in one of its fields. */
function mutated(random: Random, row: Row): Row {
  const changed = structuredClone(row);
  const fields = ["actor", "peer", "source", "destination", "authority", "resource", "kind", "quantity", "deadline"];
  const members = Object.keys(changed.argument);
  const at = random.below(fields.length + 2 * members.length);
  const name = fields[at] ?? members[(at - fields.length) % members.length] ?? "actor";
  const of = (at < fields.length ? changed : changed.argument) as unknown as Record<string, number | bigint>;
  const value = BigInt(of[name] ?? 0);
  const isAddress = ["source", "destination", "authority", "scope"].includes(name) && at < fields.length;
  const others = [0n, 1n, value + 1n, value ^ 1n, value === 0n ? 1n : value - 1n, BigInt(random.below(4))];
  if (isAddress)
    others.push(...[1, 2, 3].map((program) => BigInt(address(program, 1 + random.below(10)))), value + 256n);
  const other = random.pick(others);
  of[name] = typeof of[name] === "bigint" ? other : Number(other);
  return changed;
}

/**
 * Gives rows to a machine.
 * @param asked how many effects, or pairs of them, are asked for
 */
export function* machineSteps(random: Random, map: TimeMap, asked: number): Generator<Stepped> {
  let [seq, before, now] = [1, 0, 100];
  const triggers = new Map<bigint, readonly Row[]>();
  for (let i = 0; i < asked; i++) {
    now += random.below(3);
    const rows = askedRows(random, map, now, triggers);
    if (rows.length === 0) continue;
    const digest = groupDigest(rows, (program) => logLaneOf(map.words(address(program, 0))));
    const begun: Begun = { map, seq, before, digest };
    const group = new OpenGroup(begun);
    const done: Row[] = [];
    let failed = false;
    const waiting = [...rows];
    while (!failed && (waiting.length > 0 || group.progress.obligations.length > 0)) {
      const next = nextRows(group.group, waiting);
      for (const row of next) {
        // The same group again, with a wrong row in this one's place.
        const again = new OpenGroup(begun);
        for (const one of done) again.step(one, now);
        yield again.step(mutated(random, row), random.below(8) === 0 ? before - 1 + random.below(2) : now);
        const stepped = group.step(row, now);
        yield stepped;
        failed = stepped.error !== undefined;
        if (failed) break;
        done.push(row);
      }
    }
    if (failed) continue;
    try {
      seq += group.group.commit().length;
      before = now;
    } catch (error) {
      if (!(error instanceof TimeBanditsError)) throw error;
    }
  }
}

/** The rows that come next: an owed Check, or a row with the lines that it needs. */
export function nextRows(group: Group, waiting: Row[]): Row[] {
  const owed = group.pendingCheck();
  if (owed !== null) return [owed];
  const row = waiting.shift();
  if (row === undefined) return [];
  try {
    return [...group.linesBefore(row), row];
  } catch {
    return [row];
  }
}

/** The trigger of a watch that has fired, or effects that are asked for at random. */
export function askedRows(
  random: Random,
  map: TimeMap,
  now: number,
  triggers: Map<bigint, readonly Row[]>,
  any: typeof anyEffect = anyEffect,
): Row[] {
  const fired = [...map.addresses()].filter((at) => {
    const cell = map.cell(at);
    return cell.type === "watch" && cell.state === "fired";
  });
  const watch = fired.length === 0 || random.below(3) !== 0 ? undefined : random.pick(fired);
  if (watch !== undefined) {
    const { trigger = 0n } = map.cell(watch) as { trigger?: bigint };
    return [rowOf("Trigger", programOf(watch), { authority: watch }), ...(triggers.get(trigger) ?? [])];
  }
  const actor = 1 + random.below(3);
  const effects = Array.from({ length: random.below(4) === 0 ? 2 : 1 }, () => any(random, { actor, now, map }));
  try {
    return effects.flatMap((effect: Effect) => lower(map, actor, effect, (digest, rows) => triggers.set(digest, rows)));
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return [];
  }
}
