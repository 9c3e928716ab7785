/**
 * The circuits of exits and of cells: true statements pass, and each forgery is refused by the constraints of one
 * statement alone, whatever program calculates the witness.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { buildCircuit, type CircuitArtifacts } from "../../prover/circuit/build.ts";
import { cellInput, cellSignals } from "../../prover/exits/cellInput.ts";
import { exitInput, exitSignals } from "../../prover/exits/exitInput.ts";
import { loadR1cs, unsatisfied } from "../../prover/formats/r1cs.ts";
import { witnessValues } from "../../prover/formats/wtns.ts";
import { mainSource } from "../../prover/profiles.ts";
import { CELL_CIRCUIT, EXIT, STATE_CIRCUITS, type StateCircuit } from "../../prover/stateCircuits.ts";
import { type CircuitInput, calculateWitness, checkWitness } from "../../prover/witness/witness.ts";
import { address } from "../../trace/layout.ts";
import { TimeMap } from "../../trace/state/timeMap.ts";
import type { Inputs } from "../adversary/states/forgedPath.ts";
import { otherCell, otherHeader, SMALL_ORDER, smallOrder } from "../adversary/states/forgeries.ts";
import { STATE_FORGERIES } from "../adversary/states/stateForgeries.ts";
import { StateModel } from "../adversary/states/stateModel.ts";
import { gold, header, KEY, WORLDS, world } from "../adversary/states/worlds.ts";
import { authority, secretOf } from "../lib/authorities.ts";

const circuits = new Map<StateCircuit, CircuitArtifacts>();
const models = new Map<StateCircuit, StateModel>();
beforeAll(async () => {
  for (const named of STATE_CIRCUITS) {
    circuits.set(named, await buildCircuit(named.name, mainSource(named)));
    models.set(named, await StateModel.of(named));
  }
});
const circuitOf = (named: StateCircuit): CircuitArtifacts => circuits.get(named) as CircuitArtifacts;
const modelOf = (named: StateCircuit): StateModel => models.get(named) as StateModel;

/** The public signals of the witness; wire 0 is the constant. */
async function shown(named: StateCircuit, input: CircuitInput): Promise<bigint[]> {
  const witness = witnessValues(await calculateWitness(circuitOf(named), input));
  return witness.slice(1, 1 + named.publicInputs.length);
}

const SIGNED = { secret: secretOf(KEY) };

describe("what is true passes", () => {
  test("an exit, from every depth and on every lane, with its public inputs in their order", async () => {
    for (let n = 0; n < WORLDS; n++) {
      const { map, wish } = world(n);
      const { statement, input } = exitInput(map, wish, SIGNED);
      expect(await shown(EXIT, input)).toEqual(exitSignals(statement));
      expect(Object.keys(statement)).toEqual(EXIT.publicInputs);
    }
  });

  test("an exit of the holder: both paths are one", async () => {
    const { map, holder, slot } = world(12);
    const own = map.clone();
    own.write(address(holder, 0), header(authority(KEY)));
    own.write(address(holder, slot), gold(0));
    const wish = { ...world(12).wish, program: holder };
    const { statement, input } = exitInput(own, wish, SIGNED);
    expect(await shown(EXIT, input)).toEqual(exitSignals(statement));
  });

  test("every slot of a program, whether something lies there or not", async () => {
    const { map, holder } = world(12);
    for (const program of [holder, 1, 4095]) {
      for (let slot = program === holder ? 0 : 250; slot < 256; slot++) {
        const { statement, input } = cellInput(map, address(program, slot));
        expect(statement.w0).toBe(map.words(address(program, slot))[0]);
        expect(await shown(CELL_CIRCUIT, input)).toEqual(cellSignals(statement));
      }
    }
  });

  test("a state in which nothing was ever written", async () => {
    const { statement, input } = cellInput(new TimeMap(3), address(5, 200));
    expect(await shown(CELL_CIRCUIT, input)).toEqual([statement.root, 1480n, 0n, 0n, 0n, 0n, 0n]);
  });

  test("a true statement of another state: the forger's tools forge nothing by themselves", async () => {
    for (const inputs of [otherCell(12, -1), otherHeader(12, -1)]) {
      expect(modelOf(EXIT).whole(inputs).broken).toEqual([]);
      expect(await checkWitness(circuitOf(EXIT), inputs)).toEqual({ ok: true });
    }
  });
});

/** The statements of the constraints that inputs break, with all other constraints kept. */
function refusals(named: StateCircuit, inputs: Inputs): string[] {
  const model = modelOf(named);
  return [...new Set(model.whole(inputs).broken.map((row) => model.placeOf(row)))];
}

describe("a forgery is refused by one statement alone", () => {
  test.each(STATE_FORGERIES)("$circuit.name: $attempt", async ({ circuit: named, refusedAt, make }) => {
    const inputs = make();
    const places = refusals(named, inputs);
    expect(places).not.toEqual([]);
    expect(places.filter((place) => !place.startsWith(refusedAt))).toEqual([]);
    expect(await checkWitness(circuitOf(named), inputs)).toMatchObject({ ok: false });
  });

  test.each(SMALL_ORDER)("a key of small order signs nothing: %s", async (_, y, x) => {
    const inputs = smallOrder(y, x);
    // 0 · u = 2; without u, nothing else can be right.
    expect(refusals(EXIT, inputs)).toContain("Signature 0: u");
    expect(await checkWitness(circuitOf(EXIT), inputs)).toMatchObject({ ok: false });
  });

  test("the public inputs that say nothing are constrained in the circuit that keys are made for", async () => {
    const { map, wish } = world(12);
    const witness = witnessValues(await calculateWitness(circuitOf(CELL_CIRCUIT), cellInput(map, wish.address).input));
    const r1cs = await loadR1cs(circuitOf(CELL_CIRCUIT).r1cs);
    expect(unsatisfied(r1cs, witness)).toEqual([]);
    for (const wire of [6, 7]) {
      witness[wire] = 1n;
      expect(unsatisfied(r1cs, witness, [wire])).toHaveLength(1);
      witness[wire] = 0n;
    }
  });
});
