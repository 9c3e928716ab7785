/** A resource's way in the explorer: complete over splits and merges, and drawn without a gap. */
import { describe, expect, test } from "vitest";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
import type { Effect } from "../../trace/effects/effects.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { layoutOf, type WayPicture } from "../../web/page/ownership/wayLayout.ts";
import { Teller } from "../../web/work/history/told.ts";
import { type Way, Ways } from "../../web/work/history/way.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";
import { historyIn } from "../lib/history.ts";

const GENESIS = genesisWith({ programs: 2, cells: [resource([1, 1], GOLD, 90n, { id: 1n })] });

/** A run of program 1, and the ways of its resources. */
function waysOf(effects: readonly Effect[]): { tracer: Tracer; of: (id: bigint, moment?: number) => Way } {
  const tracer = Tracer.from(GENESIS);
  for (const [i, effect] of effects.entries()) tracer.perform(1, effect, 100 + i);
  const history = historyIn(GENESIS, tracer);
  const ways = new Ways(history, new Teller(new Names(NO_NAMES), NO_NAMES));
  return { tracer, of: (id, moment = history.transitions.length) => ways.of(id, moment) };
}

const split = (from: number, to: number, part: bigint): Effect => ({ effect: "Split", from, to, part });
const merge = (from: number, to: number): Effect => ({ effect: "Merge", from, to });

/**
 * 1: 30 off resource 1. 2: 10 off that. 3: an escrow. 4: taken back. 5: the 10 into resource 1. 6, 7: 5 more into it.
 */
const EXAMPLE: readonly Effect[] = [
  split(1, 2, 30n),
  split(2, 3, 10n),
  { effect: "EscrowToProgram", from: 2, to: { program: 2, slot: 200 }, deadline: 0 },
  { effect: "RevokeResource", from: { program: 2, slot: 200 }, to: 2 },
  merge(3, 1),
  { effect: "Issue", kind: GOLD, quantity: 5n, slot: 4 },
  merge(4, 1),
];
const { tracer, of } = waysOf(EXAMPLE);

/** The id of the resource that the transition made. */
function madeBy(seq: number): bigint {
  const t = tracer.transitions[seq - 1];
  if (t === undefined) throw new Error(`there is no transition ${seq}`);
  const made = of(1n).lives.find(({ from, resource: id }) => from === seq && id !== "1");
  if (made === undefined) throw new Error(`transition ${seq} made nothing`);
  return BigInt(made.resource);
}
const [PART, PART_OF_PART, OTHER] = [madeBy(1), madeBy(2), madeBy(6)];

const seqsOf = (way: Way): number[] => way.steps.map(({ seq }) => seq);
const livesOf = (way: Way) => way.lives.map(({ resource: id, from, until }) => [BigInt(id), from, until]);

