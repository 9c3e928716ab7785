/** The causal view's data and geometry, without a browser: columns, cones, what is in sight, what a point means. */
import { describe, expect, test } from "vitest";
import { eventsOf, graphOf, SORTS as MODEL_SORTS } from "../../trace/graph/model.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { seqTicks, timeTicks } from "../../web/page/causal/axis.ts";
import { coneText } from "../../web/page/causal/coneText.ts";
import { densityOf } from "../../web/page/causal/density.ts";
import { halfOf, layoutOf, SINGLE, xAt, yOf } from "../../web/page/causal/geometry.ts";
import { hitAt } from "../../web/page/causal/hit.ts";
import { LanesInUse, laneAt, rowsInSight, rowsOf } from "../../web/page/causal/lanes.ts";
import { causeOf, effectOf } from "../../web/page/causal/neighbours.ts";
import { lowerBound, type Scene, sceneOf } from "../../web/page/causal/scene.ts";
import { addMark, addShape } from "../../web/page/causal/shapes.ts";
import { SORTS } from "../../web/page/causal/sorts.ts";
import { between, bringing, clamped, inSight, spanAround, wholeSpan, zoomed } from "../../web/page/causal/span.ts";
import { SvgPath } from "../../web/page/causal/svgPath.ts";
import { sumsOf } from "../../web/page/causal/verdicts.ts";
import { type Drawing, LINKS, PARENTS } from "../../web/work/history/columns.ts";
import { coneOf } from "../../web/work/history/cone.ts";
import { buffersOf, drawingOf, labelsOf } from "../../web/work/history/drawing.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";

const seedRun = await runScenario(seed);
const { transitions, manifest } = seedRun;
const everything = await runScenario(EVERYTHING);
const drawing = drawingOf(transitions, seedRun.map.programs(), manifest);
const scene = sceneOf(drawing);

/** A run of so many transitions: the seed's columns, over and over. */
function stretched(length: number): Scene {
  const repeat = <T extends Uint8Array | Int32Array | Uint32Array | Float64Array>(column: T): T => {
    const made = column.slice(0, 0).constructor as new (length: number) => T;
    const long = new made(length);
    for (let i = 0; i < length; i++) long[i] = column[i % column.length] ?? 0;
    return long;
  };
  const { sort, actor, peer, clock, at } = drawing;
  const columns = { sort: repeat(sort), actor: repeat(actor), peer: repeat(peer), clock: repeat(clock) };
  const times = Float64Array.from({ length }, (_, i) => (at[0] ?? 0) + Math.floor(i / 7) * 60);
  return sceneOf({ ...drawing, ...columns, at: times, transitions: length });
}

describe("the columns of a run", () => {
  test("say the same of each transition as the picture of the verb graph", () => {
    const graph = graphOf(transitions, manifest);
    for (const { seq, program, tie, clock, sort, at, group } of graph.events) {
      const i = seq - 1;
      expect([drawing.actor[i], drawing.peer[i]]).toEqual([program - 1, tie === null ? -1 : tie.peer - 1]);
      expect([drawing.clock[i], drawing.peerClock[i]]).toEqual([clock, tie?.clock ?? 0]);
      expect([drawing.at[i], drawing.group[i]]).toEqual([at, group]);
      expect(SORTS[drawing.sort[i] ?? 99]).toBe(sort);
    }
    expect(drawing.lanes.map(({ name }) => name)).toEqual(["Mint", "A", "B", "C"]);
  });

  test("count the sorts as the page does", () => {
    expect(SORTS).toEqual(MODEL_SORTS);
  });

  test("tie an escrow to its claim, a lending to its use, a watch to its firing, and that to the trigger", () => {
    const { from, to, name } = drawing.links;
    const links = [...from].map((seq, i) => `${LINKS[name[i] ?? 0]} ${seq}-${to[i]}`);
    expect(links).toEqual([
      "lending 6-9",
      "escrow 7-10",
      "lending 8-10",
      "watch 9-12",
      "trigger 12-13",
      "escrow 11-15",
    ]);
  });

  test("hold every sort of row, and hand over each buffer once", () => {
    const all = drawingOf(everything.transitions, everything.map.programs(), everything.manifest);
    expect(all.transitions).toBe(everything.transitions.length);
    const buffers = buffersOf(all);
    expect(new Set(buffers).size).toBe(buffers.length);
    expect(structuredClone(all, { transfer: buffers }).parents).toHaveLength(PARENTS * all.transitions);
  });

  test("have texts for a part, and none beyond the run's end", () => {
    expect(labelsOf(transitions, manifest, 7, 7)).toEqual([
      { text: "A escrows 100 Gold to B", brief: "escrow 100 Gold" },
    ]);
    expect(labelsOf(transitions, manifest, 14, 400)).toHaveLength(2);
    expect(eventsOf(transitions, manifest)).toEqual(graphOf(transitions, manifest).events);
  });
});

