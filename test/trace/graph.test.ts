/** Pictures of the concurrency graph: what they show, what they leave out, and that no name breaks them. */
import { describe, expect, test } from "vitest";
import { cut } from "../../trace/graph/drawing.ts";
import { draw, FORMATS, type Graph, graphOf, VIEWS } from "../../trace/graph/index.ts";
import { MERMAID_LIMITS } from "../../trace/graph/mermaid.ts";
import { edgesOf, edgeText } from "../../trace/graph/overview.ts";
import { DATA_LABEL, kindOf } from "../../trace/layout.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { genesisWith } from "../lib/build.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";

const NASTY = ['a"b\\', "end", "x;y#35;z", "<script>&amp;]]>", "a\nb: c\u202e\u0007", "style:#a;[]{}()|%%"];

const seedRun = await runScenario(seed);
const seedGraph = graphOf(seedRun.transitions, seedRun.manifest);

/** So many escrows that are taken back, among some programs. */
function escrows(programs: number, wanted: number): Tracer {
  const tracer = Tracer.from(genesisWith({ programs, inbox: 16 }));
  for (let i = 0; tracer.seq < wanted; i++) {
    const [from, to] = [1 + (i % programs), 1 + ((i + 1 + (i % 3)) % programs)];
    const a = tracer.program(from);
    const coin = a.issue({ kind: kindOf(from, 1), quantity: 5n, slot: 1 });
    if (from !== to) a.revokeResource({ from: a.escrowToProgram({ from: coin.slot, to }), to: 1 });
    a.retire({ slot: 1 });
  }
  return tracer;
}

/** The same events over and over, for pictures of long runs without running them. */
function stretched(graph: Graph, length: number): Graph {
  const { events } = graph;
  const event = (i: number): Graph["events"][number] => events[i % events.length] as Graph["events"][number];
  return { ...graph, events: Array.from({ length }, (_, i) => ({ ...event(i), seq: i + 1 })) };
}

describe("the graph of a run", () => {
  test("has the programs, their events in order, and the ties between them", () => {
    expect(seedGraph.programs.map(({ name }) => name)).toEqual(["Mint", "A", "B", "C"]);
    expect(seedGraph.events.map(({ seq }) => seq)).toEqual(seedRun.transitions.map(({ seq }) => seq));
    const edges = edgesOf(seedGraph).map(({ from, to, sort, brief }) => `${from} ${to} ${sort} ${brief}`);
    expect(edges).toEqual([
      "1 2 create create",
      "1 3 ownership escrow 7 Silver",
      "1 3 create create",
      "1 4 create create",
      "2 3 ownership escrow 100 Gold",
      "2 4 delegation lend claim",
      "3 4 ownership claim 100 Gold",
      "3 4 delegation lend invoke and watch",
      "3 4 watch fired",
      "4 3 call call silverArrived",
      "4 3 watch watch: arrival",
    ]);
  });

  test("knows every sort of row", async () => {
    const { transitions, manifest } = await runScenario(EVERYTHING);
    const { events } = graphOf(transitions, manifest);
    expect(events.filter(({ text }) => /undefined|NaN/.test(text))).toEqual([]);
    const joins = events.filter(({ effect }) => effect === "JoinWith");
    expect(joins.map(({ text }) => text)).toContain("program 3 waits for program 2 (2 steps)");
    for (const { program, clock, tie, effect } of events) {
      // A meeting leaves both clocks the same; a join moves one of them.
      if (tie !== null && effect !== "JoinWith") expect({ program, peer: tie.clock }).toEqual({ program, peer: clock });
    }
  });

  test("tells data by their digests, and counts them", () => {
    const tracer = Tracer.from(genesisWith({ programs: 2, inbox: 16 }));
    const a = tracer.program(1);
    for (const quantity of [1n << 127n, 3n]) {
      const data = a.issue({ kind: kindOf(1, DATA_LABEL), quantity, slot: 1 });
      a.escrowToProgram({ from: data.slot, to: 2 });
    }
    const graph = graphOf(tracer.transitions, tracer.manifest);
    expect(graph.events.map(({ brief }) => brief)).toEqual([
      "issue data of program 1 (digest 80000000…)",
      "escrow data of program 1 (digest 80000000…)",
      "issue data of program 1 (digest 00000000…)",
      "escrow data of program 1 (digest 00000000…)",
    ]);
    expect(edgesOf(graph).map((edge) => edgeText(edge, graph.kindName))).toEqual(["2 moves: 2 × data of program 1"]);
  });

  test("is cut to a range and to what some programs take part in", () => {
    const cut = (filter: Parameters<typeof graphOf>[2]): Graph =>
      graphOf(seedRun.transitions, seedRun.manifest, filter);
    expect(cut({ from: 4, to: 6 }).events.map(({ seq }) => seq)).toEqual([4, 5, 6]);
    const ofA = cut({ programs: ["A"] });
    expect(ofA.events.every(({ program, tie }) => program === 2 || tie?.peer === 2)).toBe(true);
    expect(cut({ programs: ["2"] })).toMatchObject({ events: ofA.events });
    expect(() => cut({ programs: ["Nobody"] })).toThrow(
      '"Nobody" takes part in no transition here; there are: Mint, A',
    );
    expect(() => cut({ programs: ["0"] })).toThrow('"0" takes part in no transition here');
    expect(() => cut({ from: 5, to: 4 })).toThrow("from: 5 comes after 4");
    for (const format of FORMATS) expect(draw(cut({ from: 99 }), format)).not.toBe("");
  });
});

