/**
 * The changes of a program's goods by its own effects and triggers, without the numbers that other rows can move:
 * programs by their keys, resources by kind, amount and maker.
 */

import type { TriggerRows } from "../../../trace/effects/triggers.ts";
import { address, issuerOf, programOf, slotOf } from "../../../trace/layout.ts";
import { isEffect } from "../../../trace/machine/rowShape.ts";
import type { Row, Transition } from "../../../trace/machine/transition.ts";
import { unpackCell } from "../../../trace/state/cells.ts";
import type { TimeMap } from "../../../trace/state/timeMap.ts";

/** The key of a program in the state; none if the program does not exist. */
function keyOf(map: TimeMap, program: number): string {
  const header = map.cell(address(program, 0));
  return header.type === "program" ? `key ${header.authority}` : "nobody";
}

/** The cell with the id, anywhere in the map. */
function thingOf(map: TimeMap, id: bigint): string {
  if (id === 0n) return "any resource";
  for (const at of map.addresses()) {
    const cell = map.cell(at);
    if (cell.type === "resource" && cell.id === id) return `${cell.quantity} of ${kindText(map, cell.kind)}`;
  }
  return "what is not there";
}

function kindText(map: TimeMap, kind: bigint): string {
  return kind === 0n ? "any kind" : `label ${kind & 0xffffffffn} of ${keyOf(map, issuerOf(kind))}`;
}

function placeText(map: TimeMap, at: number): string {
  return at === 0 ? "nowhere" : `slot ${slotOf(at)} of ${keyOf(map, programOf(at))}`;
}

/**
 * One row.
 * @param map the state in which its group begins
 * @param own ids that the program itself made or took, and so knows
 */
function meaningOf(row: Row, map: TimeMap, triggers: TriggerRows, own: ReadonlySet<bigint>): string {
  const { argument } = row;
  const parts = [
    row.effect,
    `with ${row.peer === 0 ? "nobody" : keyOf(map, row.peer)}`,
    `from ${placeText(map, row.source)}`,
    `to ${placeText(map, row.destination)}`,
    `by ${placeText(map, row.authority)}`,
    `${row.quantity} of ${kindText(map, row.kind)}`,
    `until ${row.deadline}`,
    `scope ${argument.scope === undefined ? "" : placeText(map, argument.scope)}`,
    `rights ${argument.rights ?? 0}`,
  ];
  if (row.effect === "Clear") {
    const cell = map.cell(row.authority);
    parts.push(cell.type === "watch" ? `a watch that is ${cell.state}` : cell.type);
  }
  // A subject that the signer neither made nor took is only another program's word, so it is left out.
  if (row.effect === "DelegateCapability" && (row.resource === 0n || own.has(row.resource)))
    parts.push(`about ${thingOf(map, row.resource)}`);
  if (argument.trigger !== undefined) {
    const applied = triggers(argument.trigger) ?? [];
    parts.push(`then (${applied.map((each) => meaningOf(each, map, triggers, own)).join("; ")})`);
  }
  return parts.join(", ");
}

/** The acts of a run in the name of one program. */
export interface Meanings {
  /** Of its own effects, in their order. */
  signed: string[];
  /** Of the effects that its triggers applied. */
  triggered: string[];
  log: bigint;
}

/** Listens to a run, group by group. */
export class Reader {
  readonly found: Meanings = { signed: [], triggered: [], log: 0n };
  readonly #program: number;
  readonly #triggers: TriggerRows;
  readonly #own = new Set<bigint>();

  constructor(program: number, map: TimeMap, triggers: TriggerRows) {
    this.#program = program;
    this.#triggers = triggers;
    for (const at of map.addresses()) this.#know(map, at);
  }

  #know(map: TimeMap, at: number): void {
    const cell = map.cell(at);
    if (cell.type === "resource" && programOf(at) === this.#program) this.#own.add(cell.id);
  }

  /** @param before the state in which the group began */
  take(group: readonly Transition[], before: TimeMap): void {
    for (const t of group) {
      if (t.actor !== this.#program || !isEffect(t)) continue;
      const told = meaningOf(t, before, this.#triggers, this.#own);
      (t.triggered ? this.found.triggered : this.found.signed).push(told);
      for (const { address: at, after } of [t.columns.S, t.columns.D]) {
        if (at === 0 || slotOf(at) === 0 || t.triggered) continue;
        const cell = unpackCell(after);
        if (cell.type === "resource") this.#own.add(cell.id);
      }
    }
    for (const t of group)
      if (t.actor === this.#program && isEffect(t) && !t.triggered) this.found.log = t.columns.A.after[2];
  }
}
