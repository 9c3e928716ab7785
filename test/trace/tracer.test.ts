import { describe, expect, test } from "vitest";
import type { Effect } from "../../trace/effects/effects.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import { sizeOf } from "../../trace/tracer/groupSize.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import type { TracerOptions } from "../../trace/tracer/tracerOptions.ts";
import { capability, GOLD, genesisWith, type Placed, resource, SILVER } from "../lib/build.ts";
import { refuses } from "../lib/refusals.ts";

function tracerWith(cells: readonly Placed[] = [], options: TracerOptions = {}, programs = 3): Tracer {
  return Tracer.from(genesisWith({ programs, cells }), options);
}
const lent = capability([2, 9], 3, 4);
const arrival = (trigger: readonly Effect[]) =>
  ({
    target: { program: 2, slot: 130 },
    condition: "arrival",
    trigger: trigger,
    by: { program: 2, slot: 9 },
  }) as const;

describe("tracer", () => {
  test("chooses free slots: own ones from 1, deposits from the inbox", () => {
    const tracer = tracerWith([resource([1, 1], GOLD, 9n)]);
    const one = tracer.program(1);
    expect(one.split({ from: 1, part: 4n })).toEqual({ program: 1, slot: 2 });
    expect(one.escrowToProgram({ from: 2, to: 2 })).toEqual({ program: 2, slot: 128 });
    expect(one.escrowToProgram({ from: 1, to: 2 })).toEqual({ program: 2, slot: 129 });
    expect(tracer.program(2).claimFromProgram({ from: { program: 2, slot: 128 } })).toEqual({ program: 2, slot: 1 });
    expect(one.revokeResource({ from: { program: 2, slot: 129 } })).toEqual({ program: 1, slot: 1 });
  });

  test("a full memory is a refusal", () => {
    const cells = Array.from({ length: 255 }, (_, i) => resource([1, i + 1], GOLD, 1n));
    const tracer = tracerWith([...cells, resource([2, 1], SILVER, 1n)]);
    refuses(tracer.machine, "no-double-spend", () => tracer.program(1).issue({ kind: GOLD, quantity: 1n }));
    refuses(tracer.machine, "inbox-respected", () => tracer.program(2).escrowToProgram({ from: 1, to: 1 }));
    const closed = Tracer.from(genesisWith({ programs: 2, inbox: 256, cells: [resource([1, 1], GOLD, 1n)] }));
    refuses(closed.machine, "inbox-respected", () => closed.program(1).escrowToProgram({ from: 1, to: 2 }));
  });

  test("a refused effect leaves no row and no note", () => {
    const tracer = tracerWith();
    refuses(tracer.machine, "conservation", () => tracer.program(2).issue({ kind: GOLD, quantity: 1n }));
    expect([tracer.groups.length, tracer.notes.length, tracer.seq]).toEqual([0, 0, 0]);
  });

  test("passes arguments to free slots of the target, each its own", () => {
    const tracer = tracerWith([resource([1, 1], GOLD, 1n), resource([1, 2], GOLD, 1n), resource([1, 3], GOLD, 1n)]);
    tracer.program(2).declareEntry({ name: "take", nargs: 3, accepts: GOLD });
    const group = tracer.program(1).invokeProgram({
      program: 2,
      name: "take",
      args: [{ from: 1 }, { from: 2, to: 128 }, { from: 3 }],
    });
    expect(group.map((t) => t.destination)).toEqual([0, address(2, 129), address(2, 128), address(2, 130)]);
    expect(Object.values(tracer.manifest.functions)).toEqual(["take"]);
  });

  test("time comes from the clock, and does not go back", () => {
    let now = 100;
    const tracer = tracerWith([], { clock: () => now });
    tracer.program(1).issue({ kind: GOLD, quantity: 1n });
    expect(tracer.at).toBe(100);
    now = 99;
    refuses(tracer.machine, "time-monotone", () => tracer.program(1).issue({ kind: GOLD, quantity: 1n }));
    tracer.program(1).issue({ kind: GOLD, quantity: 1n }, 105);
    expect(tracer.at).toBe(105);
  });

  test("a group that no profile holds is refused, and says what it needs", () => {
    const cells = [resource([1, 1], GOLD, 9n)];
    const create: Effect & { effect: "CreateProgram" } = { effect: "CreateProgram", inbox: 1, authority: "open" };
    const three = [create, create, create];
    const size = sizeOf(tracerWith(cells).batch(1, three), 2);
    expect(size).toEqual({ rows: 3, nodes: 7, signatures: 0 });
    const bound = (rows: number, nodes: number) =>
      tracerWith(cells, { profiles: [{ name: "tiny", rows, nodes, signatures: 0 }] });
    const fine = bound(3, 7);
    fine.batch(1, three);
    for (const tracer of [bound(2, 7), bound(3, 6)]) {
      const error = refuses(tracer.machine, "group-whole", () => tracer.batch(1, three));
      expect(error.message).toContain("3 rows, 7 tree nodes and 0 signatures");
      expect(error.message).toContain("tiny");
      expect(tracer.groups).toEqual([]);
    }
  });
});

