/** A row of a compiled circuit, with the signals of its source and what they lie between. */
import { readFile } from "node:fs/promises";
import { System } from "../../../verifier/constraints/system.ts";
import { buildCircuit, buildSource } from "../../circuit/build.ts";
import { loadSymbols } from "../../formats/symbols.ts";
import { mainSource, type Profile } from "../../profiles.ts";
import { hashesOf, type Names, namesOf } from "../names.ts";
import { Propagator } from "../propagate.ts";
import { Rows } from "../rows/batch.ts";
import { type Row, RowsByName } from "../rows/row.ts";
import { lift } from "../source.ts";

/** Signals that are brought back: those of rows, and of what rows hand on. */
const LIFTED = /^(row|operations|choices|cellsFound|channel|firstState|spanBits)\b(?!.*\.permutation\.)|^Num2Bits_/;

export interface ReadyRow {
  readonly own: Propagator;
  readonly names: Names;
  readonly row: Row;
}

/** @param number of a row whose row before has one before it, too: the first one follows from no row */
export async function readyRow(profile: Profile, number = 2): Promise<ReadyRow> {
  const built = await buildCircuit(profile.name, mainSource(profile));
  const compiled = await buildSource(profile.name, mainSource(profile));
  const system = new System(await readFile(built.r1cs));
  const ofFile = namesOf(await loadSymbols(built.sym));
  const source = { system: new System(await readFile(compiled.r1cs)), names: namesOf(await loadSymbols(compiled.sym)) };
  const own = new Propagator(system, () => null);
  for (const { constraints } of hashesOf(system, ofFile)) for (const n of constraints) own.inHash.add(n);
  const { names, rewritten } = lift(own, ofFile, source, (name) => !LIFTED.test(name));
  own.passed = rewritten;
  own.run();
  new Rows(own, names).times();
  const row = new RowsByName(names).row(own, number);
  own.within(row.scope, () => void own.run());
  return { own, names, row };
}
