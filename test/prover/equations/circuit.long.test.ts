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
  ["Pass", 191],
  ["DelegateCapability", 367],
  ["Unwatch", 122],
  ["ClaimFromProgram", 642],
  ["InvokeProgram", 323],
  ["WatchResource", 415],
] as const) {
  it(`${effect}: each way of the machine is the row's, or no row takes it`, () => {
    const { same, untaken, refused, elsewhere, open } = compare(effect);
    expect(open).toEqual({});
    expect(same).toBeGreaterThan(0);
    expect(same + untaken + refused + Object.values(elsewhere).reduce((a, b) => a + b, 0)).toBe(ways);
  });
}

for (const [what, effect, names, open] of [
  ["only its giver takes an escrow back", "RevokeResource", ["op.is[7]", "found.sEscrow", "op.actor"], /no-unscoped/],
  ["a guard is 0 or 1", "DeclareEntry", ["SingleOperations.guard", "op.scope"], /packed: bits of row\.argument\.guard/],
  ["only the chain lets something in", "Enter", ["op.is[21]", "op.is[22]", "chain"], /chain-approved/],
  ["arguments go to the entry that was called", "Pass", ["op.is[9]", "previous.callState.entry"], /invocation-causal/],
  ["lent rights are a subset", "DelegateCapability", ["choice.derives", "op.rights"], /capability-attenuates/],
  ["it is the watch on that slot", "Unwatch", ["op.is[13]", "parts.spareLow"], /watch-deterministic/],
  ["a claim needs the right", "ClaimFromProgram", ["columns.claimBy", "parts.capBits[0]"], /capability-attenuates/],
  ["a guarded call needs the right", "InvokeProgram", ["columns.guarded", "parts.capBits[1]"], /capability-attenuates/],
  ["a watch needs the right", "WatchResource", ["columns.watchBy", "parts.capBits[2]"], /capability-attenuates/],
] as const) {
  it(`without the constraint that ${what}, ${effect} is not shown`, () => {
    const { own, row } = ready;
    const signals = names.map((name) => row.named.get(name) as number);
    const sumsOf = (n: number): readonly Sum[] => own.system.constraints[n] as readonly Sum[];
    const cut = own
      .of(signals[0] as number)
      .filter((n) => signals.every((signal) => sumsOf(n).some((sum) => sum.has(signal))))
      .filter((n) => sumsOf(n)[2]?.size === 0);
    expect(cut.length).toBeGreaterThan(0);
    const scope = new Set([...row.scope].filter((n) => !cut.includes(n)));
    expect(Object.keys(compare(effect, { ...row, scope }).open).join()).toMatch(open);
  });
}
