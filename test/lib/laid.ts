/** Rows of a real batch beside the machine; and what holds between them, of padding too. */
import { factsOf } from "../../prover/certificate/machine/between.ts";
import { within } from "../../prover/certificate/machine/intervals.ts";
import { rowWords } from "../../prover/certificate/machine/rowWords.ts";
import type { Sum } from "../../verifier/constraints/sums.ts";
import { SMALL } from "./circuit.ts";
import type { RealBatch } from "./realGroups.ts";
import { type ReadyRows, WAYS } from "./realWitnesses.ts";
import { type Laid, type SignalValues, WitnessRow } from "./witnessRow.ts";

/** A row of a batch beside the row of its witness. */
export function laidRow(ready: ReadyRows, { rows }: RealBatch, number: number, values: SignalValues): Laid {
  const [own, circuit] = [rows[number], ready.rows[number]];
  if (own === undefined || circuit === undefined) throw new Error(`there is no row ${number}`);
  const inRow = values.inRow(circuit.own.system);
  const row = new WitnessRow(own.row, own.known, circuit.row, ready.names, inRow);
  return row.laid(WAYS.get(own.row.effect) ?? []);
}

/** What does not hold of a whole batch: bounds, constraints, and the state before and after each row. */
export function batchFaults({ names, rows }: ReadyRows, ofFile: SignalValues, used: number): string[] {
  const faults: string[] = [];
  for (const { own, row } of rows) {
    const { bounds } = own.checker.facts;
    const values = ofFile.inRow(own.system);
    const place = (what: string): string => `row ${row.number}: ${what}`;
    for (const [signal, name] of row.nameOf) {
      const interval = bounds.get(signal);
      if (interval !== undefined && within(values.signal(signal), interval) === null) faults.push(place(name));
    }
    for (const n of row.scope) {
      const [a, b, c] = (own.system.constraints.at(n) as readonly Sum[]).map((sum) => values.of(sum));
      const isKept = values.of(new Map([[0, (a as bigint) * (b as bigint) - (c as bigint)]])) === 0n;
      if (!isKept) faults.push(place(`constraint ${n}`));
    }
    // Padding has the same state as any row. Which operation is asked for does not matter to it.
    const { handed, after } = rowWords("JoinWith", row, names, SMALL.levels);
    for (const [when, state] of [
      ["before", handed],
      ["after", after],
    ] as const) {
      for (const { part, name, sum, between, when: bit } of factsOf(state)) {
        if (bit !== null && values.of(bit[0]) !== bit[1]) continue;
        if (within(values.of(sum), between) === null) faults.push(place(`${when}: of the ${part}, ${name}`));
      }
    }
    const isPadding = values.signal(row.named.get("op.is[0]") ?? 0) === 1n && row.named.has("op.is[0]");
    if (isPadding !== row.number >= used) faults.push(place("whether it is padding"));
  }
  return faults;
}
