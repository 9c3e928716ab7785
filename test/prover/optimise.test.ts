/** A run in another order: the same programs doing the same, in fewer batches or over fewer nodes. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { type Cost, constraintsOf, costOf } from "../../prover/optimise/cost.ts";
import { optimiseDirectory } from "../../prover/optimise/optimise.ts";
import { bestOrder } from "../../prover/optimise/order.ts";
import { reorder } from "../../prover/optimise/reorder.ts";
import { PROFILES, type Profile } from "../../prover/profiles.ts";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { kindOf } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { replay, replayDirectory } from "../../trace/replay/replay.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { unpackCell } from "../../trace/state/cells.ts";
import { type Genesis, openPrograms, programsOf } from "../../trace/state/genesis.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { genesisWith } from "../lib/build.ts";
import { SMALL } from "../lib/circuit.ts";
import { DEALINGS, PROGRAMS, World } from "../lib/cleanRun.ts";
import { START } from "../lib/keyedRun.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { Random } from "../lib/random.ts";
import { randomRun } from "../lib/randomRun.ts";
import { json } from "../scripts/cli.ts";

type Groups = readonly (readonly Transition[])[];

/** The effects of each program in its own order, without the numbers of its products. */
function ownActs(groups: Groups): Map<number, unknown[]> {
  const acts = new Map<number, unknown[]>();
  for (const t of groups.flat()) {
    const { effect, actor, peer, source, destination, authority, kind, quantity, deadline, clock } = t;
    const act = [effect, peer, source, destination, authority, kind, quantity, deadline, clock];
    acts.set(actor, [...(acts.get(actor) ?? []), act]);
  }
  return acts;
}

/** Every cell at the end, without the numbers of transitions and the values that follow from them. */
function endOf(map: TimeMap): unknown[] {
  return [...map.addresses()].map((at) => {
    const { seq, ...cell } = unpackCell(map.words(at));
    const numbers = { id: 0, log: 0, nonce: 0, parentNonce: 0, subject: 0, trigger: 0 };
    return [
      at,
      { ...cell, ...Object.fromEntries(Object.keys(numbers).flatMap((key) => (key in cell ? [[key, 0]] : []))) },
    ];
  });
}

/** Puts a trace into the best order, and checks that it is the same run. */
function optimised(genesis: Genesis, { groups, map, triggers }: Tracer, profiles: readonly Profile[], later = 0) {
  const found = bestOrder(groups, triggers, profiles, programsOf(genesis), 0, later);
  const made: (readonly Transition[])[] = [];
  const end = reorder(genesis, groups, triggers, found.after.placed, found.fixed, (group) => made.push(group));
  expect(ownActs(made)).toEqual(ownActs(groups));
  expect(endOf(end)).toEqual(endOf(map));
  const replayed = [...replay(genesis, { records: made.flat().map(recordOf) })];
  expect(replayed.flat()).toEqual(made.flat());
  expect(costOf([...batchesOf(made, ...profiles)])).toEqual(found.after.cost);
  expect(found.after.cost.constraints).toBeLessThanOrEqual(found.before.cost.constraints);
  for (const [i, { index, at }] of found.after.placed.entries()) {
    expect(at - (groups[index]?.at(-1)?.at ?? 0)).toBeGreaterThanOrEqual(0);
    expect(at - (groups[index]?.at(-1)?.at ?? 0)).toBeLessThanOrEqual(later);
    expect(at).toBe(made[i]?.at(-1)?.at);
  }
  return { ...found, made };
}

/** Pairs of programs with numbers far apart. */
const PAIRS = [1, 20, 40, 60].map((first) => [first, first + 1] as const);
const FAR: Scenario = {
  name: "far",
  description: "pairs of programs that never meet, taking turns",
  genesis: () => ({ levels: 3, cells: openPrograms(61, 16) }),
  run(tracer) {
    for (let round = 0; round < 4; round++) {
      const things = PAIRS.map(([a]) => tracer.program(a).issue({ kind: kindOf(a, 1), quantity: 5n, slot: 90 }, START));
      const given = PAIRS.map(([a, b], i) =>
        tracer.program(a).escrowToProgram({ from: things[i]?.slot ?? 0, to: { program: b, slot: 90 } }, START),
      );
      for (const [i, [, b]] of PAIRS.entries()) {
        tracer.program(b).claimFromProgram({ from: given[i] ?? { program: 0, slot: 0 }, to: "in place" }, START);
      }
      for (const [, b] of PAIRS) tracer.program(b).retire({ slot: 90 }, START);
    }
  },
};

