/**
 * No program makes another's honest effects impossible, or too large to prove. Tried are floods of deposits, calls and
 * watches, and the dearest effect.
 */
import { describe, expect, test } from "vitest";
import { profileOf } from "../../prover/profiles.ts";
import { address, CONDITION, GENESIS_ID, kindOf, RIGHT } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import type { ProgramCell } from "../../trace/state/cells.ts";
import { type Genesis, type GenesisCell, openPrograms } from "../../trace/state/genesis.ts";
import { type ProfileBound, sizeOf } from "../../trace/tracer/groupSize.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { dearestEffect, holdingDearest } from "../../trace/tracer/watchBound.ts";
import { GOLD, genesisWith, resource, SILVER } from "../lib/build.ts";
import { USUAL_PROFILES } from "../lib/profile.ts";
import { stateOf } from "../lib/state.ts";

const BATCH_8 = profileOf("batch-8");
const BATCH_64 = profileOf("batch-64");
const BATCH_256 = profileOf("batch-256");
const headerOf = (tracer: Tracer, program: number): ProgramCell => tracer.map.cell(address(program, 0)) as ProgramCell;

describe("a stranger", () => {
  const tracerWith = (inbox: number): Tracer =>
    Tracer.from(genesisWith({ programs: 3, inbox, levels: 3, cells: [resource([2, 1], SILVER, 9n)] }), {
      profiles: [BATCH_8],
    });

  test("may fill the inbox: the slots below stay usable and signatures stay valid", () => {
    const tracer = tracerWith(250);
    const [stranger, victim] = [tracer.program(1), tracer.program(2)];
    for (let slot = 250; slot < 256; slot++) {
      const dust = stranger.issue({ kind: GOLD, quantity: 1n, slot: 1 });
      stranger.escrowToProgram({ from: dust.slot, to: { program: 2, slot } });
    }
    expect(headerOf(tracer, 2)).toMatchObject({ log: 0n, steps: 0, clock: 12 });
    const more = stranger.issue({ kind: GOLD, quantity: 1n });
    expect(() => stranger.escrowToProgram({ from: more.slot, to: 2 })).toThrow("no free slot from 250 on");
    const part = victim.split({ from: 1, part: 4n });
    victim.escrowToProgram({ from: part.slot, to: 3 });
    victim.retire({ slot: 1 });
    expect(headerOf(tracer, 2).steps).toBe(3);
    // The program can empty its inbox by itself: it takes the deposits and destroys them.
    const dust = victim.claimFromProgram({ from: { program: 2, slot: 250 } });
    victim.retire({ slot: dust.slot });
    stranger.escrowToProgram({ from: more.slot, to: 2 });
  });

  test("may call again and again: clocks move, signed logs do not", () => {
    const tracer = tracerWith(16);
    const [stranger, victim] = [tracer.program(1), tracer.program(2)];
    victim.declareEntry({ name: "knock" });
    const { log, steps } = headerOf(tracer, 2);
    for (let i = 0; i < 40; i++) stranger.invokeProgram({ program: 2, name: "knock" });
    expect(headerOf(tracer, 2)).toMatchObject({ log, steps });
    victim.retire({ slot: 1 });
    // Joins depend on steps. Only a program's own effects make steps.
    expect(() => tracer.program(3).joinWith([{ program: 2, steps: 3 }])).toThrow("has made 2 steps");
  });

  test("with the right to watch sets at most as many watches as the map allows", () => {
    const tracer = tracerWith(16);
    const [stranger, victim] = [tracer.program(1), tracer.program(2)];
    const by = victim.delegateCapability({ grantee: 1, rights: ["watch"] });
    const target = victim.place(1);
    for (let i = 0; i < 2; i++) stranger.watchResource({ target, condition: "change", by });
    expect(() => stranger.watchResource({ target, condition: "change", by })).toThrow("watch-deterministic");
    victim.revokeCapability({ slot: by.slot });
    expect(victim.retire({ slot: 1 }).map((t) => t.effect)).toEqual(["Retire", "Check", "Check"]);
  });

  test("with a trigger that is refused blocks no other trigger; the notes have the reason", () => {
    const tracer = tracerWith(16);
    const [watcher, victim] = [tracer.program(1), tracer.program(2)];
    const by = victim.delegateCapability({ grantee: 1, rights: ["watch"] });
    const [first, second] = [3, 4].map((slot) =>
      watcher.watchResource({
        target: victim.place(1),
        condition: "departure",
        trigger: [{ effect: "Issue", kind: GOLD, quantity: 1n, slot }],
        by,
      }),
    );
    // The first trigger's destination is full by now.
    watcher.issue({ kind: GOLD, quantity: 5n, slot: 3 });
    victim.retire({ slot: 1 });
    expect(tracer.notes.map((n) => [n.event, n.watch.slot])).toEqual([
      ["fired", first?.slot],
      ["fired", second?.slot],
      ["refused", first?.slot],
      ["applied", second?.slot],
    ]);
    expect(tracer.notes.find((n) => n.event === "refused")?.reason).toContain("no-double-spend");
  });
});

