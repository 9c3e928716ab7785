import { expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { EFFECTS, EVERY_EFFECT } from "../../trace/effects/shapes.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import { address, isFact, slotOf } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { RowName, Transition } from "../../trace/machine/transition.ts";
import { replay } from "../../trace/replay/replay.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { anyEffect } from "../lib/anyEffect.ts";
import { GOLD, SILVER } from "../lib/build.ts";
import { TOKEN } from "../lib/moored.ts";
import { Random } from "../lib/random.ts";
import { randomBeginning } from "../lib/randomRun.ts";
import { stateOf } from "../lib/state.ts";

/** Random programs rarely ask for these. effects.test.ts has them. */
const SEEN_ELSEWHERE: readonly string[] = ["RevokeResource expiry-enforced", "InvokeProgram expiry-enforced"];

/** Rows that may name the kind of a fact. */
const FOR_FACTS: readonly RowName[] = ["Enter", "Retire", "DeclareEntry", "InvokeProgram", "WatchResource", "Check"];

/** Total of a kind over the whole map, and the watches that disagree with their slots. */
function survey(tracer: Tracer): { totals: Map<bigint, bigint>; odd: number[]; ids: number } {
  const totals = new Map<bigint, bigint>();
  const odd: number[] = [];
  const ids = new Set<bigint>();
  let things = 0;
  for (const at of tracer.map.addresses()) {
    const cell = tracer.map.cell(at);
    if (cell.type === "resource") {
      totals.set(cell.kind, (totals.get(cell.kind) ?? 0n) + cell.quantity);
      ids.add(cell.id);
      things++;
    }
    const watched = cell.type === "empty" || cell.type === "resource" ? cell.watch : 0;
    for (let rank = 0; rank < 4; rank++) {
      if (((watched >> rank) & 1) !== Number(tracer.map.watchOn(at, rank) !== 0)) odd.push(at);
    }
    if (watched >> tracer.map.watches !== 0) odd.push(at);
    if (cell.type === "watch" && cell.state === "armed" && tracer.map.watchOn(cell.target, cell.rank) !== at)
      odd.push(at);
  }
  return { totals, odd, ids: things - ids.size };
}

/** What a row adds to a kind's total, or takes from it. */
function changeBy({ effect, quantity }: Transition): bigint {
  if (effect === "Issue" || effect === "Enter") return quantity;
  return effect === "Retire" || effect === "Eject" ? -quantity : 0n;
}

/** Effects and the invariants that refused them, in all runs. */
const refusals = new Set<string>();

test.each([
  { seed: 1, moored: false, asked: 8000 },
  { seed: 2, moored: true, asked: 3000 },
])("random effects conserve quantities, and the trace replays: %o", ({ seed, moored, asked }) => {
  const random = new Random(seed);
  const genesis = randomBeginning(1, moored);
  const tracer = new Tracer(new Machine(stateOf(genesis)));
  // In a moored map GOLD is an asset of the chain.
  const expected = new Map([
    [GOLD, 50n],
    [SILVER, 50n],
  ]);
  let now = 100;
  let refused = 0;
  for (let i = 0; i < asked; i++) {
    const before = tracer.groups.length;
    now += random.below(2);
    const asker = { actor: 1 + random.below(3), now, map: tracer.map };
    const effects = Array.from({ length: random.below(6) === 0 ? 2 : 1 }, () => anyEffect(random, asker));
    try {
      const [first] = effects;
      if (first === undefined) continue;
      if (effects.length === 1) tracer.perform(asker.actor, first, now);
      else tracer.batch(asker.actor, effects as Exclude<Effect, { effect: "AtomicBatch" }>[], now);
    } catch (error) {
      expect(error instanceof RefusedError || error instanceof InvalidInputError, String(error)).toBe(true);
      refused++;
      if (effects.length === 1 && error instanceof RefusedError)
        refusals.add(`${effects[0]?.effect} ${error.invariant}`);
      expect(tracer.groups.length).toBe(before);
    }
    for (const row of tracer.groups.slice(before).flat()) {
      expected.set(row.kind, (expected.get(row.kind) ?? 0n) + changeBy(row));
      expect(slotOf(row.columns.A.address)).toBe(0);
      expect(row.parents.every((parent) => parent < row.seq)).toBe(true);
    }
    if (tracer.groups.length === before) continue;
    const { totals, odd, ids } = survey(tracer);
    for (const kind of [GOLD, SILVER, TOKEN]) expect(totals.get(kind) ?? 0n).toBe(expected.get(kind) ?? 0n);
    expect([odd, ids]).toEqual([[], 0]);
  }
  // Facts stay where they are shown.
  for (const row of tracer.transitions) if (isFact(row.kind) && moored) expect(FOR_FACTS).toContain(row.effect);
  expect(tracer.transitions.length).toBeGreaterThan(400);
  expect(refused).toBeGreaterThan(100);
  const replayed = [...replay(genesis, { records: tracer.transitions.map(recordOf) }, { start: stateOf(genesis) })];
  expect(replayed).toEqual(tracer.groups);
  expect(tracer.map.cell(address(1, 0)).type).toBe("program");
  const used = new Set(tracer.transitions.map((t) => t.effect));
  for (const effect of [
    "Check",
    "Pass",
    "EscrowToProgram",
    "ClaimFromProgram",
    "RevokeResource",
    "WatchResource",
    "Lineage",
    "RotateAuthority",
    "CreateProgram",
    ...(moored ? (["Enter", "Eject", "Retire"] as const) : []),
  ] as const) {
    expect(used, effect).toContain(effect);
  }
  // Several watches of one slot checked in a row, and lines of more than one step.
  const follows = (effect: string) =>
    tracer.transitions.some((t, i) => t.effect === effect && tracer.transitions[i + 1]?.effect === effect && !t.last);
  expect([follows("Check"), follows("Lineage")]).toEqual([true, !moored || follows("Lineage")]);
});

test("the reference names exactly the invariants that refuse an effect", () => {
  const own = Object.entries(EFFECTS).flatMap(([name, { invariants }]) => invariants.map((each) => `${name} ${each}`));
  const every = Object.keys(EFFECTS).flatMap((name) => EVERY_EFFECT.map((each) => `${name} ${each}`));
  expect([...refusals].filter((refusal) => ![...own, ...every].includes(refusal))).toEqual([]);
  expect(own.filter((refusal) => !refusals.has(refusal) && !SEEN_ELSEWHERE.includes(refusal))).toEqual([]);
});
