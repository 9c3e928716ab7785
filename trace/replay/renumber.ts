/**
 * Translates rows of one trace into another from which something was left out. Programs, resources and references to
 * them have other numbers there.
 */

import { lookUp, type TriggerRows } from "../effects/triggers.ts";
import { RefusedError } from "../errors.ts";
import { address, CLEARED, idOf, issuerOf, kindOf, makerOf, programOf, slotOf } from "../layout.ts";
import { triggerDigest } from "../machine/group.ts";
import { idMade } from "../machine/made.ts";
import { isEffect } from "../machine/rowShape.ts";
import type { Row, Transition } from "../machine/transition.ts";

/** From the numbers of the old trace to those of the new one. */
export class Renumbering {
  /** Number of programs in the genesis. They keep their numbers. */
  readonly #genesis: number;
  #programs = new Map<number, number>();
  readonly #ids = new Map<bigint, bigint>();
  /** Ids of things made by groups that are left out. */
  readonly #lost = new Set<bigint>();
  readonly #old: TriggerRows;
  readonly #new = new Map<bigint, readonly Row[]>();

  /** @param triggers the rows behind the digests of the old trace */
  constructor(genesis: number, triggers: TriggerRows) {
    this.#genesis = genesis;
    this.#old = triggers;
  }

  /** The rows behind the digests of the new trace. */
  get triggers(): TriggerRows {
    const renumbered = lookUp(this.#new);
    return (digest) => renumbered(digest) ?? this.#old(digest);
  }

  /**
   * The rows of a group, without those that follow from the state.
   * @param programs number of programs in the new trace
   * @throws RefusedError if they name something made by a group that is left out
   */
  rows(group: readonly Transition[], programs: number): Row[] {
    const before = this.#programs;
    // A group may name a program that it makes, and may still be refused.
    this.#programs = new Map(before);
    let next = programs + 1;
    try {
      return group
        .filter((t) => isEffect(t) || t.effect === "Trigger")
        .map((t) => {
          if (t.effect === "CreateProgram") this.#programs.set(t.peer, next++);
          return this.#row(t);
        });
    } finally {
      this.#programs = before;
    }
  }

  /** Records what a group made, after it has happened. */
  happened(old: readonly Transition[], made: readonly Transition[]): void {
    const now = made.filter(isEffect);
    for (const [i, t] of old.filter(isEffect).entries()) {
      const same = now[i];
      if (same === undefined) continue;
      const [before, after] = [idMade(t), idMade(same)];
      if (before !== undefined && after !== undefined) this.#ids.set(before, after);
      if (t.effect === "CreateProgram") this.#programs.set(t.peer, same.peer);
    }
  }

  /** Records that a group is left out. */
  lost(group: readonly Transition[]): void {
    for (const id of group.map(idMade)) if (id !== undefined) this.#lost.add(id);
  }

  /** The new number of a program. @throws RefusedError if the program is not in the new trace */
  program(program: number): number {
    if (program <= this.#genesis) return program;
    const known = this.#programs.get(program);
    if (known === undefined) throw new RefusedError("invocation-causal", `program ${program} no longer exists`);
    return known;
  }
  address(at: number): number {
    return at === 0 ? 0 : address(this.program(programOf(at)), slotOf(at));
  }
  kind(kind: bigint): bigint {
    return kind === 0n ? 0n : kindOf(this.program(issuerOf(kind)), Number(kind & 0xffff_ffffn));
  }
  /**
   * The new id. An id that is not made yet keeps its maker and its count.
   * @throws RefusedError if a group that is left out made it
   */
  #id(id: bigint): bigint {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    if (this.#lost.has(id)) throw new RefusedError("no-double-spend", `resource ${id} no longer exists`);
    const maker = makerOf(id);
    return maker === 0 ? id : idOf(this.program(maker), Number(id - idOf(maker, 0)));
  }

  #row(row: Row): Row {
    const { effect, argument } = row;
    const actor = this.program(row.actor);
    const peer = this.program(row.peer);
    const newcomer = effect === "CreateProgram";
    this.#requireSameAtTheBorder(row);
    return {
      effect,
      actor,
      peer,
      source: this.address(row.source),
      destination: this.address(row.destination),
      // A new program's row opens the header of the program before it, unless that is the actor.
      authority: newcomer ? (actor === peer - 1 ? 0 : address(peer - 1, 0)) : this.address(row.authority),
      resource: this.#id(row.resource),
      kind: this.kind(row.kind),
      quantity: row.quantity,
      deadline: row.deadline,
      argument: {
        ...argument,
        ...(argument.scope === undefined ? {} : { scope: this.address(argument.scope) }),
        ...(argument.trigger === undefined ? {} : { trigger: this.#trigger(argument.trigger) }),
        ...(argument.removed === undefined ? {} : { removed: this.#removed(row) }),
        ...(argument.into === undefined ? {} : { into: this.#id(argument.into) }),
      },
    };
  }

  /**
   * The registry knows by number who is to have a deposit, and where what a request asks for lies.
   * @throws RefusedError if a row of the chain would name another program now
   */
  #requireSameAtTheBorder({ effect, peer, source, destination }: Row): void {
    if (effect !== "Enter" && effect !== "Eject") return;
    if (this.program(peer) === peer && this.address(source) === source && this.address(destination) === destination)
      return;
    throw new RefusedError(
      "chain-approved",
      `the registry has program ${peer} on record, which has another number now`,
    );
  }

  /** The identity of the removed thing; for a watch, the new digest of its trigger. */
  #removed({ effect, argument }: Row): bigint {
    const { cleared, removed = 0n } = argument;
    const isWatch = effect === "Unwatch" || cleared === CLEARED.fired || cleared === CLEARED.spent;
    return isWatch ? this.#trigger(removed) : removed;
  }

  /** @throws RefusedError if the trigger's rows are unknown, or name something made by a group that is left out */
  #trigger(digest: bigint): bigint {
    const rows = this.#old(digest);
    if (rows === undefined) {
      throw new RefusedError(
        "watch-deterministic",
        `the rows of trigger ${digest} are not in the trace, and the numbers they name may have changed; set the watch again`,
      );
    }
    const now = rows.map((row) => this.#row(row));
    const renumbered = triggerDigest(now);
    this.#new.set(renumbered, now);
    return renumbered;
  }
}
