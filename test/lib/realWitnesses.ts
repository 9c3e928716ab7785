/** Witnesses of the small circuit, made of real groups: as many ways through the machine as the runs come to. */
import { type Known, takenPaths } from "../../prover/certificate/equations/match.ts";
import { EFFECTS, type Path, pathsOf } from "../../prover/certificate/equations/paths.ts";
import { type ReadyRow, readyRows as rowsOf } from "../../prover/certificate/machine/ready.ts";
import { witnessValues } from "../../prover/formats/wtns.ts";
import type { RowName } from "../../trace/machine/transition.ts";
import type { System } from "../../verifier/constraints/system.ts";
import { anyEffect } from "./anyEffect.ts";
import { inputOf, SMALL, witnessOf } from "./circuit.ts";
import { Random } from "./random.ts";
import { randomBeginning } from "./randomRun.ts";
import { type RealBatch, realBatches, realGroups } from "./realGroups.ts";
import { aimedEffect, richMap } from "./richMap.ts";
import { stateOf } from "./state.ts";
import { SignalValues } from "./witnessRow.ts";

/** Runs on one sort of map. */
export interface Runs {
  readonly moored: boolean;
  /** On a map that has much already (`richMap`). */
  readonly isRich: boolean;
  readonly seeds: readonly number[];
}

/** Effects, or pairs of them, that are asked for in a run. */
const ASKED = 300;
/** Seeds of runs that come to many ways together: of 424 runs, those that added a way to the ones before. */
// biome-ignore format: numbers that nobody reads
export const RUNS: readonly Runs[] = [
  {
    moored: false,
    isRich: false,
    seeds: [
      2, 3, 4, 5, 6, 7, 8, 9,
    ],
  },
  {
    moored: true,
    isRich: false,
    seeds: [
      3, 5, 7, 8, 9, 12,
    ],
  },
  {
    moored: false,
    isRich: true,
    seeds: [
      5, 14, 17, 21, 26, 28, 30, 31, 36, 40, 48, 51, 53, 55, 59, 61, 64, 65, 68, 70, 72, 79, 81, 83,
      87, 89, 100, 103, 108, 109, 114, 121, 122, 139, 144, 147, 154, 160, 173, 178, 191, 192, 196,
      200,
    ],
  },
  {
    moored: true,
    isRich: true,
    seeds: [
      5, 16, 33, 35, 102, 115, 119, 155, 164, 167, 194, 195,
    ],
  },
];

/** The row that `npm run equations` compares. */
export const COMPARED = 2;

/** All ways of each sort of row. */
export const WAYS: ReadonlyMap<RowName, readonly Path[]> = new Map(EFFECTS.map((effect) => [effect, pathsOf(effect)]));

/** The way that the machine takes. @throws Error if it is not one */
export function wayOf(effect: RowName, known: Known): Path {
  const [way, ...others] = takenPaths(WAYS.get(effect) ?? [], known);
  if (way === undefined || others.length > 0) throw new Error(`a ${effect} takes ${others.length + 1} ways, or none`);
  return way;
}

/** A batch, and the way that each of its rows takes. */
export interface WayBatch extends RealBatch {
  readonly ways: readonly Path[];
}

/** Batches that have a way that no batch before has, in the row that is compared or in any row. */
export function* newBatches(runs: readonly Runs[] = RUNS): Generator<WayBatch> {
  const [anywhere, compared] = [new Set<Path>(), new Set<Path>()];
  for (const batch of allBatches(runs)) {
    const ways = batch.rows.map(({ row, known }) => wayOf(row.effect, known));
    const third = ways[COMPARED];
    if (ways.every((way) => anywhere.has(way)) && (third === undefined || compared.has(third))) continue;
    for (const way of ways) anywhere.add(way);
    if (third !== undefined) compared.add(third);
    yield { ...batch, ways };
  }
}

function* allBatches(runs: readonly Runs[]): Generator<RealBatch> {
  const effects: typeof anyEffect = (random, asker) => (random.below(3) === 0 ? anyEffect : aimedEffect)(random, asker);
  for (const { moored, isRich, seeds } of runs) {
    for (const seed of seeds) {
      const random = new Random(seed);
      const beginning = randomBeginning(SMALL.levels, moored);
      const map = isRich ? richMap(random, moored) : stateOf(moored ? beginning : { ...beginning, watches: 4 });
      yield* realBatches(realGroups(random, map, ASKED, isRich ? effects : anyEffect));
    }
  }
}

/** The row that is compared, and all rows. */
export interface ReadyRows extends ReadyRow {
  readonly rows: readonly ReadyRow[];
}

/** All rows of the circuit, each alone, with the bounds that are learned of it. */
export async function readyRows(): Promise<ReadyRows> {
  const rowOf = await rowsOf(SMALL);
  const rows = Array.from({ length: SMALL.rows }, (_, number) => rowOf(number));
  return { ...(rows[COMPARED] as ReadyRow), rows };
}

/** The witness of a batch. */
export async function valuesOf(system: System, { before, transitions }: RealBatch): Promise<SignalValues> {
  return new SignalValues(system, witnessValues(await witnessOf(inputOf(before, transitions))));
}
