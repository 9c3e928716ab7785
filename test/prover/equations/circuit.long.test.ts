/** A row of the circuit beside the state machine: what the machine refuses, no row does. */
import { beforeAll, describe, expect, it } from "vitest";
import type { Path } from "../../../prover/certificate/equations/paths.ts";
import { type Comparison, compared, isNever, isShown } from "../../../prover/certificate/machine/compare.ts";
import { notPadding } from "../../../prover/certificate/machine/padding.ts";
import { type ReadyRow, readyRows } from "../../../prover/certificate/machine/ready.ts";
import { isOneOperation } from "../../../prover/certificate/machine/rowAsks.ts";
import type { Row } from "../../../prover/certificate/rows/row.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import type { Sum } from "../../../verifier/constraints/sums.ts";
import { SMALL } from "../../lib/circuit.ts";

let rowOf: (number: number) => ReadyRow;
let ready: ReadyRow;
beforeAll(async () => {
  rowOf = await readyRows(SMALL);
  ready = rowOf(2);
}, 300_000);

const compare = (effect: RowName, row = ready.row, isWanted?: (path: Path) => boolean): Comparison =>
  compared(ready.own, ready.names, row, effect, SMALL.levels, isWanted);
const compareIn = ({ own, names, row }: ReadyRow, effect: RowName): Comparison =>
  compared(own, names, row, effect, SMALL.levels);
const isAccepted = ({ outcome }: Path): boolean => outcome.accepted;

/** The row without the constraints that have all of these signals. */
function without(names: readonly string[], isCut: (n: readonly Sum[]) => boolean = () => true): Row {
  const { own, row } = ready;
  const signals = names.map((name) => row.named.get(name) as number);
  const sumsOf = (n: number): readonly Sum[] => own.system.constraints.at(n) as readonly Sum[];
  const cut = own
    .of(signals[0] as number)
    .filter((n) => signals.every((signal) => sumsOf(n).some((sum) => sum.has(signal))) && isCut(sumsOf(n)));
  expect(cut.length).toBeGreaterThan(0);
  return { ...row, scope: new Set([...row.scope].filter((n) => !cut.includes(n))) };
}

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
  ["Check", 86],
] as const) {
  it(`${effect}: each way of the machine is the row's, or no row takes it`, () => {
    const one = compare(effect);
    const { same, untaken, refused, elsewhere, open } = one;
    expect(open).toEqual({});
    expect(isShown(one, 2)).toBe(true);
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
    const row = without(names, ([, , c]) => c?.size === 0);
    // The other ways are shown as before.
    const isWanted = ({ outcome }: Path): boolean => !outcome.accepted && open.test(outcome.invariant);
    expect(Object.keys(compare(effect, row, isWanted).open).join()).toMatch(open);
  });
}

/** Of the accepted ways of a Check, the first on which its watch fires, and the first on which it does not. */
function firstOfEach(): (path: Path) => boolean {
  const seen = new Set<boolean>();
  return ({ outcome, found }) => {
    // A slot of which nothing is changed but `seq` may hold anything.
    const fires = found.S?.length === 1;
    if (!outcome.accepted || seen.has(fires)) return false;
    seen.add(fires);
    return true;
  };
}

it("a Check that fires and one that does not are the same with all constraints", () => {
  expect(compare("Check", ready.row, firstOfEach())).toMatchObject({ same: 2, open: {} });
});

it.each([
  ["the first Check that is owed comes first", ["choice.checkTurn[1]", "previous.owedChecks.s[0]"], true],
  ["a comparison is right", ["choice.fired", "choice.spare", "Watches.pending.Condition.compares"], false],
  ["an arrival, a departure or a change is one", ["choice.fired", "Watches.pending.Condition.arrives"], false],
] as const)("without the constraint that %s, no Check is shown, fired or not", (_, names, isTurn) => {
  const row = without(names, ([, , c]) => c?.size === 0);
  const open = Object.entries(compare("Check", row, firstOfEach()).open);
  const ways = open.filter(([what]) => /X\[0\] left/.test(what) && /Check 1 of S is handed on/.test(what) === isTurn);
  expect(ways.reduce((sum, [, count]) => sum + count, 0)).toBe(2);
});

