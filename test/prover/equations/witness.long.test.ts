/**
 * Real rows beside the search that puts the state machine beside the circuit: what it takes as given holds of them, and
 * each takes one way of the machine and leaves what that way leaves. `followed` enters the cases that they are in.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { EFFECTS } from "../../../prover/certificate/equations/paths.ts";
import { compared } from "../../../prover/certificate/machine/compare.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { SMALL } from "../../lib/circuit.ts";
import { type Followed, followed, waysIn } from "../../lib/followed.ts";
import { batchFaults, laidRow } from "../../lib/laid.ts";
import {
  COMPARED,
  newBatches,
  type ReadyRows,
  readyRows,
  valuesOf,
  WAYS,
  type WayBatch,
} from "../../lib/realWitnesses.ts";
import type { SignalValues } from "../../lib/witnessRow.ts";

/** Ways that the machine accepts and real rows take: in any row, and in the row that is compared. */
const HIT: Readonly<Record<RowName, readonly [anywhere: number, compared: number]>> = {
  CreateProgram: [8, 8],
  Issue: [2, 2],
  Retire: [2, 2],
  DeclareEntry: [2, 2],
  EscrowToProgram: [2, 2],
  ClaimFromProgram: [20, 20],
  RevokeResource: [4, 4],
  InvokeProgram: [19, 18],
  Pass: [7, 6],
  DelegateCapability: [11, 8],
  RevokeCapability: [2, 2],
  Clear: [6, 4],
  WatchResource: [42, 33],
  Unwatch: [32, 27],
  Check: [34, 30],
  Trigger: [1, 1],
  JoinWith: [2, 2],
  Split: [2, 2],
  Merge: [2, 2],
  RotateAuthority: [3, 3],
  Lineage: [6, 4],
  Enter: [3, 3],
  Eject: [1, 1],
};

interface Real {
  readonly batch: WayBatch;
  readonly values: SignalValues;
}

let ready: ReadyRows;
const anywhere = new Map(EFFECTS.map((effect) => [effect, new Set<number>()]));
const third = new Map(EFFECTS.map((effect) => [effect, new Set<number>()]));
const faults = new Map<RowName | "batch", string[]>(EFFECTS.map((effect) => [effect, []]));
/** The last batch that has the operation in the row that is compared. */
const last = new Map<RowName, Real>();
let padded = 0;

beforeAll(async () => {
  ready = await readyRows();
  const ofBatch: string[] = [];
  faults.set("batch", ofBatch);
  for (const batch of newBatches()) {
    const values = await valuesOf(ready.whole, batch);
    ofBatch.push(...batchFaults(ready, values, batch.rows.length));
    if (batch.rows.length < SMALL.rows) padded++;
    for (const [i, { row }] of batch.rows.entries()) {
      const { effect } = row;
      const number = WAYS.get(effect)?.indexOf(batch.ways[i] as WayBatch["ways"][number]) ?? -1;
      anywhere.get(effect)?.add(number);
      if (i === COMPARED) {
        third.get(effect)?.add(number);
        last.set(effect, { batch, values });
      }
      faults.get(effect)?.push(...laidRow(ready, batch, i, values).wrong);
    }
  }
}, 1_200_000);

describe.each(EFFECTS)("%s", (effect) => {
  it("is what the machine does, and all that is taken as given holds of it", () => {
    expect(faults.get(effect)).toEqual([]);
    expect([anywhere.get(effect)?.size, third.get(effect)?.size]).toEqual(HIT[effect]);
  });

  it("the search enters a real row's cases, excludes nothing there, and shows its way alone", () => {
    const { batch, values } = last.get(effect) as Real;
    const found = search(effect, values);
    expect(found.wrong).toEqual([]);
    expect(waysIn(found)).toEqual([["same", batch.ways[COMPARED]]]);
    expect(found.cases).toBeGreaterThan(10);
  });
});

function search(effect: RowName, values: SignalValues, levels = SMALL.levels): Followed {
  const { own, names, row } = ready;
  return followed(values.inRow(own.system), row.signals, () => void compared(own, names, row, effect, levels));
}

it("the rows of padding, and all bounds and constraints of all rows, hold of the witnesses", () => {
  expect(faults.get("batch")).toEqual([]);
  expect(padded).toBeGreaterThan(10);
});

describe("it can fail", () => {
  it("a row beside the numbers of another one is wrong", () => {
    const { batch, values } = last.get("Split") as Real;
    expect(laidRow(ready, batch, COMPARED, values).wrong).toEqual([]);
    expect(laidRow(ready, batch, COMPARED, (last.get("Merge") as Real).values).wrong.length).toBeGreaterThan(0);
  });

  it("a witness with another quantity keeps not all constraints", () => {
    const { values, batch } = last.get("Split") as Real;
    const quantity = ready.row.named.get("op.quantity") as number;
    const other = values.with(quantity, values.signal(quantity) + 1n);
    expect(batchFaults(ready, values, batch.rows.length)).toEqual([]);
    expect(batchFaults(ready, other, batch.rows.length).join()).toMatch(/row 2: constraint/);
  });

  it("a bound that the row does not keep is noticed", () => {
    const { own, names, row } = ready;
    const { values } = last.get("Split") as Real;
    const quantity = row.named.get("op.quantity") as number;
    const other = values.signal(quantity) + 1n;
    const { wrong } = followed(values.inRow(own.system), row.signals, () => {
      own.inCase([[quantity, other]], row.scope, () => void compared(own, names, row, "Split", SMALL.levels));
    });
    expect(wrong.length).toBeGreaterThan(0);
  });

  it("an assumption that excludes the row is noticed: that no program fits in the map", () => {
    const { values, batch } = last.get("Split") as Real;
    expect(waysIn(search("Split", values))).toEqual([["same", batch.ways[COMPARED]]]);
    expect(waysIn(search("Split", values, 0))).not.toEqual([["same", batch.ways[COMPARED]]]);
  });
});
