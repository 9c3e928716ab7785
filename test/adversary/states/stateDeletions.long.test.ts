/** Every deleted constraint of the circuits of exits and cells is noticed, and no wire of theirs is free. */
import { expect, test } from "vitest";
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { loadR1cs, unsatisfied } from "../../../prover/formats/r1cs.ts";
import { witnessValues } from "../../../prover/formats/wtns.ts";
import { mainSource } from "../../../prover/profiles.ts";
import { CELL_CIRCUIT, EXIT, STATE_CIRCUITS } from "../../../prover/stateCircuits.ts";
import { calculateWitness } from "../../../prover/witness/witness.ts";
import { scheduleOf } from "../r1cs/schedule.ts";
import { SecondWitness } from "../r1cs/secondWitness.ts";
import { honestCell, honestExit } from "./forgedPath.ts";
import { runStateDeletions } from "./stateDeletions.ts";
import { StateModel } from "./stateModel.ts";
import { WORLDS, world } from "./worlds.ts";

test.each(STATE_CIRCUITS)(
  "$name: without a constraint, a forgery is accepted or a second witness exists",
  async (one) => {
    const { tried, caught, by, implied, survivors } = await runStateDeletions(one);
    console.log(
      `${one.name}: ${tried} constraints deleted, ${caught} noticed: by forgeries ${by.forgery}, by other outputs ${by.output}, ` +
        `by other wires inside ${by.inside}; ${implied.length} more follow from others`,
    );
    expect(survivors).toEqual([]);
    expect(caught).toBe(tried);
  },
);

test("no wire can have another value while the others keep theirs", async () => {
  const { map, wish } = world(12);
  for (const [named, input] of [
    [EXIT, honestExit(world(12))],
    [CELL_CIRCUIT, honestCell(map, wish.address)],
  ] as const) {
    const circuit = await buildCircuit(named.name, mainSource(named));
    const witness = witnessValues(await calculateWitness(circuit, input));
    const r1cs = await loadR1cs(circuit.r1cs);
    const free: number[] = [];
    for (let wire = 1; wire < witness.length; wire++) {
      const value = witness[wire] as bigint;
      for (const other of [value + 1n, value === 0n ? 2n : 0n]) {
        witness[wire] = other;
        if (unsatisfied(r1cs, witness, [wire]).length === 0) free.push(wire);
      }
      witness[wire] = value;
    }
    expect(free).toEqual([]);
  }
});

test("every wire follows from the inputs, and no private input can have another value", async () => {
  for (const named of STATE_CIRCUITS) {
    const state = await StateModel.of(named);
    const { model, evaluator } = state;
    expect(scheduleOf(model, model.inputs, true).open).toEqual([]);
    const search = new SecondWitness(model, evaluator);
    for (let n = 0; n < WORLDS; n += 4) {
      const { map, wish } = world(n);
      const { values } = state.whole(named === EXIT ? honestExit(world(n)) : honestCell(map, wish.address));
      const free = model.inputs.slice(named.publicInputs.length).filter((wire) => search.free(wire, values));
      expect(free.map((wire) => model.names[wire])).toEqual([]);
    }
  }
});
