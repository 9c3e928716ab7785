/** A row of a compiled circuit, with the signals of its source and what they lie between. */
import { readFile } from "node:fs/promises";
import { System } from "../../../verifier/constraints/system.ts";
import { buildCircuit, buildSource } from "../../circuit/build.ts";
import { loadSymbols } from "../../formats/symbols.ts";
import { mainSource, type Profile } from "../../profiles.ts";
import { hashesOf, type Names, namesOf } from "../names.ts";
import { Propagator } from "../propagate.ts";
import { lift, type Source } from "../source.ts";
import { type RowAlone, rowAlone } from "./scope.ts";

/** Signals that are brought back: those of rows, and of what rows hand on. */
const LIFTED = /^(row|operations|choices|cellsFound|channel|firstState|spanBits)\b(?!.*\.permutation\.)|^Num2Bits_/;
/** Whether a signal of this name stays left out: nothing of a row hangs on it. */
export const isNoRows = (name: string): boolean => !LIFTED.test(name);

export interface ReadyRow extends RowAlone {
  /** The whole circuit, with the signals of its source. */
  readonly whole: System;
  readonly names: Names;
}

/** A compiled circuit, and the same with all signals of its source. */
export interface ReadCircuit {
  readonly system: System;
  readonly names: Names;
  readonly source: Source;
}

export async function readCircuit(profile: Profile): Promise<ReadCircuit> {
  const built = await buildCircuit(profile.name, mainSource(profile));
  const compiled = await buildSource(profile.name, mainSource(profile));
  const system = new System(await readFile(built.r1cs));
  const names = namesOf(await loadSymbols(built.sym));
  const source = { system: new System(await readFile(compiled.r1cs)), names: namesOf(await loadSymbols(compiled.sym)) };
  return { system, names, source };
}

/**
 * A row, and what follows from its constraints alone: so whatever is shown of it holds of each row that has the same
 * ones (`sameRows.ts`).
 * @param number of a row whose row before has one before it, too: the first one follows from no row
 */
export async function readyRow(profile: Profile, number = 2): Promise<ReadyRow> {
  return (await readyRows(profile))(number);
}

/** Any row of a circuit, by its number. */
export async function readyRows(profile: Profile): Promise<(number: number) => ReadyRow> {
  const { system, names: ofFile, source } = await readCircuit(profile);
  const own = new Propagator(system, () => null);
  for (const { constraints } of hashesOf(system, ofFile)) for (const n of constraints) own.inHash.add(n);
  const { names, rewritten } = lift(own, ofFile, source, isNoRows);
  own.passed = rewritten;
  return (number) => ({ whole: system, names, ...rowAlone(own, names, number) });
}