test("digits mean a program's number, and a name of several programs is refused", () => {
  const { transitions, manifest } = seedRun;
  const named = { ...manifest, programs: { ...manifest.programs, 1: "2", 3: "Twin", 4: "Twin" } };
  const second = graphOf(transitions, manifest, { programs: ["2"] }).events.map(({ seq }) => seq);
  expect(graphOf(transitions, named, { programs: ["2"] }).events.map(({ seq }) => seq)).toEqual(second);
  expect(second.length).toBeLessThan(transitions.length);
  expect(() => graphOf(transitions, named, { programs: ["Twin"] })).toThrow(
    '"Twin" is the name of 3 and 4; give a number',
  );
});

describe("a picture of a part", () => {
  const headOf = (graph: Graph): string => /font-size="16">([^<]*)</.exec(draw(graph, "svg"))?.[1] ?? "";

  test("says in its title that it is one, and which", () => {
    const { transitions, manifest } = seedRun;
    expect(headOf(seedGraph)).toBe("seed · 15 transitions · 4 programs");
    expect(headOf(graphOf(transitions, manifest, { from: 4, to: 4 }))).toBe(
      "seed · 1 of 15 transitions · 1 of 4 programs · from 4 to 4",
    );
    const ofA = graphOf(transitions, manifest, { from: 2, programs: ["A", "3"] });
    expect(headOf(ofA)).toMatch(/^seed · \d+ of 15 transitions · 4 programs · from 2, with A, B$/);
    expect(draw(ofA, "dot")).toContain("of 15 transitions");
  });
});

describe("what has no room", () => {
  /** Three sorts of events both ways between all programs that are neighbours but one, on a circle of nine. */
  const around: Graph = {
    ...seedGraph,
    programs: Array.from({ length: 9 }, (_, i) => ({ program: i + 1, name: `P${i}`, fullName: `P${i}`, events: 1 })),
    events: Array.from({ length: 54 }, (_, i) => {
      const [from, to] = [1 + (i % 9), 1 + ((i + 2) % 9)];
      const [program, peer] = i < 27 ? [from, to] : [to, from];
      const sort = (["ownership", "call", "join"] as const)[Math.floor(i / 9) % 3] ?? "own";
      const tie = { peer, clock: 1, inward: false, amount: null };
      const event = seedGraph.events[0] as Graph["events"][number];
      return { ...event, seq: i + 1, program, sort, tie, brief: `${i}` };
    }),
  };

  test("never hides a node: no edge crosses one that is not its end", () => {
    const svg = draw(around, "svg", "programs");
    const numbers = (found: RegExpMatchArray): number[] => found.slice(2).map(Number);
    const boxes = [
      ...svg.matchAll(/<title>(P\d), program[^<]*<.title><rect x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"/g),
    ];
    const curves = [
      ...svg.matchAll(/<title>(P\d → P\d)[^<]*<.title><path d="M(\S+) (\S+) Q(\S+) (\S+) (\S+) ([^ "]+)"/g),
    ];
    expect([boxes.length, curves.length]).toEqual([9, 54]);
    for (const curve of curves) {
      const [x0 = 0, y0 = 0, x1 = 0, y1 = 0, x2 = 0, y2 = 0] = numbers(curve);
      const at = (t: number, a: number, b: number, c: number) => (1 - t) ** 2 * a + 2 * t * (1 - t) * b + t ** 2 * c;
      for (const box of boxes.filter(([, name = ""]) => !curve[1]?.includes(name))) {
        const [left = 0, top = 0, width = 0, height = 0] = numbers(box);
        for (let t = 0; t <= 1; t += 0.02) {
          const [x, y] = [at(t, x0, x1, x2) - left, at(t, y0, y1, y2) - top];
          expect(x > 0 && x < width && y > 0 && y < height, `${curve[1]} over ${box[1]}`).toBe(false);
        }
      }
    }
  });

  test("is cut before a number, not in it", () => {
    const amount = "123456789012345678901234567890";
    for (let i = 0; i < 30; i++) {
      const text = `${"x".repeat(i)} escrows ${amount} Gold`;
      for (const width of [60, 90, 130, 200]) expect(cut(text, 12, width)).not.toMatch(/\d…$/);
    }
    expect(cut(`pays ${amount}`, 12, 60)).toBe("pays…");
    expect(cut("program 12 and others", 12, 110)).toMatch(/^program 12 /);
    const tracer = Tracer.from(genesisWith({ programs: 2, inbox: 16 }));
    for (let i = 1; i <= 3; i++) {
      const kind = kindOf(1, i);
      tracer.manifest.kinds[kind.toString()] = `Kind of a long ${i}`;
      tracer.program(1).escrowToProgram({
        from: tracer.program(1).issue({ kind, quantity: BigInt(amount) }).slot,
        to: 2,
      });
    }
    const told = draw(graphOf(tracer.transitions, tracer.manifest), "mermaid", "lanes");
    expect(told).toContain("…");
    expect(told).not.toMatch(/\d…/);
  });
});

