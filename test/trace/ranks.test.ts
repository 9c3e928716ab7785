import { describe, expect, test } from "vitest";
import type { Effect, WatchResource } from "../../trace/effects/effects.ts";
import { address } from "../../trace/layout.ts";
import { Machine } from "../../trace/machine/machine.ts";
import { mapOf } from "../../trace/state/genesis.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";
import { does, refuses } from "../lib/refusals.ts";

const TARGET = 6;
/** Program 1 watches its own slot 6. */
const watching = (slot: number, more: Partial<WatchResource> = {}): WatchResource => ({
  effect: "WatchResource",
  slot,
  target: { program: 1, slot: TARGET },
  condition: "change",
  kind: 0n,
  threshold: 0n,
  trigger: [],
  ...more,
});
const issue = (slot: number): Effect & { effect: "Issue" } => ({ effect: "Issue", kind: GOLD, quantity: 5n, slot });
const machineOf = (watches: number): Machine =>
  new Machine(mapOf({ ...genesisWith({ programs: 2, cells: [resource([1, 1], GOLD, 9n)] }), watches }));
const watchOf = (machine: Machine, slot = TARGET): number => {
  const cell = machine.map.cell(address(1, slot));
  return cell.type === "empty" || cell.type === "resource" ? cell.watch : -1;
};
const stateOf = (machine: Machine, slot: number) => {
  const cell = machine.map.cell(address(1, slot));
  return cell.type === "watch" ? `${cell.state} ${cell.rank}` : cell.type;
};

describe("several watches on a slot", () => {
  test.each([1, 2, 3, 4])("as many as the map allows: %i", (watches) => {
    const machine = machineOf(watches);
    for (let rank = 0; rank < watches; rank++) {
      does(machine, 1, watching(10 + rank));
      expect(machine.map.watchOn(address(1, TARGET), rank)).toBe(address(1, 10 + rank));
    }
    expect(watchOf(machine)).toBe(2 ** watches - 1);
    const error = refuses(machine, "watch-deterministic", () => does(machine, 1, watching(20)));
    expect(error.message).toContain(`no more than ${watches}`);
    does(machine, 1, { effect: "Unwatch", slot: 10 });
    does(machine, 1, watching(20));
    expect([stateOf(machine, 20), watchOf(machine)]).toEqual(["armed 0", 2 ** watches - 1]);
  });

  test("each is checked once, in the order of the ranks; a watch that fires frees its rank", () => {
    const machine = machineOf(3);
    does(machine, 1, watching(12));
    does(machine, 1, watching(10, { condition: "departure" }));
    does(machine, 1, watching(11));
    const group = does(machine, 1, issue(TARGET));
    expect(group.map((t) => t.authority)).toEqual([0, address(1, 12), address(1, 10), address(1, 11)]);
    expect([12, 10, 11].map((slot) => stateOf(machine, slot))).toEqual(["fired 0", "armed 1", "fired 2"]);
    expect(watchOf(machine)).toBe(2);
    // The freed ranks go to the next ones, lowest first.
    does(machine, 1, watching(13));
    expect([stateOf(machine, 13), watchOf(machine)]).toEqual(["armed 0", 3]);
    const next = does(machine, 1, { effect: "Retire", slot: TARGET });
    expect(next.map((t) => t.authority)).toEqual([0, address(1, 13), address(1, 10)]);
    expect(watchOf(machine)).toBe(0);
  });

  test("the watches of S are checked before those of D", () => {
    const machine = machineOf(2);
    does(machine, 1, watching(10));
    does(machine, 1, watching(11, { condition: "departure" }));
    does(machine, 1, watching(12, { target: { program: 1, slot: 1 } }));
    does(machine, 1, watching(13, { target: { program: 1, slot: 1 }, condition: "arrival" }));
    const group = does(machine, 1, { effect: "Split", from: 1, to: TARGET, part: 4n });
    expect(group.map((t) => t.authority)).toEqual([0, ...[12, 13, 10, 11].map((slot) => address(1, slot))]);
  });

  test("checks cannot be left out, doubled or reordered", () => {
    const machine = machineOf(2);
    does(machine, 1, watching(10));
    does(machine, 1, watching(11));
    const copy = new Machine(machine.map.clone(), machine.seq);
    const [change, first, second] = does(copy, 1, issue(TARGET));
    if (change === undefined || first === undefined || second === undefined) throw new Error("three rows");
    const bad = (...rows: Parameters<Machine["apply"]>[0]) =>
      refuses(machine, "watch-deterministic", () => machine.apply(rows, 0));
    bad(change);
    bad(change, first);
    bad(change, second);
    bad(change, second, first);
    bad(change, first, first);
    bad(change, first, second, second);
    machine.apply([change, first, second], 0);
  });

  test("taking one away leaves the other", () => {
    const machine = machineOf(2);
    does(machine, 1, watching(10));
    does(machine, 1, watching(11));
    does(machine, 1, { effect: "Unwatch", slot: 10 });
    expect([watchOf(machine), stateOf(machine, 11)]).toEqual([2, "armed 1"]);
    expect(does(machine, 1, issue(TARGET))).toHaveLength(2);
    expect([watchOf(machine), stateOf(machine, 11)]).toEqual([0, "fired 1"]);
  });

  test("a watch that is set within a group owes no check before a change", () => {
    const machine = machineOf(2);
    does(machine, 1, watching(10));
    const group = does(machine, 1, { effect: "AtomicBatch", effects: [issue(TARGET), issue(7)] });
    expect(group.map((t) => t.effect)).toEqual(["Issue", "Check", "Issue"]);
    refuses(machine, "group-disjoint", () =>
      does(machine, 1, { effect: "AtomicBatch", effects: [watching(11), { effect: "Retire", slot: TARGET }] }),
    );
  });

  test("the second trigger is applied if the first is refused", () => {
    const tracer = Tracer.from(genesisWith({ programs: 2, cells: [resource([1, 1], GOLD, 9n)] }));
    const one = tracer.program(1);
    const first = one.watchResource(watching(10, { trigger: [issue(1)] }));
    const second = one.watchResource(watching(11, { trigger: [issue(30)] }));
    one.issue({ kind: GOLD, quantity: 1n, slot: TARGET });
    expect(tracer.notes.map(({ event, watch }) => [event, watch.slot])).toEqual([
      ["fired", first.slot],
      ["fired", second.slot],
      ["refused", first.slot],
      ["applied", second.slot],
    ]);
    expect(tracer.notes[2]?.reason).toMatch(/^no-double-spend: /);
    expect([10, 11].map((slot) => stateOf(tracer.machine, slot))).toEqual(["fired 0", "spent 1"]);
    one.retire({ slot: 1 });
    tracer.applyTrigger(first);
  });
});
