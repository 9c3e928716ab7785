/** A padding row of the circuit: it is no transition, so it must do nothing. */
import { beforeAll, describe, expect, it } from "vitest";
import { paddingDoes } from "../../../prover/certificate/machine/padding.ts";
import { type ReadyRow, readyRow } from "../../../prover/certificate/machine/ready.ts";
import { type Row, RowsByName } from "../../../prover/certificate/rows/row.ts";
import { OP } from "../../../trace/layout.ts";
import type { Sum } from "../../../verifier/constraints/sums.ts";
import { SMALL } from "../../lib/circuit.ts";

let ready: ReadyRow;
beforeAll(async () => {
  ready = await readyRow(SMALL);
}, 300_000);

const does = (row: Row): string[] | null => paddingDoes(ready.own, ready.names, row, SMALL.levels);

/** The third row without the constraints that have all of these signals. */
function without(...names: string[]): Row {
  const { own, row } = ready;
  const signals = names.map((name) => row.named.get(name) as number);
  const has = (n: number, signal: number): boolean =>
    (own.system.constraints.at(n) as readonly Sum[]).some((sum) => sum.has(signal));
  const scope = new Set([...row.scope].filter((n) => !signals.every((signal) => has(n, signal))));
  expect(scope.size).toBeLessThan(row.scope.size);
  return { ...row, scope };
}

describe("a padding row", () => {
  it("finds no cell, asks nobody, takes no time and hands on an ended group, in each place of a batch", () => {
    for (let number = 1; number < SMALL.rows; number++) {
      const row = new RowsByName(ready.names).row(ready.own, number);
      ready.own.within(row.scope, () => void ready.own.run());
      expect([number, does(row)]).toEqual([number, []]);
    }
  });

  it("is not the first of a batch", () => {
    expect(does(new RowsByName(ready.names).row(ready.own, 0))).toBeNull();
  });

  it("is seen to take time, or to go on a group, where no constraint keeps it from that", () => {
    const padding = `op.is[${OP.Padding}]`;
    expect(does(without(padding, "choice.wait"))).toEqual(["takes time"]);
    expect(does(without(padding, "previous.groupState.continues"))).toContain("goes on a group");
  });
});