describe("a picture", () => {
  test("is the same for the same run", () => {
    const again = graphOf(seedRun.transitions, seedRun.manifest);
    for (const format of FORMATS)
      for (const view of VIEWS) expect(draw(again, format, view)).toBe(draw(seedGraph, format, view));
  });

  test("of few transitions says each of them in words", () => {
    const pictures = [draw(seedGraph, "svg"), draw(seedGraph, "mermaid", "lanes"), draw(seedGraph, "dot", "lanes")];
    for (const picture of pictures) {
      for (const { text } of seedGraph.events)
        expect(
          picture
            .replaceAll("#58;", ":")
            .replaceAll("#40;", "(")
            .replace(/&#39;|#39;/g, "'"),
        ).toContain(text);
    }
  });

  test("of 1,000 transitions keeps a sensible shape, and no two rows of a panel meet", () => {
    const { transitions, manifest } = escrows(5, 50);
    const svg = draw(stretched(graphOf(transitions, manifest), 1_000), "svg");
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
    expect(Number(width) / Number(height)).toBeGreaterThan(0.6);
    expect(Number(width) / Number(height)).toBeLessThan(2.5);
    expect(svg.match(/<g><title>\d+\. /g)).toHaveLength(1_000);
    const panels = svg
      .split('<g transform="translate(')
      .map((panel) => [...panel.matchAll(/y="([\d.]+)" text-anchor="end">\d+</g)].map(([, y]) => Number(y)));
    for (const rows of panels) {
      for (const [i, y] of rows.entries()) expect(y - (rows[i - 1] ?? -99)).toBeGreaterThan(15);
    }
  });

  test("keeps within what Mermaid draws", () => {
    const { transitions, manifest } = escrows(90, 300);
    for (let program = 1; program <= 90; program++) manifest.programs[program] = `${'#;"'.repeat(30)}${program}`;
    const graph = stretched(graphOf(transitions, manifest), 2_400);
    for (const view of VIEWS) {
      const text = draw(graph, "mermaid", view);
      const edges = text.match(/^ {2}p\d+ ?[-=.]/gm)?.length;
      expect(text.length).toBeLessThanOrEqual(MERMAID_LIMITS.characters);
      expect(edges).toBeGreaterThan(10);
      expect(edges).toBeLessThanOrEqual(MERMAID_LIMITS.messages);
    }
    expect(draw(graph, "svg")).toContain("too many for lanes");
    expect(() => draw(graph, "dot", "lanes")).toThrow("view: ");
  });

  test("is not broken by any name", () => {
    const { transitions, manifest } = escrows(6, 60);
    NASTY.forEach((name, i) => {
      manifest.programs[i + 1] = name;
      manifest.kinds[kindOf(i + 1, 1).toString()] = name;
    });
    manifest.scenario = NASTY.join(" ");
    const graph = graphOf(transitions, manifest);
    for (const format of FORMATS)
      for (const view of VIEWS) {
        const picture = draw(graph, format, view);
        expect(["\u202e", "\u0007"].filter((char) => picture.includes(char))).toEqual([]);
      }
    const svg = draw(graph, "svg");
    expect(svg.replace(/<\/?(svg|title|text|g|rect|path|circle|mask)\b[^<>]*>/g, "")).not.toMatch(/[<>]/);
    expect(svg.replace(/&(amp|lt|gt|quot|#39);/g, "")).not.toContain("&");
    for (const view of VIEWS) {
      const outside = draw(graph, "dot", view).replace(/"(?:[^"\\]|\\.)*"/g, "");
      expect(outside).toMatch(/^[\w\s{}[\]=,;.>-]*$/);
      // Between the quotes, or behind the colon, names are letters, digits and numbered characters.
      const mermaid = draw(graph, "mermaid", view);
      expect(mermaid.replace(/"[^"\n]*"/g, "").match(/;/g) ?? []).toHaveLength(
        view === "lanes" ? (mermaid.match(/#\d+;/g) ?? []).length : 0,
      );
      expect(mermaid.match(/\bend\b/g) ?? []).toHaveLength((mermaid.match(/^ {2}end$/gm) ?? []).length);
    }
  });
});
