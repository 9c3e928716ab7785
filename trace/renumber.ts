/**
 * Rows of one trace, as they read in another from which something was left out: programs, resources and what names them have moved to other
 * numbers there.
 */
import { RefusedError } from "./errors.ts";
import { triggerDigest } from "./group.ts";
import { address, GENESIS_ID, issuerOf, kindOf, programOf, slotOf } from "./layout.ts";
import type { Row, Transition } from "./record.ts";
import { isEffect } from "./rows.ts";

/** From the numbers of the old trace to those of the new one. */
export class Renumbering {
  /** Programs of the genesis, which keep their numbers. */
  readonly #genesis: number;
  #programs = new Map<number, number>();
  readonly #ids = new Map<bigint, bigint>();
  /** Rows that triggers of the old trace applied, by their digest there. */
  readonly #triggers: ReadonlyMap<bigint, readonly Row[]>;

  constructor(genesis: number, old: Iterable<readonly Transition[]>) {
    this.#genesis = genesis;
    const triggers = new Map<bigint, readonly Row[]>([[triggerDigest([]), []]]);
    for (const group of old) {
      if (group[0]?.effect !== "Trigger") continue;
      const rows = group.filter(isEffect);
      triggers.set(triggerDigest(rows), rows);
    }
    this.#triggers = triggers;
  }

  /**
   * The rows of a group, without those that follow from the state.
   * @param programs how many programs there are in the new trace
   * @throws RefusedError if they name something that was made by what is left out
   */
  rows(group: readonly Transition[], programs: number): Row[] {
    const before = this.#programs;
    // A program may be named in the group that makes it, which may be refused yet.
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

  /** Takes in what a group made, now that it has happened. */
  happened(old: readonly Transition[], made: readonly Transition[]): void {
    const now = made.filter(isEffect);
    for (const [i, t] of old.filter(isEffect).entries()) {
      const same = now[i];
      if (same === undefined) continue;
      if (t.effect === "Issue" || t.effect === "Split") this.#ids.set(BigInt(t.seq), BigInt(same.seq));
      if (t.effect === "CreateProgram") this.#programs.set(t.peer, same.peer);
    }
  }

  /** The number of a program. @throws RefusedError if it is not there */
  program(program: number): number {
    if (program <= this.#genesis) return program;
    const known = this.#programs.get(program);
    if (known === undefined) throw new RefusedError("invocation-causal", `program ${program} is not made any more`);
    return known;
  }
  address(at: number): number {
    return at === 0 ? 0 : address(this.program(programOf(at)), slotOf(at));
  }
  kind(kind: bigint): bigint {
    return kind === 0n ? 0n : kindOf(this.program(issuerOf(kind)), Number(kind & 0xffff_ffffn));
  }
  #id(id: bigint): bigint {
    if (id === 0n || id >= GENESIS_ID) return id;
    const known = this.#ids.get(id);
    if (known === undefined) throw new RefusedError("no-double-spend", `resource ${id} is not made any more`);
    return known;
  }

  #row(row: Row): Row {
    const { effect, argument } = row;
    const actor = this.program(row.actor);
    const peer = this.program(row.peer);
    const newcomer = effect === "CreateProgram";
    return {
      effect,
      actor,
      peer,
      source: this.address(row.source),
      destination: this.address(row.destination),
      // A new program's row opens the header of the one before, unless that is the actor.
      authority: newcomer ? (actor === peer - 1 ? 0 : address(peer - 1, 0)) : this.address(row.authority),
      resource: this.#id(row.resource),
      kind: this.kind(row.kind),
      quantity: row.quantity,
      deadline: row.deadline,
      argument: {
        ...argument,
        ...(argument.scope === undefined ? {} : { scope: this.address(argument.scope) }),
        ...(argument.trigger === undefined ? {} : { trigger: this.#trigger(argument.trigger) }),
      },
    };
  }

  /**
   * Only of triggers that were applied is it known here what they hold. The others stay as they are while programs keep their numbers: the
   * watcher, who has to sign the watch again, knows what is in it.
   */
  #trigger(digest: bigint): bigint {
    const rows = this.#triggers.get(digest);
    if (rows !== undefined) return triggerDigest(rows.map((row) => this.#row(row)));
    if ([...this.#programs].every(([old, now]) => old === now)) return digest;
    throw new RefusedError(
      "watch-deterministic",
      "the watch's trigger was never applied, so its effects are not known here, and programs have other numbers now",
    );
  }
}
