/**
 * Forged rows as inputs of the circuit. A group's digest is computed like in the circuit, from the rows' inputs.
 */

import type { BatchSignals } from "../../../prover/batches/batchInput.ts";
import { circuitInput } from "../../../prover/batches/circuitInput.ts";
import { SMALL } from "../../lib/circuit.ts";
import { type Forged, RowForger } from "../../lib/rowForger.ts";
import type { ExactRows } from "../deletions/exactRow.ts";
import { stateWith, T } from "../lib/words.ts";
import type { Evaluator } from "./evaluate.ts";
import type { Model } from "./model.ts";

/** A circuit's inputs by wire. */
export function inputWires({ wires }: Model, signals: BatchSignals): Map<number, bigint> {
  const values = new Map<number, bigint>();
  const put = (name: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((each, i) => void put(`${name}[${i}]`, each));
    else values.set(wires.get(name) as number, value as bigint);
  };
  for (const [name, value] of Object.entries(circuitInput(signals))) put(`main.${name}`, value);
  return values;
}

const told = (row: Forged, digest: bigint): Forged => ({ ...row, inputs: { digest, ...row.inputs } });

/** The inputs of an exact forgery. */
export function forgeExactly(model: Model, evaluator: Evaluator, exact: ExactRows): BatchSignals {
  const last = exact.groups.flat().length - 1;
  const chain = model.wires.get(`main.row[${last}].next.groupState.chain`) as number;
  const make = (digest: bigint | undefined): BatchSignals => {
    const cells = [...(exact.cells ?? []), ...(exact.holding?.(digest ?? 0n) ?? [])];
    const forger = new RowForger(stateWith(exact.inbox ?? 4, cells, exact.moored), T);
    exact.groups.forEach((group, i) => {
      if (i < exact.groups.length - 1) forger.group(group);
      else
        forger.group(digest === undefined ? group : group.map((row) => told(row, digest)), exact.open !== true, digest);
    });
    return forger.build(SMALL);
  };
  if (exact.asWritten === true) return make(undefined);
  const digest = evaluator.whole(inputWires(model, make(undefined))).values[chain] as bigint;
  return make(digest);
}
