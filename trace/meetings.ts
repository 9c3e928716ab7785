/**
 * Meetings: before a program with a key first names one that was created in the run, it joins it, in the same group. A join carries the
 * peer's key, so that from then on the program's log says who that is.
 */
import { LogNames } from "./bound.ts";
import { address } from "./layout.ts";
import { keyBound } from "./lower.ts";
import type { Row } from "./record.ts";
import { isEffect, rowOf } from "./rows.ts";
import type { View } from "./state.ts";
import type { TriggerRows } from "./triggers.ts";

/** Adds to groups the joins that make their signatures mean one thing. */
export class Meetings {
  readonly #logs = new Map<number, LogNames>();
  readonly #genesis: number;
  readonly #triggers: TriggerRows;

  /** @param genesis how many programs the genesis has */
  constructor(genesis: number, triggers: TriggerRows) {
    this.#genesis = genesis;
    this.#triggers = triggers;
  }

  /** The rows of a group, behind the joins that they need. Whom nobody signs for needs none, nor does what a trigger applies. */
  before(view: View, rows: readonly Row[]): Row[] {
    if (rows[0]?.effect === "Trigger") return [...rows];
    const joins = actorsOf(rows).flatMap((actor) => {
      if (!hasKey(view, rows, actor)) return [];
      const there = this.#log(actor)
        .missing(rows)
        .filter((program) => program <= view.programs());
      return there.map((peer) =>
        rowOf("JoinWith", actor, { peer, argument: { steps: 0, ...keyBound(view, actor, peer) } }),
      );
    });
    // Behind what creates the actor, if this group does.
    const first =
      1 + Math.max(-1, ...rows.map(({ effect }, i) => (effect === "CreateProgram" && joins.length > 0 ? i : -1)));
    return [...rows.slice(0, first), ...joins, ...rows.slice(first)];
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

/** Whether somebody has to sign for the program. */
function hasKey(view: View, rows: readonly Row[], program: number): boolean {
  if (program > view.programs()) {
    const created = rows.find(({ effect, peer }) => effect === "CreateProgram" && peer === program);
    return (created?.argument.authority ?? 0n) !== 0n;
  }
  const header = view.cell(address(program, 0));
  return header.type === "program" && header.authority !== 0n;
}