describe("another order", () => {
  test("programs that never meet are proven apart from each other, also if they took turns", async () => {
    const tracer = await runScenario(FAR);
    const { before, after } = optimised(FAR.genesis(), tracer, USUAL_PROFILES);
    expect(after.cost.nodes).toBeLessThan(0.8 * before.cost.nodes);
    expect(after.cost.batches).toBeLessThan(before.cost.batches);
    expect(after.cost.profiles).toEqual({ "batch-8": 8 });
  });

  test.each([2, 3, 4, 5])("a random run (seed %i) stays the same run, and costs at most as much", (seed) => {
    const { genesis, tracer } = randomRun(seed, 250);
    optimised(genesis, tracer, [SMALL], seed % 2 === 0 ? 0 : 1_000);
  });

  test("proven batches stay first, and only the rest is costed", async () => {
    const { groups, triggers } = await runScenario(FAR);
    const [all, rest] = [0, 4].map((proven) => bestOrder(groups, triggers, USUAL_PROFILES, 61, proven, 0));
    expect(rest?.fixed).toBe(4);
    expect(rest?.after.placed.slice(0, 4).map(({ index }) => index)).toEqual([0, 1, 2, 3]);
    expect(rest?.before.cost.batches).toBe((all?.before.cost.batches ?? 0) - 1);
    expect(rest?.after.cost.batches).toBeLessThan(rest?.before.cost.batches ?? 0);
  });

  test.each([1, 2])("watches, lent rights, locks and calls keep their order (seed %i)", (seed) => {
    const genesis = genesisWith({ programs: PROGRAMS, inbox: 16, levels: 3 });
    const world = new World(Tracer.from(genesis));
    const random = new Random(seed);
    for (let i = 0; i < 25; i++) {
      world.deal({ what: random.pick(DEALINGS), from: random.below(PROGRAMS), to: random.below(PROGRAMS) });
    }
    const { fixed } = optimised(genesis, world.tracer, USUAL_PROFILES);
    expect(fixed).toBe(0);
  });
});

describe("a run directory", () => {
  /** {@link FAR} with a watch that fires, and what a run of concurrent programs notes. */
  const NOTED: Scenario = {
    ...FAR,
    run(tracer) {
      const watching = tracer.program(20);
      watching.watchResource({ target: watching.place(90), condition: "arrival", slot: 4 }, START);
      FAR.run(tracer);
      const held = tracer.transitions.find(({ effect, actor }) => effect === "Retire" && actor === 41);
      const check = {
        seq: held?.seq ?? 0,
        program: 41,
        task: "t",
        name: "n",
        part: "ensures",
        clause: "c",
        held: true,
      } as const;
      tracer.manifest.runtime = { seed: 1, tasks: [], contracts: [check], failures: [], waits: [] };
    },
  };

  test("is written in its new order, with names and notes; the reported savings are those of the plan", async () => {
    const dir = join(await temporaryFolder(), "run");
    await runScenario(NOTED, { out: dir, profiles: USUAL_PROFILES });
    const old = replayDirectory(dir);
    const out = join(dir, "out");
    const { code, answer } = await json(["optimise", dir, "--out", out]);
    expect(code).toBe(0);
    const { before, after } = answer as unknown as Record<"before" | "after", Cost>;
    expect(answer).toMatchObject({ gained: true, transitions: 67, fixed: 0, retimed: 0, out });
    expect(after.seconds).toBeLessThan(before.seconds);
    const { groups, manifest, trace, map } = replayDirectory(out, { everyRoot: true });
    expect(after).toEqual(costOf([...batchesOf(groups, ...USUAL_PROFILES)]));
    expect(endOf(map)).toEqual(endOf(old.map));
    expect(trace.header).toEqual(old.trace.header);
    const seq = groups.flat().find(({ effect }) => effect === "Check")?.seq;
    expect(manifest.notes[0]).toBe(`transition ${seq} fired the watch in slot 4 of program 20`);
    expect(manifest.notes).toHaveLength(old.manifest.notes.length);
    const [contract] = manifest.runtime?.contracts ?? [];
    expect(groups.flat()[(contract?.seq ?? 0) - 1]).toMatchObject({ effect: "Retire", actor: 41 });

    // A second time there is no gain, and nothing is written.
    const again = join(dir, "again");
    expect(await optimiseDirectory(out, { out: again })).toMatchObject({ gained: false, moved: 0 });
    expect(existsSync(again)).toBe(false);
    await expect(optimiseDirectory(dir, { out })).rejects.toThrow("holds a run already");
  });
});

test("estimated costs are the counted ones within 2 %", () => {
  const page = readFileSync(join(PROJECT_ROOT, "docs/reference/performance.md"), "utf8");
  for (const profile of PROFILES) {
    const { name, rows, nodes, signatures } = profile;
    const line = page.split("\n").find((each) => each.startsWith(`| ${name} | ${rows}, ${nodes}, ${signatures} |`));
    const counted = Number(line?.split("|")[3]?.replaceAll(",", ""));
    expect(Math.abs(constraintsOf(profile) / counted - 1)).toBeLessThan(0.02);
  }
});
