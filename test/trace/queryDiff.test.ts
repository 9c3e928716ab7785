/** The place where two runs part, and the transitions that a filter lets pass. */
import { describe, expect, test } from "vitest";
import { NO_NAMES } from "../../trace/describe/names.ts";
import {
  differenceOf,
  type FilterWords,
  passesFilter,
  type RunHistory,
  transitionFilter,
} from "../../trace/query/index.ts";
import { differenceLines } from "../../trace/query/renderDiff.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import type { Genesis } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";
import { historyIn } from "../lib/history.ts";

const GENESIS = genesisWith({ programs: 2, cells: [resource([1, 1], GOLD, 9n, { id: 1n })] });

/** A run of two programs with these effects in order. */
function runOf(steps: readonly ((tracer: Tracer, at: number) => void)[], genesis: Genesis = GENESIS): RunHistory {
  const tracer = Tracer.from(genesis);
  steps.forEach((step, i) => {
    step(tracer, 100 + i);
  });
  return historyIn(genesis, tracer);
}

const issue = (quantity: bigint) => (tracer: Tracer, at: number) =>
  void tracer.perform(1, { effect: "Issue", kind: GOLD, quantity, slot: 2 }, at);
const escrow = (tracer: Tracer, at: number) =>
  void tracer.perform(1, { effect: "EscrowToProgram", from: 1, to: { program: 2, slot: 200 }, deadline: 0 }, at);
const entry = (tracer: Tracer, at: number) =>
  void tracer.program(2).declareEntry({ name: "pay", accepts: GOLD, slot: 5 }, at);

describe("diff", () => {
  test("of a run with itself says that they are the same", () => {
    const difference = differenceOf(runOf([issue(3n), escrow]), runOf([issue(3n), escrow]));
    expect(difference).toMatchObject({ same: true, transitions: { common: 2, prefix: null, differs: null } });
    expect(differenceLines(difference, ["a", "b"], runOf([]).names)).toEqual([
      "the same: genesis, all 2 transitions, end",
    ]);
    expect(differenceOf(runOf([]), runOf([])).same).toBe(true);
  });

  test("says if one run is the beginning of the other", () => {
    const [short, long] = [runOf([issue(3n)]), runOf([issue(3n), escrow])];
    expect(differenceOf(short, long).transitions).toEqual({
      ...{ first: 1, second: 2, common: 1, prefix: "first", differs: null },
    });
    expect(differenceOf(long, short).transitions.prefix).toBe("second");
    expect(differenceOf(short, long).end.resources).toMatchObject([
      { which: "1", fields: expect.arrayContaining([{ field: "slot", first: "1:1", second: "2:200" }]) },
    ]);
  });

  test("names the first transition that differs, its fields, and the states after it", () => {
    const difference = differenceOf(runOf([entry, issue(3n), escrow]), runOf([entry, issue(4n), escrow]));
    expect(difference).toMatchObject({ same: false, genesis: { same: true } });
    const { differs, common, prefix } = difference.transitions;
    expect({ common, prefix, seq: differs?.seq }).toEqual({ common: 1, prefix: null, seq: 2 });
    expect(differs?.fields).toEqual([{ field: "quantity", first: "3", second: "4" }]);
    expect(difference.end).toMatchObject({ entries: [], capabilities: [], watches: [], openedElsewhen: 0 });
    expect(difference.end.resources.map(({ fields }) => fields)).toEqual([
      [{ field: "quantity", first: "3", second: "4" }],
    ]);
    const lines = differenceLines(difference, ["one", "two\nthe same: genesis"], runOf([]).names);
    expect(lines).toContain("  quantity: 3 | 4");
    expect(lines.every((line) => !line.includes("\n"))).toBe(true);
  });

  test("tells cells that only one run has apart from cells that were opened at another time", () => {
    const difference = differenceOf(runOf([entry, issue(3n)]), runOf([issue(3n)]));
    expect(difference.end.entries).toMatchObject([{ sort: "entry", which: "2:5", second: null, fields: [] }]);
    expect(difference.end.openedElsewhen).toBeGreaterThan(0);
  });

  test("names a different genesis also if the transitions are the same", () => {
    const other = genesisWith({ programs: 2, cells: [resource([1, 1], GOLD, 8n, { id: 1n })] });
    const difference = differenceOf(runOf([issue(3n)]), runOf([issue(3n)], other));
    expect(difference).toMatchObject({ same: false, transitions: { common: 1, prefix: null, differs: null } });
    expect(difference.genesis.cells).toMatchObject([{ which: "1", fields: [{ field: "quantity" }] }]);
    const watches = differenceOf(runOf([]), runOf([], { ...GENESIS, watches: 3 }));
    expect(watches).toMatchObject({ same: false, genesis: { fields: [{ field: "watches", first: 2, second: 3 }] } });
  });
});

describe("filter", async () => {
  const tracer = await runScenario(seed);
  const history = historyIn(seed.genesis(), tracer, { ...NO_NAMES, ...tracer.manifest });
  const seqs = (words: FilterWords): number[] => {
    const filter = transitionFilter(words, { ...history, programs: tracer.map.programs() });
    return history.transitions.filter((t) => passesFilter(t, filter)).map(({ seq }) => seq);
  };
  const gold = (2n << 32n).toString();

  test.each<[string, FilterWords, number[]]>([
    ["no condition", {}, Array.from({ length: 15 }, (_, i) => i + 1)],
    ["a range", { from: 3, to: 5 }, [3, 4, 5]],
    ["one transition", { from: 7, to: 7 }, [7]],
    ["a resource", { resources: [gold] }, [4, 7, 10]],
    ["a kind by its name", { kinds: ["Gold"] }, [4, 7, 10]],
    ["one kind or another", { kinds: ["Gold", "Silver"] }, [4, 7, 9, 10, 11, 12, 15]],
    ["a program by its name", { programs: ["A"] }, [1, 2, 4, 7, 8, 10]],
    ["a program and a kind", { programs: ["C"], kinds: ["Gold"] }, [10]],
    ["a program and a kind without a common transition", { programs: ["A"], kinds: ["Silver"] }, []],
  ])("%s", (_, words, expected) => {
    expect(seqs(words)).toEqual(expected);
  });

  test.each<[string, FilterWords, RegExp]>([
    ["no such program", { programs: ["Z"] }, /^program: "Z" is not there; there are: Mint/],
    ["no such resource", { resources: ["2"] }, /^resource: no transition is about 2; there are: 1, 8589934592$/],
    ["no such kind", { kinds: ["Tin"] }, /^kind: "Tin" is not there; there are: Silver .*, Gold /],
    ["a kind that is not there", { kinds: ["7"] }, /^kind: "7" is not there/],
    ["a range that ends before it begins", { from: 5, to: 4 }, /^from: 5 comes after 4/],
    ["a range behind the end", { from: 16 }, /^from: 16 is not there; the last transition is 15/],
  ])("%s is refused", (_, words, message) => {
    expect(() => seqs(words)).toThrow(message);
  });
});