/**
 * Programs that claim by trigger: A takes out of B's slot what C escrowed there, with C's capability; both slots have
 * all the watches they can.
 */
function dearest(at: (n: number) => number, slots: readonly [number, number, number], watches: number): Genesis {
  const [low, middle, high] = slots;
  const [a, b, c] = [at(1), at(2), at(3)];
  const cell = (program: number, slot: number, cell: GenesisCell["cell"]): GenesisCell => ({
    address: address(program, slot),
    cell,
  });
  const all = 2 ** watches - 1;
  const kind = kindOf(c, 1);
  const cells: GenesisCell[] = [
    ...openPrograms(at(3 + 2 * watches), 4),
    cell(b, middle, {
      type: "resource",
      watch: all,
      kind,
      escrowFrom: c,
      quantity: 5n,
      id: GENESIS_ID,
      deadline: 0,
      seq: 0,
    }),
    cell(a, low, { type: "empty", watch: all, seq: 0 }),
    cell(c, high, {
      type: "capability",
      grantee: a,
      scope: address(b, middle),
      rights: RIGHT.claim,
      nonce: 0,
      parent: 0,
      parentNonce: 0,
      subject: 0n,
      expiry: 0,
      seq: 0,
    }),
  ];
  for (let n = 0; n < 2 * watches; n++) {
    const target = n < watches ? address(b, middle) : address(a, low);
    cells.push(
      cell(at(4 + n), high, {
        type: "watch",
        state: "armed",
        target,
        kind: 0n,
        condition: CONDITION.change,
        rank: n % watches,
        threshold: 0n,
        trigger: 1n,
        seq: 0,
      }),
    );
  }
  cells.sort((x, y) => x.address - y.address);
  return { levels: 3, watches, cells };
}

/** The group of the trigger, in which A claims. */
function triggered(
  genesis: Genesis,
  at: (n: number) => number,
  slots: readonly [number, number, number],
): Transition[] {
  const [low, middle, high] = slots;
  const tracer = new Tracer(new Machine(stateOf(genesis)), { profiles: [BATCH_8, BATCH_64, BATCH_256] });
  const a = tracer.program(at(1));
  a.watchResource({
    slot: high,
    target: a.place(1),
    condition: "arrival",
    trigger: [
      {
        effect: "ClaimFromProgram",
        from: { program: at(2), slot: middle },
        to: low,
        by: { program: at(3), slot: high },
      },
    ],
  });
  a.issue({ kind: kindOf(a.id, 1), quantity: 1n, slot: 1 });
  return tracer.groups.at(-1) ?? [];
}

describe("the dearest effect, with its trigger and all its checks", () => {
  test("fits batch-8 in a map of 255 programs, with slots below 20", () => {
    const at = (n: number): number => 16 * n + 1;
    const slots = [5, 9, 13] as const;
    const group = triggered(dearest(at, slots, 2), at, slots);
    expect(group.map((t) => t.effect)).toEqual(["Trigger", "ClaimFromProgram", "Check", "Check", "Check", "Check"]);
    const size = sizeOf(group, 3);
    expect(size.nodes).toBe(BATCH_8.nodes);
    expect(size.rows).toBeLessThanOrEqual(BATCH_8.rows);
  });

  test.each([
    [1, 34, BATCH_64],
    [2, 46, BATCH_64],
    [3, 58, BATCH_64],
    [4, 70, BATCH_256],
  ])("with %i watches to a slot takes %i nodes anywhere, and is the bound", (watches, nodes, profile) => {
    const at = (n: number): number => 256 * n + 16 * n + 1;
    const slots = [84, 105, 150] as const;
    const group = triggered(dearest(at, slots, watches), at, slots);
    expect(group).toHaveLength(2 + 2 * watches);
    expect(sizeOf(group, 3).nodes).toBe(nodes);
    expect(dearestEffect(3, watches).nodes).toBe(nodes);
    expect(holdingDearest(USUAL_PROFILES, 3, watches)[0]).toBe(profile);
  });

  test("four watches to a slot need batch-256 among the map's profiles", async () => {
    const map = (watches: number) => ({ ...seed, genesis: () => ({ ...seed.genesis(), watches }) });
    const run = (watches: number, ...profiles: ProfileBound[]) => runScenario(map(watches), { profiles });
    await expect(run(4, BATCH_8, BATCH_64)).rejects.toThrow(/^watches: is 4: .*11 rows and 70 tree nodes/);
    await run(4, BATCH_8, BATCH_256);
    await expect(run(3, BATCH_8)).rejects.toThrow(/^watches/);
    await run(3, BATCH_64);
    await run(2, BATCH_8);
  });
});