describe("the way of a resource", () => {
  test("has the parts split off, and what was merged into it, from the genesis to now", () => {
    expect(seqsOf(of(1n))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(livesOf(of(1n))).toEqual([
      [1n, 0, 7],
      [PART, 1, 4],
      [PART_OF_PART, 2, 5],
      [OTHER, 6, 7],
    ]);
  });

  test("of a part goes back over all splits to the beginning, and on into what it was merged into", () => {
    const way = of(PART_OF_PART);
    expect(livesOf(way)).toEqual([
      [PART_OF_PART, 2, 5],
      [1n, 0, 7],
      [PART, 1, 2],
    ]);
    expect(way.lives.map(({ younger }) => younger)).toEqual([false, false, true]);
  });

  test("leaves out what its origin did before and after without it", () => {
    const way = of(OTHER);
    expect(livesOf(way)).toEqual([
      [OTHER, 6, 7],
      [1n, 7, 7],
    ]);
    expect(way.lives[1]).toMatchObject({ older: true, younger: false, there: true });
  });

  test("says where all of it lies in the end", () => {
    const ends = (id: bigint) => of(id).ends.map(({ report }) => [BigInt(report.resource), report.quantity]);
    expect(ends(1n)).toEqual([
      [1n, "75"],
      [PART, "20"],
    ]);
    expect(ends(PART_OF_PART)).toEqual([[1n, "75"]]);
  });

  test("ends at the moment", () => {
    expect(seqsOf(of(PART_OF_PART, 3))).toEqual([0, 1, 2]);
    expect(of(PART_OF_PART, 3).lives.every(({ there }) => there)).toBe(true);
  });

  test("tells each step's places and quantities", () => {
    const [first, , third] = of(1n).steps.slice(1, 4);
    expect(first?.changes.map(({ from, to }) => [from?.report.quantity, to?.report.quantity])).toEqual([
      ["90", "60"],
      [undefined, "30"],
    ]);
    expect(third?.changes[0]?.to?.report.escrow?.from.program).toBe(1);
  });
});

/** Each line goes on where it was left, begins where something is made, and ends where it is gone. */
function expectNoGap({ rows }: WayPicture): void {
  const lines = new Map<string, string>();
  for (const row of rows) {
    const seen = new Set<string>();
    for (const { resource: id, above, below, sign, lane } of row.cells) {
      seen.add(id);
      const before = lines.get(id);
      if (before !== undefined) expect(above).toBe(before);
      else expect(sign === "made" ? null : "rest").toBe(above);
      if (below === null) expect(sign).toBe("gone");
      if (below === null || below === "rest") lines.delete(id);
      else lines.set(id, below);
      expect(row.cells.filter((cell) => cell.lane === lane)).toHaveLength(1);
    }
    for (const id of lines.keys()) expect(seen).toContain(id);
  }
}

describe("its picture", () => {
  test("has no gap, and a lane for itself", () => {
    for (const id of [1n, PART, PART_OF_PART, OTHER]) {
      const picture = layoutOf(of(id), new Set());
      expectNoGap(picture);
      expect(picture.rows.at(-1)?.cells.every(({ lane }) => lane < picture.lanes)).toBe(true);
    }
    expect(layoutOf(of(1n), new Set()).lanes).toBe(3);
  });

  test("joins the two lanes of a split and a merge", () => {
    const joins = layoutOf(of(1n), new Set()).rows.map((row) => (row.sort === "step" ? row.join : null));
    expect(joins).toEqual([
      null,
      { from: 0, to: 1 },
      { from: 1, to: 2 },
      null,
      null,
      { from: 2, to: 0 },
      null,
      expect.anything(),
    ]);
  });

  test("shows an escrow as another line", () => {
    const row = layoutOf(of(PART), new Set()).rows.find((one) => one.sort === "step" && one.step.seq === 3);
    expect(row?.cells.find(({ lane }) => lane === 0)).toMatchObject({
      above: "held",
      below: "escrow",
      sign: "escrowed",
    });
  });

  const moves = waysOf(
    Array.from(
      { length: 40 },
      (_, i): Effect =>
        i % 2 === 0
          ? { effect: "EscrowToProgram", from: 1, to: { program: 2, slot: 200 }, deadline: 0 }
          : { effect: "RevokeResource", from: { program: 2, slot: 200 }, to: 1 },
    ),
  ).of(1n);

  test("folds a long stretch of moves, and opens it", () => {
    const folded = layoutOf(moves, new Set());
    const fold = folded.rows.find((row) => row.sort === "fold");
    expect(fold).toMatchObject({ first: 5, last: 36, count: 32, opens: true });
    expect(folded.rows).toHaveLength(41 - 32 + 1);
    expect(layoutOf(moves, new Set([5])).rows).toHaveLength(41);
    expectNoGap(layoutOf(moves, new Set([5])));
  });

  test("does not fold a stretch that a screen can hold", () => {
    const short = { ...moves, steps: moves.steps.slice(0, 13) };
    expect(layoutOf(short, new Set()).rows.every(({ sort }) => sort === "step")).toBe(true);
  });

  test("says where steps were left out", () => {
    const cut = { ...moves, left: { count: 1_000, before: 6 } };
    expect(layoutOf(cut, new Set()).rows.find((row) => row.sort === "fold")).toMatchObject({
      count: 1_000,
      opens: false,
    });
  });
});
