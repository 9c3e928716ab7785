/** The values that a prover might try for one input of a row, all others being honest. */
import { FIELD, OPS } from "../../../trace/layout.ts";
import { SMALL } from "../../lib/circuit.ts";
import type { RowSignals } from "./rowCircuit.ts";

/** One input of a row, changed. */
export interface Change {
  name: string;
  /** As in `actor = 5` or `sWatch[2] = 1`. */
  text: string;
  value: bigint | bigint[];
}

/** How wide each input is; bits and words of memory are not listed. */
const WIDTHS: Readonly<Record<string, number>> = {
  ...Object.fromEntries(["actor", "peer", "holder"].map((name) => [name, 4 * SMALL.levels])),
  ...Object.fromEntries(["sSlot", "dSlot", "xSlot", "rights", "capRights"].map((name) => [name, 8])),
  ...Object.fromEntries(
    ["scope", "bSteps", "clock", "aClock", "bClock", "aSeq", "bSeq", "sSeq", "dSeq", "xSeq"].map((name) => [name, 32]),
  ),
  ...Object.fromEntries(["term", "wait", "expiryGap"].map((name) => [name, 40])),
  bInbox: 9,
  sEscrow: 24,
  aLow: 41,
  kind: 56,
  resource: 64,
  quantity: 128,
  spare: 128,
};
const PROGRAMS = new Set(["actor", "peer", "holder", "sEscrow"]);
const WORD = /Words$/;

function valuesOf(name: string, value: bigint, row: RowSignals, index: number): bigint[] {
  const wide = WORD.test(name) ? 131 : (WIDTHS[name] ?? 1);
  const values = [value + 1n, 0n, FIELD - 1n, 1n << BigInt(wide)];
  if (PROGRAMS.has(name)) values.push(1n + (value % 3n), 1n + ((value + 1n) % 3n));
  // What another cell of the row holds in the same place.
  if (WORD.test(name)) for (const other of ["aWords", "sWords", "xWords"]) values.push(at(row, other, index));
  return [...new Set(values.map((each) => each % FIELD))].filter((each) => each !== value);
}

function at(row: RowSignals, name: string, index: number): bigint {
  return (row[name] as bigint[])[index] ?? 0n;
}

/** All changes of one input of a row. */
export function changesOf(name: string, row: RowSignals): Change[] {
  const honest = row[name] as bigint | bigint[];
  if (typeof honest === "bigint") {
    return valuesOf(name, honest, row, 0).map((value) => ({ name, text: `${name} = ${value}`, value }));
  }
  const single = honest.flatMap((old, index) =>
    valuesOf(name, old, row, index).map((value) => ({
      name,
      text: `${name}[${index}] = ${value}`,
      value: honest.map((each, i) => (i === index ? value : each)),
    })),
  );
  if (name !== "is") return single;
  const moves = Array.from({ length: OPS }, (_, op) => ({
    name,
    text: `operation ${op}`,
    value: honest.map((_, i) => BigInt(i === op)),
  }));
  return [...single, ...moves.filter((_, op) => honest[op] === 0n)];
}
