/**
 * A circuit's constraints, ⟨A, w⟩ · ⟨B, w⟩ = ⟨C, w⟩ row by row. They check a witness independently of the program that
 * calculates witnesses: that program trusts the values it computed itself, and a forger does not use it.
 */

import { FIELD_ORDER } from "../curve/bn254.ts";
import { FormatError } from "../errors.ts";
import { BinFile, readInteger } from "./binfile.ts";
import { bytesBehind, parseR1csHeader, R1CS_CONSTRAINTS, type R1csHeader } from "./r1csHeader.ts";

/** Terms of all rows back to back; row r's A, B, C are the stretches 3r, 3r + 1, 3r + 2 of `starts`. */
export interface R1cs {
  readonly header: R1csHeader;
  readonly starts: Uint32Array;
  readonly termWires: Uint32Array;
  /** Index into `values`: circuits use few different coefficients. */
  readonly termValues: Uint32Array;
  /** Coefficients, as numbers between −r/2 and r/2: small ones make small products. */
  readonly values: readonly bigint[];
  /** For each wire, the rows that mention it; made when first asked for. */
  rowsByWire: ReadonlyMap<number, readonly number[]> | null;
}

/** @throws FormatError if the file is damaged or over another field */
export async function loadR1cs(path: string): Promise<R1cs> {
  await using file = await BinFile.open(path, "r1cs");
  const header = await parseR1csHeader(file);
  const bytes = await file.read(R1CS_CONSTRAINTS);
  // Before memory is allocated for the header's number of constraints: each has at least the lengths of three lists.
  if (header.constraints * 12 > bytes.length) throw cutShort(path);
  const most = Math.floor(bytes.length / 36);
  const starts = new Uint32Array(3 * header.constraints + 1);
  const termWires = new Uint32Array(most);
  const termValues = new Uint32Array(most);
  const values: bigint[] = [];
  const known = new Map<string, number>();
  let at = 0;
  let term = 0;
  for (let list = 0; list < 3 * header.constraints; list++) {
    starts[list] = term;
    const end = at + 4 + (at + 4 <= bytes.length ? bytes.readUInt32LE(at) : Number.NaN) * 36;
    if (!(end <= bytes.length)) throw cutShort(path);
    for (at += 4; at < end; at += 36) {
      const wire = bytes.readUInt32LE(at);
      if (wire >= header.wires) throw new FormatError("NO_SUCH_WIRE", `${path} names wire ${wire}: compile it again`);
      const key = bytes.toString("latin1", at + 4, at + 36);
      let index = known.get(key);
      if (index === undefined) {
        index = values.length;
        known.set(key, index);
        const value = readInteger(bytes, at + 4, 32);
        values.push(value > FIELD_ORDER / 2n ? value - FIELD_ORDER : value);
      }
      termWires[term] = wire;
      termValues[term] = index;
      term++;
    }
  }
  starts[3 * header.constraints] = term;
  if (at !== bytes.length) throw bytesBehind(path);
  return {
    header,
    starts,
    termWires: termWires.slice(0, term),
    termValues: termValues.slice(0, term),
    values,
    rowsByWire: null,
  };
}

function cutShort(path: string): FormatError {
  return new FormatError("CUT_SHORT", `${path} ends too early: compile the circuit again`);
}

/**
 * The rows that a witness breaks, ascending; none if it satisfies the circuit.
 *
 * @param witness the value of every wire, wire 0 being 1
 * @param changed if given, only rows that mention one of these wires are checked: much quicker when the rest of the
 *   witness is known to be good
 * @throws RangeError if the witness has another length than the circuit has wires, wire 0 is not 1, or a value is not
 *   reduced
 */
export function unsatisfied(r1cs: R1cs, witness: readonly bigint[], changed?: Iterable<number>): number[] {
  if (witness.length !== r1cs.header.wires) {
    throw new RangeError(`the circuit has ${r1cs.header.wires} wires, the witness ${witness.length} values`);
  }
  if (witness[0] !== 1n) throw new RangeError("wire 0 of a witness is the constant 1");
  const stray = witness.findIndex((value) => value < 0n || value >= FIELD_ORDER);
  if (stray >= 0) throw new RangeError(`the value of wire ${stray} is not in the field: reduce it first`);
  const broken: number[] = [];
  const check = (row: number): void => {
    const [a, b, c] = [0, 1, 2].map((matrix) => combination(r1cs, 3 * row + matrix, witness)) as [
      bigint,
      bigint,
      bigint,
    ];
    if ((a * b - c) % FIELD_ORDER !== 0n) broken.push(row);
  };
  if (changed === undefined) {
    for (let row = 0; row < r1cs.header.constraints; row++) check(row);
    return broken;
  }
  const rows = new Set<number>();
  for (const wire of changed) for (const row of rowsOf(r1cs, wire)) rows.add(row);
  for (const row of [...rows].sort((x, y) => x - y)) check(row);
  return broken;
}

/** The rows that mention a wire, ascending. A wire that no row mentions can have any value. */
export function rowsOf(r1cs: R1cs, wire: number): readonly number[] {
  r1cs.rowsByWire ??= indexRows(r1cs);
  return r1cs.rowsByWire.get(wire) ?? [];
}

function indexRows(r1cs: R1cs): Map<number, number[]> {
  const index = new Map<number, number[]>();
  for (let row = 0; row < r1cs.header.constraints; row++) {
    const end = r1cs.starts[3 * row + 3] as number;
    for (let term = r1cs.starts[3 * row] as number; term < end; term++) {
      const wire = r1cs.termWires[term] as number;
      const rows = index.get(wire);
      if (rows === undefined) index.set(wire, [row]);
      else if (rows.at(-1) !== row) rows.push(row);
    }
  }
  return index;
}

function combination(r1cs: R1cs, list: number, witness: readonly bigint[]): bigint {
  const end = r1cs.starts[list + 1] as number;
  let sum = 0n;
  for (let term = r1cs.starts[list] as number; term < end; term++) {
    sum +=
      (r1cs.values[r1cs.termValues[term] as number] as bigint) * (witness[r1cs.termWires[term] as number] as bigint);
  }
  return sum % FIELD_ORDER;
}
