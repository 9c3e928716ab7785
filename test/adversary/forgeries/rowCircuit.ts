/**
 * One row of the circuit by itself: hundreds of times quicker than a batch, and it says no less, because every row of a
 * batch is this very template. What it accepts is then put into a whole batch.
 */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { ROW_BUSES } from "../../../prover/batches/circuitInput.ts";
import { paddingInput } from "../../../prover/batches/rowInput.ts";
import { buildCircuit } from "../../../prover/circuit/build.ts";
import { WitnessError } from "../../../prover/errors.ts";
import { loadSymbols } from "../../../prover/formats/symbols.ts";
import { witnessValues } from "../../../prover/formats/wtns.ts";
import { type CircuitInput, calculateWitness } from "../../../prover/witness/witness.ts";
import { unpackSpan } from "../../../trace/commitment/commit.ts";
import { TAG, WATCHES } from "../../../trace/layout.ts";
import { SMALL } from "../../lib/circuit.ts";
import { once } from "./forgery.ts";

const SOURCE = `pragma circom 2.2.0;
include "row/row.circom";
component main = Row(${SMALL.levels});
`;
/** The template's names for the buses of a row. */
const BUSES = { operations: "op", cellsFound: "found", choices: "choice" } as const;

/** The values that a row passes to the next one: the fields of the bus RowState, with its lists. */
const CARRIED: readonly string[] = [
  ...["time", "start"],
  ...["continues", "chain", "digest", "triggered", "triggerActor"].map((name) => `groupState.${name}`),
  ...["lineage", "actor", "child", "root"].map((name) => `lineageState.${name}`),
  ...["calling", "left", "sum", "entry", "actor"].map((name) => `callState.${name}`),
  ...["s", "sAddress", "sAfter", "sQuantity", "d", "dAddress", "dBefore", "dQuantity", "kind"].map(
    (name) => `owedChecks.${name}`,
  ),
];
const LISTS = ["owedChecks.s", "owedChecks.d"];

/**
 * Inputs of the row template: one row's part of a batch's inputs by their names, and what comes from the row before, as
 * `previous.time`.
 */
export type RowSignals = Record<string, bigint | bigint[]>;
/** Its outputs by full name, as in `left[2][0]`. */
export type RowOutputs = ReadonlyMap<string, bigint>;

const circuit = once(async () => {
  const artifacts = await buildCircuit("row", SOURCE);
  const symbols = await loadSymbols(artifacts.sym);
  // Outputs are the first wires, and the only public ones.
  const outputs = [...symbols].filter(([, wire]) => wire < artifacts.publicInputs + 1);
  return { artifacts, outputs: outputs.map(([name, wire]) => [name.replace("main.", ""), wire] as const) };
});

/** The words that a row leaves, or undefined if the template refuses it. */
export async function runRow(input: RowSignals): Promise<RowOutputs | undefined> {
  const { artifacts, outputs } = await circuit();
  try {
    const witness = witnessValues(await calculateWitness(artifacts, templateInput(input)));
    return new Map(outputs.map(([name, wire]) => [name, witness[wire] as bigint]));
  } catch (error) {
    if (error instanceof WitnessError && error.code === "WITNESS_REFUSED") return undefined;
    throw error;
  }
}

const busOf = new Map(
  Object.entries(ROW_BUSES).flatMap(([bus, fields]) =>
    fields.map((field) => [field, BUSES[bus as keyof typeof BUSES]] as const),
  ),
);

/** By the names that the template has for them. */
function templateInput(input: RowSignals): CircuitInput {
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => {
      const bus = busOf.get(name);
      return [bus === undefined ? name : `${bus}.${name}`, value];
    }),
  );
}

/** The inputs that a prover chooses for each row of a batch, by name. */
export const ROW_NAMES: readonly string[] = Object.keys(paddingInput(TAG.group));

/** The rows of an accepted batch, each with the values from the row before. */
export async function rowsOf(input: BatchSignals): Promise<RowSignals[]> {
  const { firstSeq, notBefore, moored } = unpackSpan(input.span as bigint);
  const carriedFrom = (of: (name: string) => bigint): RowSignals =>
    Object.fromEntries(
      CARRIED.map((name) => [
        `previous.${name}`,
        LISTS.includes(name) ? Array.from({ length: WATCHES }, (_, i) => of(`${name}[${i}]`)) : of(name),
      ]),
    );
  let carried = carriedFrom((name) => (name === "time" ? BigInt(notBefore) : 0n));
  const rows: RowSignals[] = [];
  for (let r = 0; r < SMALL.rows; r++) {
    const own = Object.fromEntries(
      ROW_NAMES.map((name) => [name, (input[name] as (bigint | bigint[])[])[r] as bigint]),
    );
    const batch = { seq: BigInt(firstSeq + r), notBefore: BigInt(notBefore), moored: BigInt(moored) };
    const row: RowSignals = { ...batch, ...own, ...carried };
    rows.push(row);
    const left = await runRow(row);
    if (left === undefined) throw new Error(`row ${r} of an honest batch is refused`);
    carried = carriedFrom((name) => left.get(`next.${name}`) as bigint);
  }
  return rows;
}