it("a merge's target is one number: without the constraint that its halves make it, Merge is not shown", () => {
  expect(compare("Merge").open).toEqual({});
  const row = without(["mergedId", "op.is[18]"]);
  expect(Object.keys(compare("Merge", row).open).join()).toMatch(/lower half/);
});

describe.each([
  ["Retire", "a Check that is owed stays owed", ["next.owedChecks.s[0]", "previous.owedChecks.s[0]"], /Check 0 of S/],
  ["Trigger", "a trigger opens a group that is triggered", ["next.groupState.triggered"], /triggered is handed on/],
  ["RotateAuthority", "its time is the one before and the wait", ["next.time", "choice.wait"], /time-monotone/],
  [
    "RotateAuthority",
    "a call is open while arguments are left",
    ["next.callState.calling"],
    /a call is open is handed/,
  ],
  ["Lineage", "a line has the root of its beginning", ["next.lineageState.root"], /root of the line is handed on/],
  ["Pass", "each argument is counted", ["next.callState.left", "op.is[9]"], /of the call, the arguments left/],
] as const)("%s: the constraint that %s", (effect, _, names, open) => {
  // Ways through a Pass take long. What holds of the state behind all of them does not.
  const isWanted = effect === "Pass" ? () => false : effect === "RotateAuthority" ? undefined : isAccepted;

  it("is there, and the row hands on what the machine does", () => {
    expect(compare(effect, ready.row, isWanted).open).toEqual({});
  });
  it("is taken out, and the row does not", () => {
    expect(Object.keys(compare(effect, without(names), isWanted).open).join()).toMatch(open);
  });
});

it("a row is one operation: another constraint than the sum of all its bits does not say so", () => {
  const { own, row } = ready;
  const other = [...row.scope].find((n) => n !== row.ones) as number;
  const actor = row.named.get("op.actor") as number;
  const rows = [
    row,
    { ...row, ones: other },
    { ...row, bits: row.bits.slice(1) },
    { ...row, bits: [...row.bits, actor] },
  ];
  expect(rows.map((one) => isOneOperation(own, one))).toEqual([true, false, false, false]);
  expect(Object.keys(compare("Retire", { ...row, ones: other }).open)).toEqual(["a row is one operation"]);
});

it("an effect asks for its actor's signature: without the constraint that it does, none is shown", () => {
  const row = without(["tuples.signed", "signed", "chain"]);
  expect(Object.keys(compare("Retire", row).open)).toEqual(["the signature is asked for"]);
});

describe("a row that pads a batch", () => {
  const open = (row = ready.row): string[] => notPadding(ready.own, ready.names, row, SMALL.levels);

  it.each([1, 2, 3])("changes nothing, and stands where a group may end: row %i", (number) => {
    const { own, names, row } = rowOf(number);
    expect(notPadding(own, names, row, SMALL.levels)).toEqual([]);
  });
  it("takes time without the constraint that it does not wait", () => {
    expect(open(without(["op.is[0]", "choice.wait"]))).toEqual(["it takes no time"]);
  });
  it("leaves Checks owed without the constraint that they are done at once", () => {
    const row = without(["op.is[14]", "previous.owedChecks.s[0]"], ([, , c]) => c?.size === 0);
    expect(open(row).join()).toMatch(/Check 0 is not owed before it/);
  });
});

describe.each([0, 1, 3])("row %i", (number) => {
  const effects = ["Trigger", "RotateAuthority"] as const;

  it.each(effects)("does the same as the third: %s", (effect) => {
    const { effect: _, ...counts } = compareIn(rowOf(number), effect);
    expect(counts).toMatchObject({ untaken: effect === "Trigger" ? 1 : 0, open: {} });
    expect(counts.same).toBe(effect === "Trigger" ? 1 : 3);
  });
});

it("no first row passes an argument or is a Check", () => {
  const first = rowOf(0);
  const never = (["Pass", "Check", "Trigger"] as const).map((effect) => isNever(compareIn(first, effect)));
  expect(never).toEqual([true, true, false]);
});
