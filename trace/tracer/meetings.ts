/**
 * Meetings: before a program with a key names one that was created in the run, or that has taken another key since, it
 * joins it, in the same group. A join carries the peer's key, so that the program's log says who that is.
 */

import { keyBound, keyIn } from "../effects/found.ts";
import type { TriggerRows } from "../effects/triggers.ts";
import { isEffect, rowOf } from "../machine/rowShape.ts";
import type { Row } from "../machine/transition.ts";
import { type KeyOf, LogNames } from "../signing/boundPrograms.ts";
import type { View } from "../state/timeMap.ts";

/** Adds to groups the joins that make their signatures mean one thing. */
export class Meetings {
  readonly #logs = new Map<number, LogNames>();
  readonly #genesis: KeyOf;
  readonly #triggers: TriggerRows;

  /** @param genesis the keys of the genesis */
  constructor(genesis: KeyOf, triggers: TriggerRows) {
    this.#genesis = genesis;
    this.#triggers = triggers;
  }

  /** The rows of a group with the joins that they need. An open program needs none, nor does what a trigger applies. */
  before(view: View, rows: readonly Row[]): Row[] {
    if (rows[0]?.effect === "Trigger") return [...rows];
    let out = [...rows];
    for (const actor of actorsOf(rows)) {
      if (!hasKey(view, rows, actor)) continue;
      const missing = this.#log(actor).missing(rows, (program) => keyIn(view, program));
      const joins = missing
        .filter((program) => program <= view.programs())
        .map((peer) => rowOf("JoinWith", actor, { peer, argument: { steps: 0, ...keyBound(view, actor, peer) } }));
      // An actor that the group creates acts behind that.
      const created = out.findIndex(({ effect, peer }) => effect === "CreateProgram" && peer === actor);
      out = [...out.slice(0, created + 1), ...joins, ...out.slice(created + 1)];
    }
    return out;
  }

  /** Takes in a group that has happened. */
  happened(group: readonly Row[]): void {
    if (group[0]?.effect === "Trigger") return;
    for (const actor of actorsOf(group)) this.#log(actor).take(group);
  }

  #log(actor: number): LogNames {
    const log = this.#logs.get(actor) ?? new LogNames(actor, this.#genesis, this.#triggers);
    this.#logs.set(actor, log);
    return log;
  }
}

function actorsOf(rows: readonly Row[]): number[] {
  return [...new Set(rows.filter(isEffect).map(({ actor }) => actor))];
}

/** Whether somebody has to sign for what the program does in the group, or for all of it from then on. */
function hasKey(view: View, rows: readonly Row[], program: number): boolean {
  if ((keyIn(view, program) ?? 0n) !== 0n) return true;
  return rows.some(({ effect, actor, peer, argument }) => {
    if (effect === "CreateProgram" && peer === program) return (argument.authority ?? 0n) !== 0n;
    return effect === "RotateAuthority" && actor === program;
  });
}
