/** One row, one operation at a time: what holds in each operation that the row can be holds. */

import type { Sum } from "../../../verifier/constraints/sums.ts";
import type { Propagator } from "../propagate.ts";
import type { Line } from "../reasoning/reasoner.ts";
import { OPERATIONS, type Row } from "./row.ts";
import { STEPS } from "./steps.ts";
import { Steps, settled } from "./take.ts";

/** What is only known once the group's digest is, which later rows have; and inverses. */
const LATER = /\.inv$|^choice\.inverse$|^Effect\.group\.|^(op\.digest|tuples\.wordsLeft\[0\]\[2\])$/;

/** @param log told of operations that leave something open */
export function certifyRow(own: Propagator, row: Row, log?: (text: string) => void): void {
  const { facts } = own.checker;
  own.near.of(row.scope);
  own.within(row.scope, () => void own.run());
  starts(own, row);
  // 1. Between what the parts of the packed words lie: as each operation has other parts, by operation.
  perOperation(own, row, (name) => {
    const steps = new Steps(own, row, log);
    for (const step of STEPS[name] ?? []) if ("within" in step) steps.take(step);
    own.run();
  });
  own.within(row.scope, () => void own.run());
  // 2. So the packed word says which operation it is.
  const number = row.named.get("sort.number") as number;
  for (const n of own.of(number)) if (!own.passed.has(n) && own.try("index", row.ones, n)) break;
  own.within(row.scope, () => void own.run());
  // 3. Everything else.
  perOperation(own, row, (name) => {
    settled(own, row);
    const steps = new Steps(own, row, log);
    for (const step of STEPS[name] ?? []) steps.take(step);
    const open = row.signals
      .filter((one) => !facts.known.has(one) && !facts.free.has(one))
      .map((one) => row.nameOf.get(one) ?? "")
      .filter((one) => !LATER.test(one));
    if (open.length > 0) log?.(`row ${row.number}, ${name}: ${open.length} open: ${open.slice(0, 9).join(" ")}`);
  });
}

/** A group starts at this row, or where the row before says: between these, whichever it is. */
function starts(own: Propagator, row: Row): void {
  const [continues, start] = [row.named.get("previous.groupState.continues"), row.named.get("next.start")];
  if (continues === undefined || start === undefined || own.checker.facts.constant(continues) !== null) return;
  const scope = new Set(own.of(start).filter((n) => row.scope.has(n)));
  const branches = [0n, 1n].map((value) => own.inCase([[continues, value]], scope, () => void own.run()));
  own.try("cases", continues, branches);
  own.within(row.scope, () => void own.run());
}

/** One case for each operation, in the order in which the checker counts them: that of the constraint. */
function perOperation(own: Propagator, row: Row, inside: (name: string) => void): void {
  const bits = [...(own.folded(row.ones).linear as Sum).keys()].filter((one) => one !== 0);
  const branches: Line[][] = bits.map((bit) => {
    const values = bits.map((other) => [other, other === bit ? 1n : 0n] as const);
    return own.inCase(values, row.scope, () => inside(OPERATIONS[row.bits.indexOf(bit)] as string));
  });
  own.must("onehot", row.ones, branches);
}