/** The cone by its definition, from the transitions themselves. */
function naiveCone(of: readonly Transition[], seq: number): { back: number[]; forward: number[] } {
  const before = new Map<number, Set<number>>();
  for (const t of of) {
    const all = new Set<number>();
    const own = of.filter((other) => other.seq < t.seq && other.actor === t.actor).at(-1)?.seq ?? 0;
    for (const parent of [...t.parents, own]) {
      if (parent === 0) continue;
      all.add(parent);
      for (const further of before.get(parent) ?? []) all.add(further);
    }
    before.set(t.seq, all);
  }
  const back = [...(before.get(seq) ?? [])].sort((a, b) => a - b);
  return { back, forward: of.filter((t) => before.get(t.seq)?.has(seq)).map((t) => t.seq) };
}

describe("the causal cone", () => {
  test.each([
    ["the seed's run", transitions],
    ["a run with every row", everything.transitions],
  ] as const)("of every transition of %s is what follows from parents and the order of programs", (_, run) => {
    const parents = Uint32Array.from(run.flatMap((t) => t.parents));
    for (const { seq } of run) {
      const { back, forward } = coneOf(seq, parents);
      expect({ back: [...back], forward: [...forward] }).toEqual(naiveCone(run, seq));
    }
  });

  test("is told in words, also where there is one or none", () => {
    const cone = (back: number, forward: number) => ({
      seq: 5,
      back: new Uint32Array(back),
      forward: new Uint32Array(forward),
    });
    expect(coneText(cone(0, 0), 1)).toBe("It depends on no earlier transition; nothing later depends on it.");
    expect(coneText(cone(1, 1), 4)).toBe(
      "It depends on 1 earlier transition; 1 later one depends on it. 1 other is concurrent: neither before it nor after it.",
    );
    expect(coneText(cone(4, 2_000), 2_007)).toBe(
      "It depends on 4 earlier transitions; 2,000 later ones depend on it. " +
        "2 others are concurrent: neither before it nor after it.",
    );
  });

  test("leads from a transition to its latest cause and its first effect", () => {
    expect(causeOf(drawing, 10)).toBe(9);
    expect(causeOf(drawing, 1)).toBeUndefined();
    expect(effectOf(drawing, 12)).toBe(13);
    expect(effectOf(drawing, 15)).toBeUndefined();
  });
});

describe("what is in sight", () => {
  const places = stretched(100_000).places.seq;

  test("never leaves the run, and comes as near as one transition", () => {
    const whole = wholeSpan(places);
    expect(inSight(places, whole)).toEqual({ start: 0, end: 100_000 });
    expect(clamped({ from: -5e6, to: 5e6 }, places)).toEqual(whole);
    const near = clamped(zoomed(whole, 1e-9, 500), places);
    expect(inSight(places, near).end - inSight(places, near).start).toBe(1);
    const beyond = clamped({ from: 150_000, to: 150_010 }, places);
    expect(beyond.to).toBeCloseTo(whole.to);
    expect(beyond.to - beyond.from).toBeCloseTo(10);
  });

  test("is what a link names, along both axes", () => {
    for (const list of [places, stretched(100_000).places.time])
      expect(inSight(list, spanAround(list, 4_980, 5_020))).toEqual({ start: 4_979, end: 5_020 });
  });

  test("keeps the anchor of a zoom where it is", () => {
    const span = zoomed({ from: 100, to: 200 }, 0.5, 125);
    expect((125 - span.from) / (span.to - span.from)).toBeCloseTo(0.25);
  });

  test("moves only if what it should bring is not well inside", () => {
    const span = { from: 100, to: 200 };
    expect(bringing(span, 150, places)).toBe(span);
    const moved = bringing(span, 199, places);
    expect((moved.from + moved.to) / 2).toBeCloseTo(199);
  });

  test("glides from one part to another, and arrives", () => {
    const [a, b] = [
      { from: 0, to: 1_000 },
      { from: 400, to: 410 },
    ];
    expect(between(a, b, 0)).toEqual(a);
    expect(between(a, b, 1).from).toBeCloseTo(400);
    expect(between(a, b, 1).to).toBeCloseTo(410);
    expect(between(a, { from: 5, to: 1_005 }, 0.5).from).toBeCloseTo(2.5);
  });

  test("has times in the order of the transitions, also within one second", () => {
    const { time } = stretched(1_000).places;
    for (let i = 1; i < time.length; i++) expect(time[i]).toBeGreaterThan(time[i - 1] ?? 0);
    expect(Math.floor(time[8] ?? 0)).toBe(60);
  });
});