describe("triggers", () => {
  const cells = [lent, resource([1, 1], SILVER, 5n), resource([3, 1], GOLD, 7n)];
  const pay: Effect = { effect: "EscrowToProgram", from: 1, to: { program: 1, slot: 140 }, deadline: 0 };

  test("are applied once a group has fired their watch, in a group of their own", () => {
    const tracer = tracerWith(cells);
    tracer.program(3).watchResource(arrival([pay]));
    tracer.program(1).escrowToProgram({ from: 1, to: { program: 2, slot: 130 } });
    expect(tracer.groups.map((g) => g.map((t) => t.effect))).toEqual([
      ["WatchResource"],
      ["EscrowToProgram", "Check"],
      ["Trigger", "EscrowToProgram"],
    ]);
    expect(tracer.map.cell(address(1, 140))).toMatchObject({ escrowFrom: 3 });
    expect(tracer.notes.map((n) => n.event)).toEqual(["fired", "applied"]);
  });

  test("leave the watch fired if they are refused; the notes have the reason, and they may be tried again", () => {
    const tracer = tracerWith([...cells, resource([1, 140], SILVER, 1n)]);
    const watch = tracer.program(3).watchResource(arrival([pay]));
    tracer.program(1).escrowToProgram({ from: 1, to: { program: 2, slot: 130 } });
    expect(tracer.notes.at(-1)).toMatchObject({ event: "refused", watch });
    expect(tracer.notes.at(-1)?.reason).toMatch(/^no-double-spend: /);
    expect(tracer.map.cell(address(3, watch.slot))).toMatchObject({ state: "fired" });
    refuses(tracer.machine, "no-double-spend", () => tracer.applyTrigger(watch));
    tracer.program(1).retire({ slot: 140 });
    tracer.applyTrigger(watch);
    expect(tracer.map.cell(address(3, watch.slot))).toMatchObject({ state: "spent" });
    refuses(tracer.machine, "watch-deterministic", () => tracer.applyTrigger(watch));
  });

  test("are applied later if the tracer is told to wait", () => {
    const tracer = tracerWith(cells, { autoTrigger: false });
    const watch = tracer.program(3).watchResource(arrival([pay]));
    refuses(tracer.machine, "watch-deterministic", () => tracer.applyTrigger(watch));
    tracer.program(1).escrowToProgram({ from: 1, to: { program: 2, slot: 130 } });
    expect(tracer.notes.map((n) => n.event)).toEqual(["fired"]);
    expect(tracer.applyTrigger(watch)).toHaveLength(2);
  });

  test("may fire other watches, whose triggers follow", () => {
    const tracer = tracerWith(cells);
    const issue: Effect = { effect: "Issue", kind: GOLD, quantity: 1n, slot: 50 };
    tracer.program(1).watchResource({ target: { program: 1, slot: 140 }, condition: "arrival", trigger: [issue] });
    tracer.program(3).watchResource(arrival([pay]));
    tracer.program(1).escrowToProgram({ from: 1, to: { program: 2, slot: 130 } });
    expect(tracer.groups.slice(2).map((g) => g.map((t) => t.effect))).toEqual([
      ["EscrowToProgram", "Check"],
      ["Trigger", "EscrowToProgram", "Check"],
      ["Trigger", "Issue"],
    ]);
  });

  test("of an earlier tracer must be registered with remember", () => {
    const first = tracerWith(cells, { autoTrigger: false });
    const watch = first.program(3).watchResource(arrival([pay]));
    const second = new Tracer(first.machine, { autoTrigger: false });
    second.program(1).escrowToProgram({ from: 1, to: { program: 2, slot: 130 } });
    expect(() => second.applyTrigger(watch)).toThrow(InvalidInputError);
    second.remember(3, [pay]);
    second.applyTrigger(watch);
  });
});
