/** A circuit over one state, constraint by constraint (test/adversary/r1cs/). */
import type { StateCircuit } from "../../../prover/stateCircuits.ts";
import { Evaluator } from "../r1cs/evaluate.ts";
import { type Model, modelOf } from "../r1cs/model.ts";
import { type Mutant, mutantsOf } from "../r1cs/mutants.ts";
import { scheduleOf } from "../r1cs/schedule.ts";
import type { Inputs, Value } from "./forgedPath.ts";

export class StateModel {
  readonly model: Model;
  readonly evaluator: Evaluator;
  /** Constraints by class: section, wire that is given, statement. */
  readonly classes: ReadonlyMap<string, readonly Mutant[]>;
  readonly #classOf = new Map<number, string>();

  private constructor(model: Model) {
    this.model = model;
    this.evaluator = new Evaluator(model, scheduleOf(model, model.inputs, false));
    this.classes = mutantsOf(model);
    for (const [of, mutants] of this.classes) {
      for (const { rows } of mutants) for (const row of rows) this.#classOf.set(row, of);
    }
  }

  static async of(circuit: StateCircuit): Promise<StateModel> {
    return new StateModel(await modelOf(circuit));
  }

  /** All wires from inputs, and the constraints that these break. */
  whole(inputs: Inputs): { values: bigint[]; broken: number[] } {
    const values = new Map<number, bigint>();
    const put = (name: string, value: Value): void => {
      if (typeof value === "bigint") values.set(this.#wire(name), value);
      else value.forEach((each, i) => void put(`${name}[${i}]`, each));
    };
    for (const [name, value] of Object.entries(inputs)) put(`main.${name}`, value);
    if (values.size !== this.model.inputs.length) {
      throw new Error(`${values.size} inputs are given, and the circuit has ${this.model.inputs.length}`);
    }
    return this.evaluator.whole(values);
  }

  #wire(name: string): number {
    const wire = this.model.wires.get(name);
    if (wire === undefined) throw new Error(`the circuit has no input ${name}`);
    return wire;
  }

  /** The place of a constraint: its class, and for a helper's that of its use. */
  placeOf(row: number): string {
    return placeIn(this.#classOf.get(row) ?? "");
  }

  /** The class of a constraint. */
  classOf(row: number): string {
    return this.#classOf.get(row) ?? "";
  }
}

/** Where a class stands: its own place, and for a helper's that of its use. */
export const placeIn = (of: string): string => of.split("   [")[1]?.slice(0, -1) ?? of;
