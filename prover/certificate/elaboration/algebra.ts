/** Lines that add signals and constraints by algebra alone. A constraint a · b = c is the polynomial a · b − c. */
import type { Parts, Terms } from "../../../verifier/constraints/system.ts";
import { type Followed, type Multiples, ONE, type Translations } from "./followed.ts";

/** The draft's next constraint is one that is derived. */
function derived(on: Followed, sides: readonly Terms[], parts: Multiples): [] {
  const own = sides.map((side) => on.numbers.terms(side));
  on.numbers.constraintIs(on.system.constraints.length, on.derive(own, parts));
  return [];
}

export const ALGEBRA: Translations = {
  define: (on, sum: Terms) => {
    const [signal, constraint] = on.define(on.numbers.terms(sum));
    on.numbers.signalIs(on.system.next, signal);
    on.numbers.constraintIs(on.system.constraints.length, constraint);
    return [];
  },
  /** Over the signals of the file, all three sums are the same: so the polynomials are. */
  rewrite: (on, n: number, ...sides: Terms[]) => derived(on, sides, [[on.numbers.constraint(n), ONE]]),
  /** Over the signals of the file, the polynomial is 0: a sum of no others. */
  identity: (on, ...sides: Terms[]) => derived(on, sides, []),
  /** The polynomial of a linear constraint is the sum that is 0, times −1: so both are added in the same way. */
  add: (on, parts: Parts) => {
    const at = on.system.constraints.length;
    return () => {
      const own: Multiples = parts.map(([n, times]) => [on.numbers.constraint(n), [[times]]]);
      const [, , sum] = on.system.at(at);
      on.numbers.constraintIs(at, on.derive([[], [], on.numbers.sum(sum)], own));
      return [];
    };
  },
};
