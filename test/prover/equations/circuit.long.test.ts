/** A row of the circuit beside the state machine: what the machine refuses, no row does. */
import { beforeAll, expect, it } from "vitest";
import { type Comparison, compared } from "../../../prover/certificate/machine/compare.ts";
import { type ReadyRow, readyRow } from "../../../prover/certificate/machine/ready.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import type { Sum } from "../../../verifier/certificate/system.ts";
import { SMALL } from "../../lib/circuit.ts";

let ready: ReadyRow;
beforeAll(async () => {
  ready = await readyRow(SMALL);
}, 300_000);

const compare = (effect: RowName, row = ready.row): Comparison =>
  compared(ready.own, ready.names, row, effect, SMALL.levels);

for (const [effect, ways] of [
  ["Issue", 37],
  ["Retire", 44],
  ["RevokeResource", 64],
  ["Trigger", 37],
  ["RotateAuthority", 32],
] as const) {
  it(`${effect}: each way of the machine is the row's, or no row takes it`, () => {
    const { same, untaken, refused, elsewhere, open } = compare(effect);
    expect(open).toEqual({});
    expect(same).toBeGreaterThan(0);
    expect(same + untaken + refused + Object.values(elsewhere).reduce((a, b) => a + b, 0)).toBe(ways);
  });
}

it("without the constraint that only its giver takes an escrow back, that is not shown", () => {
  const { own, row } = ready;
  const has = (n: number, name: string): boolean =>
    (own.system.constraints[n] as readonly Sum[]).some((sum) => sum.has(row.named.get(name) as number));
  const names = ["op.is[7]", "found.sEscrow", "op.actor"];
  const cut = own.of(row.named.get("found.sEscrow") as number).filter((n) => names.every((name) => has(n, name)));
  expect(cut.length).toBeGreaterThan(0);
  const scope = new Set([...row.scope].filter((n) => !cut.includes(n)));
  expect(Object.keys(compare("RevokeResource", { ...row, scope }).open).join()).toMatch(/no-unscoped-access/);
});