describe("lanes", () => {
  test("are found in use as a look at every transition finds them", () => {
    const { drawing: long } = stretched(10_000);
    const known = new LanesInUse(long);
    for (const [start, end] of [
      [0, 10_000],
      [4, 7],
      [1_020, 1_030],
      [1_000, 5_000],
      [2_048, 4_096],
      [9, 9],
    ] as const) {
      const used = new Uint8Array(4);
      for (let i = start; i < end; i++)
        for (const lane of [long.actor[i], long.peer[i]]) if ((lane ?? -1) >= 0) used[lane ?? 0] = 1;
      expect(known.in({ start, end })).toEqual(used);
    }
  });

  test("fold if nothing of them is in sight, and scroll if there are many", () => {
    const folded = rowsOf(4, Uint8Array.of(1, 0, 0, 1), 300, 0);
    expect([...folded.lanes]).toEqual([0, 3]);
    expect([...folded.rowOf]).toEqual([0, -1, -1, 1]);
    const many = rowsOf(1_000, undefined, 300, 1e9);
    expect(many.scroll).toBe(many.overflow);
    expect(rowsInSight(many, 300).end).toBe(1_000);
    expect(laneAt(many, 299)).toBe(999);
    expect(rowsOf(4, undefined, 300, 50).scroll).toBe(0);
  });
});

/** The geometry of a picture that shows a part of a run. */
function pictureOf(of: Scene, first: number, last: number) {
  const layout = layoutOf(1_000, 600, of.names);
  const places = of.places.seq;
  const span = spanAround(places, first, last);
  const range = inSight(places, span);
  const rows = rowsOf(of.drawing.lanes.length, undefined, layout.bottom - layout.top, 0);
  const per = (layout.width - layout.left) / (range.end - range.start);
  const shown = rowsInSight(rows, layout.bottom - layout.top);
  return { scene: of, places, layout, span, range, rows, per, rowsInSight: shown };
}

describe("level of detail", () => {
  test("counts every end of every transition in sight once", () => {
    const long = stretched(20_000);
    const { layout, ...picture } = pictureOf(long, 3_000, 17_000);
    const pixels = layout.width - layout.left;
    expect(picture.per).toBeLessThan(SINGLE);
    const counted = { ...picture, drawing: long.drawing, pixels, cone: undefined };
    const density = densityOf(counted);
    // Whole columns are counted.
    const from = lowerBound(picture.places, density.first * density.width);
    const to = lowerBound(picture.places, (density.first + density.columns) * density.width);
    expect(from).toBeLessThanOrEqual(picture.range.start);
    expect(to).toBeGreaterThanOrEqual(picture.range.end);
    const ends = (of: Drawing): number => {
      let sum = 0;
      for (let i = from; i < to; i++) sum += (of.peer[i] ?? -1) >= 0 ? 2 : 1;
      return sum;
    };
    expect(density.counts.reduce((sum, count) => sum + count, 0)).toBe(ends(long.drawing));
    expect(density.inSight.end - density.inSight.start).toBeLessThan(pixels / 2);
    const cone = new Uint8Array(20_001).fill(1, 0, 10_001);
    const parted = densityOf({ ...counted, cone });
    const [inside, outside] = [parted.counts, parted.outside].map((list) => list.reduce((a, b) => a + b, 0));
    expect((inside ?? 0) + (outside ?? 0)).toBe(ends(long.drawing));
    expect(outside).toBeGreaterThan(0);
    expect(parted.sums.reduce((sum, count) => sum + count, 0)).toBe(ends(long.drawing));
  });

  test("counts once for views of the same columns, and anew for others", () => {
    const long = stretched(20_000);
    const at = (first: number, last: number, cone?: Uint8Array) => {
      const { layout, ...picture } = pictureOf(long, first, last);
      return densityOf({ ...picture, drawing: long.drawing, pixels: layout.width - layout.left, cone });
    };
    const one = at(3_000, 13_000);
    expect(at(3_400, 13_400).counts).toBe(one.counts);
    const near = at(3_400, 6_000);
    expect(near.counts).not.toBe(one.counts);
    expect(near.width).toBeLessThan(one.width);
    expect(at(3_400, 6_000, new Uint8Array(20_001)).counts).not.toBe(near.counts);
    // What is far to the side was not counted with it.
    expect(at(12_000, 14_600).counts).not.toBe(near.counts);
  });

  test("keeps its columns when the view moves", () => {
    const long = stretched(20_000);
    const at = (first: number) => {
      const { layout, ...picture } = pictureOf(long, first, first + 10_000);
      const {
        first: column,
        width,
        counts,
        columns,
      } = densityOf({
        ...{ ...picture, drawing: long.drawing, pixels: layout.width - layout.left, cone: undefined },
      });
      const inColumn = (place: number): number[] => {
        const from = (Math.floor(place / width) - column) * SORTS.length;
        return [...counts.subarray(from, from + SORTS.length)];
      };
      return { width, columns, inColumn };
    };
    const [a, b] = [at(3_000).inColumn(8_000), at(3_017).inColumn(8_000)];
    expect(a).toEqual(b);
    expect(a.some((count) => count > 0)).toBe(true);
  });

  test("gives shapes numbers only where there is room for the largest", () => {
    expect(halfOf(30, 100, 2).w).toBeGreaterThan(halfOf(30, 100, 2).h);
    expect(halfOf(30, 100, 5).w).toBe(halfOf(30, 100, 5).h);
    expect(halfOf(50, 100, 5).w).toBeGreaterThan(halfOf(30, 100, 2).w);
  });
});

