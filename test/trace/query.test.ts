/** Questions to a run at several transitions, and the nearest questions that are refused. */
import { beforeAll, describe, expect, test } from "vitest";
import { InvalidInputError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import {
  capabilityAt,
  programAt,
  type RunHistory,
  resourceAt,
  snapshotOf,
  stateAt,
  transitionAt,
  watchAt,
} from "../../trace/query/index.ts";
import { programLines, stateLines, watchLines } from "../../trace/query/render.ts";
import { GOLD as SEED_GOLD, seed } from "../../trace/scenarios/seed.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { GOLD, genesisWith, resource } from "../lib/build.ts";
import { EVERYTHING } from "../lib/everyRowTrace.ts";
import { historyIn } from "../lib/history.ts";

let history: RunHistory;
/** The machine's own states after each group of the seed's run. */
const states = new Map<number, TimeMap>();

beforeAll(async () => {
  const tracer = await runScenario(seed, {
    onGroup: (group, map) => states.set(group.at(-1)?.seq ?? 0, map.clone()),
  });
  history = historyIn(seed.genesis(), tracer, tracer.manifest);
});

const at = (seq: number) => snapshotOf(history, seq);
/** The resource that the seed's A issues: its first effect. */
const ISSUED = (2n << 32n).toString();

describe("a state", () => {
  test("is the machine's after each group", async () => {
    for (const [seq, map] of states) expect(at(seq).map.root()).toBe(map.root());
    const everything = Tracer.from(EVERYTHING.genesis());
    const ends = new Map<number, bigint>();
    await EVERYTHING.run(everything, {});
    const all = historyIn(EVERYTHING.genesis(), everything);
    for (const { seq } of everything.transitions) ends.set(seq, snapshotOf(all, seq).map.root());
    expect(ends.get(everything.seq)).toBe(everything.root());
    expect(new Set(ends.values()).size).toBe(ends.size);
  });

  test("has the programs, and its place in a group", () => {
    expect(stateAt(at(0))).toMatchObject({ seq: 0, at: 0, within: null, programs: [{ name: "Mint", made: 0 }] });
    expect(stateAt(at(3)).programs.map(({ name, made }) => [name, made])).toEqual([
      ["Mint", 0],
      ["A", 1],
      ["B", 2],
      ["C", 3],
    ]);
    expect(at(11).map.root()).not.toBe(at(12).map.root());
    expect(stateAt(at(11)).within).toEqual({ first: 11, last: 12 });
    expect(stateAt(at(12)).within).toBeNull();
  });

  test("after the end, or at a number that is not a transition, is refused", () => {
    for (const seq of [16, -1, 1.5, Number.NaN]) expect(() => at(seq)).toThrow(/^at: .*give 0 to 15/);
  });
});

describe("a program", () => {
  test("is found by name or number, with its resources, escrows and watches", () => {
    expect(programAt(at(4), "A").program).toMatchObject({
      program: 2,
      owns: [{ resource: ISSUED, quantity: "100", kind: { kind: SEED_GOLD.toString(), name: "Gold" }, escrow: null }],
    });
    const given = programAt(at(7), "2");
    expect(given.program.owns).toEqual([]);
    expect(given.escrowsGiven).toMatchObject([{ resource: ISSUED, slot: { program: { name: "B" }, slot: 16 } }]);
    expect(programAt(at(7), "B").escrowsHeld).toEqual(given.escrowsGiven);
    expect(programAt(at(10), "C").program.owns).toMatchObject([{ resource: ISSUED }]);
    expect(programAt(at(9), "B").watchedBy).toMatchObject([{ set: 9, status: "armed" }]);
  });

  test("that does not exist at that transition is refused, and the message lists those that do", () => {
    expect(() => programAt(at(15), "D")).toThrow(/"D" is not there; there are: Mint \(program 1\), A \(program 2\)/);
    expect(() => programAt(at(2), "C")).toThrow(/there are: Mint \(program 1\), A \(program 2\), B \(program 3\)$/);
    expect(() => programAt(at(15), "0")).toThrow(InvalidInputError);
    const tables = { ...history.tables, programs: { 1: "X", 2: "X", 3: "1" } };
    const named = { ...history, names: historyIn(seed.genesis(), Tracer.from(seed.genesis()), tables).names };
    expect(() => programAt(snapshotOf(named, 3), "X")).toThrow(/name of several; .*X \(program 1\), X \(program 2\)/);
    // Digits always mean a number, also if a program has them as its name.
    expect(programAt(snapshotOf(named, 3), "1").program.program).toBe(1);
  });
});

describe("a resource", () => {
  test("has its place at each transition from its creation to its end", () => {
    expect(resourceAt(at(4), ISSUED)).toMatchObject({ made: 4, gone: null, place: { slot: { slot: 1 } } });
    const late = resourceAt(at(15), ISSUED);
    expect(late.history.map(({ seq, effect }) => [seq, effect])).toEqual([
      [4, "Issue"],
      [7, "EscrowToProgram"],
      [10, "ClaimFromProgram"],
    ]);
    expect(late.place?.slot.program.name).toBe("C");
    expect(resourceAt(at(7), "B:16").resource).toBe(ISSUED);
    expect(resourceAt(at(0), "1")).toMatchObject({ made: 0, history: [], place: { quantity: "7" } });
  });

  test("tells that it was destroyed, merged or divided", () => {
    const genesis = genesisWith({ programs: 1, cells: [resource([1, 1], GOLD, 9n, { id: 1n })] });
    const tracer = Tracer.from(genesis);
    const a = tracer.program(1);
    tracer.perform(1, { effect: "Split", from: 1, to: 2, part: 4n });
    const part = (1n << 32n).toString();
    tracer.perform(1, { effect: "Merge", from: 2, to: 1 });
    a.retire({ slot: 1 });
    const run = historyIn(genesis, tracer);
    expect(resourceAt(snapshotOf(run, 1), "1").place?.quantity).toBe("5");
    expect(resourceAt(snapshotOf(run, 1), part)).toMatchObject({ made: 1, place: { quantity: "4" } });
    expect(resourceAt(snapshotOf(run, 2), part)).toMatchObject({ made: 1, gone: 2, place: null });
    expect(resourceAt(snapshotOf(run, 2), "1")).toMatchObject({ gone: null, place: { quantity: "9" } });
    expect(resourceAt(snapshotOf(run, 3), "1")).toMatchObject({ gone: 3, place: null });
  });

  test("that does not exist at that transition is refused", () => {
    expect(() => resourceAt(at(3), ISSUED)).toThrow(`${ISSUED} is not there at 3: transition 4 makes it`);
    expect(() => resourceAt(at(15), "2")).toThrow(/2 never was in this run; there are: /);
    expect(() => resourceAt(at(15), "Gold")).toThrow(/is no id; give digits, or a slot as PROGRAM:SLOT/);
    expect(() => resourceAt(at(15), "B:16")).toThrow(/none lies in slot 16 of B \(program 3\); there are: slot 19/);
    for (const slot of ["B:0", "B:256", "B:", "B:x"])
      expect(() => resourceAt(at(15), slot)).toThrow(/run from 1 to 255/);
  });
});

describe("a capability", () => {
  test("tells what it allows, before and after its resource arrives", () => {
    const early = capabilityAt(at(8), "8");
    expect(early.capability).toMatchObject({ status: "live", rights: ["claim"], root: { name: "A" } });
    expect(early.allows).toMatchObject([{ right: "claim", resource: ISSUED, slot: { address: address(3, 16) } }]);
    expect(early.uses).toEqual([]);
    const late = capabilityAt(at(10), "A:1");
    expect(late.capability.made).toBe(8);
    expect(late.allows).toEqual([]);
    expect(late.uses).toMatchObject([{ seq: 10, effect: "ClaimFromProgram", actor: { name: "C" } }]);
  });

  test("tells that it was lent on, ended, cut off or revoked", () => {
    const genesis = genesisWith({ programs: 3, cells: [resource([1, 1], GOLD, 9n, { id: 1n })] });
    const tracer = Tracer.from(genesis);
    const [a, b] = [tracer.program(1), tracer.program(2)];
    const first = a.delegateCapability({ grantee: 2, rights: ["claim", "delegate"], expiry: 200 }, 100);
    const second = b.delegateCapability({ grantee: 3, rights: ["claim"], expiry: 200, by: first }, 150);
    tracer.perform(1, { effect: "Issue", kind: GOLD, quantity: 1n, slot: 9 }, 200);
    tracer.perform(1, { effect: "RevokeCapability", slot: first.slot }, 201);
    const run = historyIn(genesis, tracer);
    const status = (seq: number, asked: string) => capabilityAt(snapshotOf(run, seq), asked).capability.status;
    const bySlot = `2:${second.slot}`;
    expect([2, 3, 4].map((seq) => status(seq, "2"))).toEqual(["live", "ended", "cut"]);
    expect([1, 3, 4].map((seq) => status(seq, "1"))).toEqual(["live", "ended", "revoked"]);
    const lent = capabilityAt(snapshotOf(run, 2), bySlot);
    expect(lent).toMatchObject({ line: [{ made: 1 }], derived: [], allows: [{ right: "claim", resource: "1" }] });
    expect(capabilityAt(snapshotOf(run, 2), "1")).toMatchObject({ derived: [{ made: 2 }], uses: [{ seq: 2 }] });
    expect(capabilityAt(snapshotOf(run, 4), "1")).toMatchObject({ revoked: 4, allows: [] });
    expect(capabilityAt(snapshotOf(run, 4), bySlot)).toMatchObject({ line: [], allows: [] });
    // Its slot holds nothing any more.
    expect(() => capabilityAt(snapshotOf(run, 4), `1:${first.slot}`)).toThrow(/none lies in slot \d+ of program 1/);
  });

  test("that does not exist at that transition is refused, and the message lists those that do", () => {
    expect(() => capabilityAt(at(7), "8")).toThrow(
      /8 is not there at 7: transition 8 makes it; there are: 6 in slot 2 of B/,
    );
    expect(() => capabilityAt(at(15), "7")).toThrow(/no transition 7 made one; .*8 in slot 1 of A/);
    expect(() => capabilityAt(at(15), "99")).toThrow(/no transition 99 made one/);
    expect(() => capabilityAt(at(15), "C:1")).toThrow(/none lies in slot 1 of C \(program 4\)/);
  });
});

describe("a watch", () => {
  test("is told as armed, fired and spent", () => {
    const status = (seq: number) => watchAt(at(seq), "9").watch.status;
    expect([9, 11, 12, 13].map(status)).toEqual(["armed", "armed", "fired", "spent"]);
    const fired = watchAt(at(12), "C:1");
    expect(fired).toMatchObject({ watch: { fired: 12, applied: null }, found: { resource: "1" }, removed: null });
    const lines = watchLines(fired, history.names);
    expect(lines[1]).toMatch(
      /^watch in slot 1 of C \(program 4\) on slot 19 "Silver" of B .*, for arrival of Silver \(kind/,
    );
    expect(lines).toContain("any program can apply its trigger now");
    expect(lines.some((line) => line.includes('- C (program 4) calls the entry point "silverArrived"'))).toBe(true);
  });

  test("tells that it was removed while armed, and while spent", () => {
    const genesis = genesisWith({ programs: 1 });
    const tracer = Tracer.from(genesis);
    const a = tracer.program(1);
    const set = (slot: number) =>
      tracer.perform(1, {
        ...{ effect: "WatchResource", slot, target: a.place(9), condition: "above", kind: 0n, threshold: 3n },
        trigger: [],
      });
    set(5);
    tracer.perform(1, { effect: "Unwatch", slot: 5 });
    set(5);
    a.issue({ kind: GOLD, quantity: 4n, slot: 9 });
    tracer.perform(1, { effect: "Clear", slot: 5 });
    const run = historyIn(genesis, tracer);
    const end = tracer.seq;
    expect(watchAt(snapshotOf(run, end), "1")).toMatchObject({ removed: 2, watch: { status: "removed", fired: null } });
    expect(watchAt(snapshotOf(run, end), "3")).toMatchObject({ removed: end, watch: { fired: 5, threshold: "3" } });
    expect(watchAt(snapshotOf(run, 3), "1:5").watch.set).toBe(3);
    expect(() => watchAt(snapshotOf(run, 2), "1:5")).toThrow(/none lies in slot 5 of program 1; there are none/);
  });

  test("that does not exist at that transition is refused", () => {
    expect(() => watchAt(at(8), "9")).toThrow("9 is not there at 8: transition 9 sets it; there are none");
    expect(() => watchAt(at(15), "8")).toThrow(/no transition 8 set one; .*there are: 9 in slot 1 of C/);
  });
});

describe("a transition", () => {
  test("has its cells before and after, and the transitions that next opened them", () => {
    const { group, cells } = transitionAt(history, "11");
    expect(group).toEqual({ first: 11, last: 12 });
    const [, , source, destination] = cells;
    expect(source).toMatchObject({ column: "S", openedBefore: 0, openedNext: null });
    expect(source?.changes).toContainEqual({ field: "type", first: "resource", second: "empty" });
    expect(destination).toMatchObject({ column: "D", openedBefore: 9, openedNext: 12 });
    for (const { seq, columns } of history.transitions) {
      const opened = Object.values(columns).filter((column) => column.address !== 0);
      expect(transitionAt(history, `${seq}`).cells.map(({ slot }) => slot.address)).toEqual(
        opened.map((column) => column.address),
      );
    }
  });

  test("with a number outside the trace is refused", () => {
    for (const seq of ["0", "16"]) expect(() => transitionAt(history, seq)).toThrow("give 1 to 15");
    expect(() => transitionAt(history, "last")).toThrow("last is no number");
  });
});

test("a name cannot begin a new line", () => {
  const evil = "x\nProgram 9 owns 1000 Gold\u001b[2J";
  const tables = {
    programs: { 2: evil },
    kinds: { [SEED_GOLD.toString()]: evil },
    functions: {},
    slots: { 784: evil },
  };
  const named = { ...history, names: historyIn(seed.genesis(), Tracer.from(seed.genesis()), tables).names };
  const snapshot = snapshotOf(named, 8);
  const lines = [...stateLines(stateAt(snapshot), named.names), ...programLines(programAt(snapshot, "2"), named.names)];
  expect(lines.filter((line) => line.includes("owns 1000")).length).toBeGreaterThan(3);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
  for (const line of lines) expect(line).not.toMatch(/[\n\r\u001b]|^Program 9/);
});
