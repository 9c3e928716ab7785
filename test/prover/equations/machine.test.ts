/** The equations that are made from the machine's source: they say of each row what the machine does with it. */
import { describe, expect, test } from "vitest";
import { takenEnds, takenPaths, valueIn } from "../../../prover/certificate/equations/match.ts";
import {
  EFFECTS,
  endPaths,
  type Path,
  pathsOf,
  ranksAreGuarded,
  seqIsPacked,
} from "../../../prover/certificate/equations/paths.ts";
import { rangeOf, variables } from "../../../prover/certificate/equations/variables.ts";
import { InvalidInputError, RefusedError, type TimeBanditsError } from "../../../trace/errors.ts";
import { SMALL } from "../../lib/circuit.ts";
import { machineSteps, type Stepped } from "../../lib/machineSteps.ts";
import { Random } from "../../lib/random.ts";
import { randomBeginning } from "../../lib/randomRun.ts";
import { stateOf } from "../../lib/state.ts";

/** Ways through each sort of row, and those that end in an accepted row. A change of the rules changes them. */
const COUNTS = {
  CreateProgram: [81, 8],
  Issue: [37, 2],
  Retire: [44, 2],
  DeclareEntry: [35, 2],
  EscrowToProgram: [60, 2],
  ClaimFromProgram: [642, 32],
  RevokeResource: [64, 4],
  InvokeProgram: [323, 24],
  Pass: [191, 8],
  DelegateCapability: [367, 12],
  RevokeCapability: [66, 2],
  Clear: [82, 6],
  WatchResource: [415, 48],
  Unwatch: [122, 32],
  Check: [86, 36],
  Trigger: [37, 2],
  JoinWith: [34, 2],
  Split: [55, 2],
  Merge: [61, 2],
  RotateAuthority: [32, 3],
  Lineage: [115, 12],
  Enter: [74, 6],
  Eject: [51, 2],
};

const paths = new Map(EFFECTS.map((effect) => [effect, pathsOf(effect)]));
const ends = endPaths();

const nameOf = (error: TimeBanditsError | undefined): string | undefined => {
  if (error instanceof RefusedError) return error.invariant;
  return error instanceof InvalidInputError ? error.field : undefined;
};

/** A number that does not fit its bits is in no row of a trace. */
function isPacked({ known }: Stepped): boolean {
  return [...known.values].every(([name, value]) => {
    if (!name.startsWith("row.") || !variables.has(name)) return true;
    const [low, high] = rangeOf(name);
    return value >= low && value <= high;
  });
}

function check(stepped: Stepped): Path {
  const { row, known, error, view, end } = stepped;
  const found = takenPaths(paths.get(row.effect) ?? [], known);
  expect(found, `${row.effect} takes one way`).toHaveLength(1);
  const [path] = found as [Path];
  const { outcome } = path;
  if (!outcome.accepted) {
    expect(nameOf(error), `${row.effect} is refused at ${outcome.where}`).toBe(outcome.invariant);
    return path;
  }
  expect(error?.message, `${row.effect} is accepted`).toBe(undefined);
  for (const [column, left] of Object.entries(outcome.left)) {
    const at = outcome.addresses[column as "A"];
    if (at === undefined) throw new Error(`${column} has no address`);
    const words = view.words(Number(valueIn(known, at)));
    expect(
      left.map((word) => valueIn(known, word)),
      `${row.effect} leaves ${column}`,
    ).toEqual([...words]);
  }
  checkProgress(stepped, outcome.progress);
  const ways = takenEnds(ends, end?.known ?? known);
  expect(ways, "a group ends in one way").toHaveLength(1);
  expect(ways[0]?.refused?.invariant).toBe(nameOf(end?.error));
  return path;
}

function checkProgress({ known, progress, owed }: Stepped, after: (Path["outcome"] & { accepted: true })["progress"]) {
  const value = (sum: Parameters<typeof valueIn>[1]): bigint => valueIn(known, sum);
  const { call, line } = after;
  expect(value(after.triggered)).toBe(BigInt(progress.triggered));
  expect(call === null ? 0n : value(call.left)).toBe(BigInt(progress.call?.left ?? 0));
  if (progress.call !== null && call !== null) {
    const { actor, entry, sum, terms } = progress.call;
    const expected = [BigInt(actor), BigInt(entry), sum, terms.accepts, terms.minimum];
    expect([call.actor, call.entry, call.sum, call.accepts, call.minimum].map(value)).toEqual(expected);
  }
  expect(line === null ? 0n : value(line.child)).toBe(BigInt(progress.line?.child ?? 0));
  if (progress.line !== null && line !== null) {
    expect([line.actor, line.root].map(value)).toEqual([progress.line.actor, progress.line.root].map(BigInt));
  }
  const pushed = after.owed.filter(({ when }) => value(when) === 1n);
  const kept = owed - (after.checked ? 1 : 0);
  expect(progress.obligations.length).toBe(kept + pushed.length);
  const numbers = progress.obligations.slice(kept).map(({ slot, rank, kind }) => [BigInt(slot), BigInt(rank), kind]);
  expect(pushed.map(({ slot, rank, kind }) => [slot, rank, kind].map(value))).toEqual(numbers);
}

describe.each([false, true])("moored: %s", (moored) => {
  test("each row takes one way, which ends as the machine's does", () => {
    const map = stateOf(randomBeginning(SMALL.levels, moored));
    const seen = new Set<Path>();
    let rows = 0;
    for (const stepped of machineSteps(new Random(moored ? 5 : 6), map, 300)) {
      if (!isPacked(stepped)) continue;
      seen.add(check(stepped));
      rows++;
    }
    expect(rows).toBeGreaterThan(300);
    expect([...seen].some(({ outcome }) => outcome.accepted)).toBe(true);
    expect(seen.size).toBeGreaterThan(100);
  });
});

test("what is not run as it is written says the same", () => {
  expect(ranksAreGuarded()).toBe(true);
  expect(seqIsPacked()).toBe(true);
});

test("the ways through each sort of row are as many as they were", () => {
  const counts = [...paths].map(([effect, all]) => [
    effect,
    [all.length, all.filter(({ outcome }) => outcome.accepted).length],
  ]);
  expect(Object.fromEntries(counts)).toEqual(COUNTS);
  expect(ends.length).toBe(4);
});