describe("a point of the picture", () => {
  const picture = pictureOf(scene, 1, 15);
  const x = (seq: number): number => xAt(picture, seq);
  const y = (lane: number): number => yOf(picture, lane);

  test("means the transition on its lane, on the other's lane, or the arrow between", () => {
    expect(hitAt(picture, x(7), y(1))).toBe(7);
    expect(hitAt(picture, x(7) + 4, y(2) - 3)).toBe(7);
    expect(hitAt(picture, x(3), y(1))).toBe(3);
  });

  test("means none where nothing is near", () => {
    expect(hitAt(picture, x(4), y(3))).toBe(0);
    expect(hitAt(picture, 20, y(1))).toBe(0);
    expect(hitAt(picture, x(7), 590)).toBe(0);
  });
});

describe("shapes", () => {
  test("differ by sort and by verdict, without any colour", () => {
    for (const half of [
      { w: 6, h: 6 },
      { w: 14, h: 9 },
    ]) {
      const drawn = SORTS.map((sort) => {
        const path = new SvgPath();
        addShape(path, sort, 20, 20, half);
        return path.text;
      });
      expect(new Set(drawn).size).toBe(SORTS.length);
    }
    const marks = (["good", "bad"] as const).map((verdict) => {
      const path = new SvgPath();
      addMark(path, verdict, 9, 9, 4);
      return path.text;
    });
    expect(marks[0]).not.toBe(marks[1]);
  });

  test("of verdicts are summed up for columns of many", () => {
    const { bad, open } = sumsOf(Uint8Array.of(0, 1, 2, 2, 0));
    expect([...bad]).toEqual([0, 0, 0, 1, 2, 2]);
    expect([...open]).toEqual([0, 1, 1, 1, 1, 2]);
  });
});

describe("ticks", () => {
  test("of transitions are round numbers within the run", () => {
    expect(seqTicks(-20, 1_040, 1_000, 150).map(({ text }) => text)).toEqual(["200", "400", "600", "800", "1,000"]);
    expect(seqTicks(0.4, 3.6, 3, 0.3).map(({ place }) => place)).toEqual([1, 2, 3]);
  });

  test("of time stand at round times, and name the day where it begins", () => {
    const origin = Date.UTC(2026, 0, 1, 23, 59, 50) / 1_000;
    const ticks = timeTicks(0, 20, origin, 4);
    expect(ticks.map(({ text }) => text)).toEqual(["23:59:50", "23:59:55", "2026-01-02", "00:00:05", "00:00:10"]);
    expect(ticks.map(({ place }) => place)).toEqual([0, 5, 10, 15, 20]);
    expect(timeTicks(0, 400 * 86_400, origin, 80 * 86_400).length).toBeLessThan(8);
  });
});
