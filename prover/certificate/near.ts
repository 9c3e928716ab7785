import type { Sum } from "../../verifier/constraints/sums.ts";
import type { System } from "../../verifier/constraints/system.ts";

/** What belongs to a scope, also after lines have added constraints. */
export class Near {
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
  }

  /** The constraints of a scope, and those that lines have added about its signals since this was first asked. */
  of(scope: ReadonlySet<number>): number[] {
    let known = this.#scopes.get(scope);
    if (known === undefined) {
      known = { until: this.#system.constraints.length, list: [...scope], signals: new Set() };
      for (const n of scope)
        for (const sum of this.#system.constraints.at(n) as readonly Sum[])
          for (const s of sum.keys()) known.signals.add(s);
      known.signals.delete(0);
      this.#scopes.set(scope, known);
    }
    for (; known.until < this.#system.constraints.length; known.until++) {
      const sums = this.#system.constraints.at(known.until) as readonly Sum[];
      if (scope.has(known.until) || !sums.some((sum) => [...sum.keys()].some((s) => known.signals.has(s)))) continue;
      known.list.push(known.until);
      for (const sum of sums) for (const s of sum.keys()) if (s >= this.#system.signals) known.signals.add(s);
    }
    return known.list;
  }
  readonly #scopes = new WeakMap<ReadonlySet<number>, { until: number; list: number[]; signals: Set<number> }>();
}
