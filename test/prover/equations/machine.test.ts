/** The equations that are made from the machine's source: they say of each row what the machine does with it. */
import { describe, expect, test } from "vitest";
import { taken, valueIn } from "../../../prover/certificate/equations/match.ts";
import { EFFECTS, type Path, pathsOf, ranksAreGuarded, seqIsPacked } from "../../../prover/certificate/equations/paths.ts";
import { rangeOf, variables } from "../../../prover/certificate/equations/variables.ts";
import { RefusedError, InvalidInputError } from "../../../trace/errors.ts";
import type { RowName } from "../../../trace/machine/transition.ts";
import { SMALL } from "../../lib/circuit.ts";
import { machineSteps, type Stepped } from "../../lib/machineSteps.ts";
import { Random } from "../../lib/random.ts";
import { randomBeginning } from "../../lib/randomRun.ts";
import { stateOf } from "../../lib/state.ts";

const all = new Map<RowName, Path[]>();
const hit = new Set<Path>();
function pathsFor(effect: RowName): Path[] {
  const known = all.get(effect) ?? pathsOf(effect);
  all.set(effect, known);
  return known;
}

function fits(name: string, value: bigint): boolean {
  const [low, high] = rangeOf(name);
  return value >= low && value <= high;
}

function check({ row, known, error, view, progress }: Stepped): void {
  // A number that does not fit its bits is in no row of a trace.
  if ([...known.values].some(([name, value]) => name.startsWith("row.") && variables.has(name) && !fits(name, value))) return;
  const found = taken(pathsFor(row.effect), known);
  expect(found, `${row.effect} takes one way`).toHaveLength(1);
  hit.add(found[0] as Path);
  const { outcome } = found[0] as Path;
  if (!outcome.accepted) {
    const invariant = error instanceof RefusedError ? error.invariant : (error as InvalidInputError | undefined)?.field;
    expect(invariant, `${row.effect}: ${error?.message} ${outcome.where}`).toBe(outcome.invariant);
    return;
  }
  expect(error?.message, `${row.effect} is accepted`).toBe(undefined);
  for (const [column, left] of Object.entries(outcome.left)) {
    const address = outcome.addresses[column as "A"];
    const at = Number(address === undefined ? -1 : valueIn(known, address));
    expect(left.map((word) => valueIn(known, word)), `${row.effect} ${column}`).toEqual([...view.words(at)]);
  }
  const { call, line, owed, checked, triggered } = outcome.progress;
  expect(valueIn(known, triggered)).toBe(BigInt(progress.triggered));
  expect(call === null ? 0n : valueIn(known, call.left)).toBe(BigInt(progress.call?.left ?? 0));
  if (progress.call !== null && call !== null) expect(valueIn(known, call.sum)).toBe(progress.call.sum);
  expect(line === null ? 0n : valueIn(known, line.child)).toBe(BigInt(progress.line?.child ?? 0));
  void [owed, checked];
}

describe.each([false, true])("moored: %s", (moored) => {
  test("each row takes one way, and it ends as the machine does", () => {
    const map = stateOf(randomBeginning(SMALL.levels, moored));
    const counts = new Map<string, number>();
    for (const stepped of machineSteps(new Random(moored ? 5 : 6), map, Number(process.env.ASKED ?? 400))) {
      const sort = `${stepped.row.effect} ${stepped.error === undefined ? "accepted" : "refused"}`;
      counts.set(sort, (counts.get(sort) ?? 0) + 1);
      check(stepped);
    }
    console.log(counts);
    for (const [effect, paths] of all) console.log(effect, paths.length, paths.filter((one) => hit.has(one)).length, "accepted", paths.filter((one) => one.outcome.accepted).length, paths.filter((one) => one.outcome.accepted && hit.has(one)).length);
  });
});

test("what is not run as it is written says the same", () => {
  expect(ranksAreGuarded()).toBe(true);
  expect(seqIsPacked()).toBe(true);
  expect(EFFECTS.length).toBe(23);
});
