/**
 * The necessary order of groups (docs/reference/check.md): happens-before, without the accidental order in which
 * programs reached the same slot. A group is one event. It comes after
 *   - the last own act of its program (triggered acts have a line of their own, as no program chooses their time);
 *   - the last own act of each program that it involves;
 *   - the acts of others on its program since its last own act;
 *   - the groups that put its inputs into their slots (but not the group that emptied the slot it fills).
 */

import { isEffect, opensPeer } from "../machine/rowShape.ts";
import type { Transition } from "../machine/transition.ts";
import { type Access, accessesOf, changes } from "./access.ts";

type Group = readonly Transition[];

export class Order {
  /** The line of each group: twice the actor's number, and one more if it was triggered. */
  readonly line: readonly number[];
  readonly #place: number[] = [];
  readonly #clocks: Uint32Array[] = [];
  readonly #columns = new Map<number, number>();

  /**
   * @param silent groups that exchange no information with others: only their own program orders them; by default none
   */
  constructor(groups: readonly Group[], silent: (group: Group) => boolean = () => false) {
    this.line = groups.map((group) => actorOf(group) * 2 + (isTriggered(group) ? 1 : 0));
    for (const line of this.line) if (!this.#columns.has(line)) this.#columns.set(line, this.#columns.size);
    const past = new Past();
    const counts = new Map<number, number>();
    for (const [g, group] of groups.entries()) {
      const clock = new Uint32Array(this.#columns.size);
      for (const before of past.before(g, group, silent(group))) raise(clock, this.#clocks[before]);
      const line = this.line[g] ?? 0;
      const place = (counts.get(line) ?? 0) + 1;
      counts.set(line, place);
      this.#place.push(place);
      clock[this.#columns.get(line) ?? 0] = place;
      this.#clocks.push(clock);
    }
  }

  /** Whether group a had to come before group b; both counted from 0. */
  before(a: number, b: number): boolean {
    const column = this.#columns.get(this.line[a] ?? 0) ?? 0;
    return (this.#clocks[b]?.[column] ?? 0) >= (this.#place[a] ?? 0);
  }
}

function raise(clock: Uint32Array, other: Uint32Array | undefined): void {
  if (other === undefined) return;
  for (let i = 0; i < clock.length; i++) if ((other[i] ?? 0) > (clock[i] ?? 0)) clock[i] = other[i] ?? 0;
}

/** The group's program. */
export function actorOf(group: Group): number {
  return group.find((t) => t.effect !== "Check")?.actor ?? 0;
}

export function isTriggered(group: Group): boolean {
  return group[0]?.triggered === true;
}

/** The facts that earlier groups leave for later ones. */
class Past {
  readonly #lastOwn = new Map<number, number>();
  readonly #lastTriggered = new Map<number, number>();
  /** Acts of others on a program since its last own act. */
  readonly #toKnow = new Map<number, number[]>();
  /** The group of a slot's last change, and the group that put its content there. For a fired watch they differ. */
  readonly #writer = new Map<number, number>();
  readonly #maker = new Map<number, number>();

  /** The groups directly before this one. Afterwards this group is part of the past. */
  before(g: number, group: Group, silent: boolean): Set<number> {
    const before = new Set<number>();
    const add = (other: number | undefined): void => {
      if (other !== undefined && other !== g) before.add(other);
    };
    const actor = actorOf(group);
    if (isTriggered(group)) add(this.#lastTriggered.get(actor));
    else {
      add(this.#lastOwn.get(actor));
      for (const other of this.#toKnow.get(actor) ?? []) add(other);
    }
    for (const t of silent ? [] : group) {
      if (t.effect !== "Check" && opensPeer(t)) add(this.#lastOwn.get(t.peer));
      for (const access of accessesOf(t)) this.#access(g, t, access, add);
    }
    this.#enter(g, silent ? [] : group, actor, isTriggered(group));
    return before;
  }

  #access(g: number, t: Transition, access: Access, add: (other: number | undefined) => void): void {
    const { address, kind } = access;
    const uses = kind === "take" || kind === "modify" || kind === "read";
    // A Check follows from the watch, but the change would have come without the watch.
    if (uses && t.effect !== "Check") {
      add(this.#writer.get(address));
      add(this.#maker.get(address));
    }
    if (changes(access)) this.#writer.set(address, g);
    if (kind === "deposit") this.#maker.set(address, g);
  }

  #enter(g: number, group: Group, actor: number, triggered: boolean): void {
    const known = new Set<number>();
    for (const t of group) {
      if (t.effect === "Check") known.add(t.actor);
      if (opensPeer(t) && t.effect !== "JoinWith" && isEffect(t)) known.add(t.peer);
    }
    if (triggered) {
      this.#lastTriggered.set(actor, g);
      known.add(actor);
    } else {
      this.#lastOwn.set(actor, g);
      this.#toKnow.set(actor, []);
      known.delete(actor);
    }
    for (const program of known) {
      const list = this.#toKnow.get(program);
      if (list === undefined) this.#toKnow.set(program, [g]);
      else list.push(g);
    }
  }
}
