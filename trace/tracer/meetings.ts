/**
 * Meetings: a program with a key joins each program that was created in the run, or has changed its key since, before
 * naming it. The join is in the same group. It carries the peer's key, so the program's log identifies the peer.
 */

import { keyBound, keyIn } from "../effects/found.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import { mustSign } from "../layout.ts";
import type { Machine } from "../machine/machine.ts";
import { isEffect, rowOf } from "../machine/rowShape.ts";
import type { Row, Transition } from "../machine/transition.ts";
import { boundIn, type KeyOf, LogNames } from "../signing/boundPrograms.ts";
import type { View } from "../state/timeMap.ts";

/** Adds the joins that make a group's signatures unambiguous. */
export class Meetings {
  readonly #logs = new Map<number, LogNames>();
  readonly #genesis: KeyOf;
  readonly #triggers: TriggerRows;
  readonly #open: boolean;
  readonly #before: (actor: number, program: number) => bigint | undefined;

  /**
   * @param genesis the keys of the genesis
   * @param open whether the logs of open programs are remembered. Without them, a program that takes a key later joins
   *   again those that it met before
   * @param before the key under which a log bound a program before the first group; nothing by default
   */
  constructor(
    genesis: KeyOf,
    triggers: TriggerRows,
    open = true,
    before: (actor: number, program: number) => bigint | undefined = () => undefined,
  ) {
    this.#before = before;
    this.#genesis = genesis;
    this.#triggers = triggers;
    this.#open = open;
  }

  /** The rows of a group with the joins that they need. Open programs and triggered rows need none. */
  before(view: View, rows: readonly Row[]): readonly Row[] {
    if (rows[0]?.effect === "Trigger") return rows;
    let out = rows;
    for (const actor of actorsOf(rows)) {
      if (!hasKey(view, rows, actor)) continue;
      const missing = this.#log(actor).missing(rows, (program) => keyIn(view, program));
      const joins = missing
        .filter((program) => program <= view.programs())
        .map((peer) => rowOf("JoinWith", actor, { peer, argument: { steps: 0, ...keyBound(view, actor, peer) } }));
      // An actor that the group creates joins after its creation.
      const created = out.findIndex(({ effect, peer }) => effect === "CreateProgram" && peer === actor);
      out = [...out.slice(0, created + 1), ...joins, ...out.slice(created + 1)];
    }
    return out;
  }

  /** Records a group that has happened. */
  happened(group: readonly Transition[]): void {
    if (group[0]?.effect === "Trigger") return;
    for (const actor of actorsOf(group)) if (this.#open || signs(group, actor)) this.#log(actor).take(group);
  }

  #log(actor: number): LogNames {
    const log = this.#logs.get(actor) ?? this.#begun(actor);
    this.#logs.set(actor, log);
    return log;
  }

  #begun(actor: number): LogNames {
    return new LogNames(actor, this.#genesis, this.#triggers, (program) => this.#before(actor, program));
  }
}

/** What the log of one program binds: another one, under a key. */
export interface Binding {
  readonly actor: number;
  readonly program: number;
  readonly authority: bigint;
}

/** What a group binds in the logs of the programs with keys that act in it. */
export function bindingsOf(group: readonly Transition[]): Binding[] {
  const bound = boundIn(group);
  if (bound.size === 0) return [];
  return signersOf(group).flatMap((actor) => [...bound].map(([program, authority]) => ({ actor, program, authority })));
}

/** The programs that act in a group and have a key before it or after it; none if a trigger applies it. */
export function signersOf(group: readonly Transition[]): number[] {
  return group[0]?.effect === "Trigger" ? [] : actorsOf(group).filter((actor) => signs(group, actor));
}

/** Whether the program has a key before the group or after it. */
function signs(group: readonly Transition[], program: number): boolean {
  return group.some(({ actor, columns: { A } }) => {
    return actor === program && [A.before, A.after].some(([, authority]) => mustSign(program, authority));
  });
}

function actorsOf(rows: readonly Row[]): number[] {
  const [only] = rows;
  if (rows.length === 1 && only !== undefined) return isEffect(only) ? [only.actor] : [];
  return [...new Set(rows.filter(isEffect).map(({ actor }) => actor))];
}

/** Whether the program needs a signature for its rows in the group, or for all later ones. */
function hasKey(view: View, rows: readonly Row[], program: number): boolean {
  if (mustSign(program, keyIn(view, program) ?? 0n)) return true;
  return rows.some(({ effect, actor, peer, argument }) => {
    if (effect === "CreateProgram" && peer === program) return (argument.authority ?? 0n) !== 0n;
    return effect === "RotateAuthority" && actor === program;
  });
}

/**
 * The keys of a genesis. A map after its genesis does not tell which of its programs the genesis had, so the result is
 * empty then.
 */
export function keysIn({ seq, map }: Machine): Map<number, bigint> {
  const programs = seq === 0 ? map.programs() : 0;
  return new Map(Array.from({ length: programs }, (_, i) => [i + 1, keyIn(map, i + 1) ?? 0n]));
}
