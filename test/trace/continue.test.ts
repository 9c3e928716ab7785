/**
 * Continued runs have the transitions of one long run. A continuation that does not fit is refused and changes nothing.
 */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { kindOf } from "../../trace/layout.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn, readRun } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { keyedPrograms, openPrograms } from "../../trace/state/genesis.ts";
import { continueRun } from "../../trace/tracer/continueRun.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Continuation, Scenario } from "../../trace/tracer/scenario.ts";
import { Tracer } from "../../trace/tracer/tracer.ts";
import { authority } from "../lib/authorities.ts";
import { everyFile } from "../lib/everyFile.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-continue-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;
const fresh = (): string => join(scratch, `run-${++made}`);

const GOLD = kindOf(1, 1);
const START = 1_767_225_600;

/** Alice watches for gold with a trigger, and escrows some. */
function monday(tracer: Tracer): void {
  const bank = tracer.program(1);
  tracer.manifest.kinds[GOLD.toString()] = "Gold";
  const alice = bank.createProgram({ name: "Alice" }, START);
  const gold = bank.issue({ kind: GOLD, quantity: 100n, slot: 1 }, START + 1);
  alice.watchResource(
    {
      target: alice.place(20),
      condition: "arrival",
      trigger: [{ effect: "Issue", kind: kindOf(2, 9), quantity: 1n, slot: 30 }],
    },
    START + 2,
  );
  const part = bank.split({ from: gold.slot, part: 30n }, START + 3);
  alice.claimFromProgram({ from: bank.escrowToProgram({ from: part.slot, to: alice.id }, START + 4) }, START + 5);
}
/** Everything is found by its name; two effects happen as one. */
function tuesday(tracer: Tracer): void {
  const [bank, alice] = [tracer.program("Bank"), tracer.program("Alice")];
  const bob = bank.createProgram({ name: "Bob" }, START + 100);
  const slot = alice.resource("Gold");
  alice.escrowToProgram({ from: slot, to: bob.id }, START + 101);
  tracer.batch(
    bank.id,
    [1, 2].map((slot) => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot: 40 + slot })),
    START + 102,
  );
}
/** Fires the watch that was set on monday, so that its trigger runs. */
function wednesday(tracer: Tracer): void {
  const bank = tracer.program("Bank");
  bank.escrowToProgram({ from: 41, to: { program: tracer.program("Alice").id, slot: 20 } }, START + 200);
  tracer.program("Alice").claimFromProgram({ from: { program: 2, slot: 20 }, to: "in place" }, START + 201);
}

const genesis: Scenario["genesis"] = () => ({ levels: 2, cells: openPrograms(1, 16) });
const MONDAY: Scenario = { name: "monday", description: "", programs: { 1: "Bank" }, genesis, run: monday };
const TUESDAY: Continuation = { name: "tuesday", description: "", run: tuesday };
const WEDNESDAY: Continuation = { name: "wednesday", description: "", run: wednesday };
const LONG: Scenario = {
  ...MONDAY,
  run(tracer) {
    for (const day of [monday, tuesday, wednesday]) day(tracer);
  },
};

async function begun(scenario: Scenario = MONDAY): Promise<string> {
  const dir = fresh();
  await runScenario(scenario, { out: dir });
  return dir;
}

const recordsOf = (dir: string) => readRun(dir).trace.records;

describe("a run that goes on twice", () => {
  test("has the transitions, the triggers, the names and the root of one long run", async () => {
    const [dir, long] = [await begun(), await begun(LONG)];
    const first = await continueRun(dir, TUESDAY);
    const second = await continueRun(dir, WEDNESDAY);
    expect([first.before, second.before]).toEqual([6, first.tracer.seq]);
    const [parts, whole] = [replayDirectory(dir, { everyRoot: true }), replayDirectory(long)];
    expect(recordsOf(dir)).toEqual(recordsOf(long));
    expect(parts.map.root()).toBe(whole.map.root());
    expect(parts.trace.triggers).toEqual(whole.trace.triggers);
    for (const table of ["programs", "kinds", "functions", "slots"] as const)
      expect(parts.manifest[table]).toEqual(whole.manifest[table]);
    expect(parts.manifest).toMatchObject({ scenario: "monday", profiles: [] });
    expect(parts.manifest.notes).toContain("from transition 7 to 10 the scenario tuesday went on");
    expect(second.tracer.transitions).toHaveLength(recordsOf(long).length);
    // The trigger of monday's watch was applied on wednesday, by its line in the trace.
    expect(second.tracer.notes.map(({ event }) => event)).toContain("applied");
    expect(readdirSync(dir).sort()).toEqual(["genesis.json", "manifest.json", "trace.jsonl"]);
  });

  test("binds the keys that a program has not met, as one long run does", async () => {
    const keyed: Scenario = {
      ...MONDAY,
      genesis: () => ({ levels: 2, cells: keyedPrograms([authority(1)], 16) }),
      run(tracer) {
        const bank = tracer.program(1);
        for (const [i, name] of ["Alice", "Bob"].entries())
          bank.createProgram({ name, authority: authority(2 + i) }, START);
        bank.issue({ kind: GOLD, quantity: 5n, slot: 1 }, START);
        bank.issue({ kind: GOLD, quantity: 5n, slot: 2 }, START);
        tracer.program("Alice").delegateCapability({ grantee: 3, rights: ["claim"], scope: "all" }, START);
      },
    };
    const next = (tracer: Tracer): void => {
      const bank = tracer.program("Bank");
      const alice = tracer.program("Alice");
      alice.declareEntry({ name: "pay", accepts: GOLD, slot: 9 }, START);
      bank.escrowToProgram({ from: 1, to: alice.id }, START);
      bank.invokeProgram({ program: alice.id, name: "pay", args: [{ from: 2 }] }, START);
    };
    const [dir, long] = [
      await begun(keyed),
      await begun({
        ...keyed,
        async run(tracer) {
          await keyed.run(tracer);
          next(tracer);
        },
      }),
    ];
    await continueRun(dir, { ...TUESDAY, run: next }, { authorities: { Alice: authority(2) } });
    expect(recordsOf(dir)).toEqual(recordsOf(long));
  });

  test("takes the time of its end where no other is given", async () => {
    const dir = await begun();
    const issue = (tracer: Tracer): void => void tracer.program("Bank").issue({ kind: GOLD, quantity: 1n });
    await continueRun(dir, { ...TUESDAY, run: issue });
    expect(recordsOf(dir).at(-1)).toMatchObject({ seq: 7, at: START + 5 });
    await continueRun(dir, { ...TUESDAY, run: issue }, { clock: () => START + 50 });
    expect(recordsOf(dir).at(-1)).toMatchObject({ seq: 8, at: START + 50 });
  });

  test("cuts off the unfinished group of an interruption", async () => {
    const [dir, whole] = [await begun(), await begun()];
    await continueRun(whole, TUESDAY);
    const unfinished = readFileSync(pathIn(whole, "trace"), "utf8").split("\n").slice(-4, -2);
    appendFileSync(
      pathIn(dir, "trace"),
      `${unfinished[0]?.replace(/"seq":\d+,"group":\d+/, '"seq":7,"group":7')}\n{"seq":8`,
    );
    const { cut, before } = await continueRun(dir, TUESDAY);
    expect([cut, before]).toEqual([1, 6]);
    expect(readFileSync(pathIn(dir, "trace"), "utf8")).toBe(readFileSync(pathIn(whole, "trace"), "utf8"));
  });
});

describe("programs and things of before", () => {
  test("are found by name, and an unknown name is refused", async () => {
    const dir = await begun();
    const tracer = Tracer.after(replayDirectory(dir));
    expect(tracer.program("Alice").id).toBe(2);
    expect(tracer.program("2").id).toBe(2);
    expect(tracer.kind("Gold")).toBe(GOLD);
    expect(
      tracer
        .program("Alice")
        .memory()
        .map(({ slot, cell }) => [slot, cell.type]),
    ).toEqual([
      [1, "watch"],
      [2, "resource"],
    ]);
    expect(() => tracer.program("Carol")).toThrow('program: there is no "Carol"; there are: "Bank", "Alice"');
    expect(() => tracer.kind("Silver")).toThrow('kind: there is no "Silver"; there are: "Gold"');
    tracer.program("Bank").createProgram({ name: "Alice" });
    expect(() => tracer.program("Alice")).toThrow('"Alice" is the name of 2 and 3; give a number');
    // An escrow lies in the receiver's slot before the receiver owns it.
    const alice = tracer.program(2);
    const silver = alice.issue({ kind: kindOf(2, 1), quantity: 1n });
    alice.escrowToProgram({ from: silver.slot, to: 3 });
    expect(() => tracer.program(3).resource(kindOf(2, 1))).toThrow("owns nothing of kind");
  });
});

describe("a refused continuation leaves the run as it was", () => {
  const late = (tracer: Tracer): void => {
    tracer.program("Bank").issue({ kind: GOLD, quantity: 1n }, START + 60);
    tracer.program("Bank").issue({ kind: GOLD, quantity: 1n }, START);
  };
  const refused: [what: string, scenario: Continuation, options: Parameters<typeof continueRun>[2], says: string][] = [
    [
      "another genesis",
      { ...TUESDAY, genesis: () => ({ levels: 2, cells: openPrograms(2, 16) }) },
      {},
      "genesis: that of",
    ],
    [
      "another size",
      { ...TUESDAY, genesis: () => ({ levels: 3, cells: openPrograms(1, 16) }) },
      {},
      "genesis: that of",
    ],
    ["an effect that a rule refuses", { ...TUESDAY, run: late }, {}, "time-monotone"],
    ["a clock before the end", TUESDAY, { clock: () => START }, "time does not go back"],
    [
      "a key for a program that is open",
      TUESDAY,
      { authorities: { Alice: authority(1) } },
      "program 2 of the run is open",
    ],
    [
      "a key for a program that is never created",
      TUESDAY,
      { authorities: { Carol: authority(1) } },
      'no program named "Carol" was created',
    ],
    ["a closed map with open programs", TUESDAY, { closed: true }, "program 1, 2 of the run is open"],
  ];
  test.each(refused)("%s", async (_, scenario, options, says) => {
    const dir = await begun();
    const before = everyFile(dir);
    await expect(continueRun(dir, scenario, options)).rejects.toThrow(says);
    expect(everyFile(dir)).toEqual(before);
  });

  test("the run's own genesis is accepted, with keys that its programs got when it began", async () => {
    const dir = fresh();
    await runScenario(MONDAY, { out: dir, authorities: { Bank: authority(1), Alice: authority(2) } });
    await continueRun(dir, { ...TUESDAY, genesis }, { authorities: { Bank: authority(1), Bob: authority(3) } });
    expect(recordsOf(dir).length).toBeGreaterThan(6);
    await expect(continueRun(dir, WEDNESDAY, { authorities: { Bank: authority(9) } })).rejects.toThrow(
      "program 1 of the run has the key",
    );
  });

  test("a run with profiles goes on within them", async () => {
    const dir = fresh();
    const profile = { name: "tiny", rows: 3, nodes: 60, signatures: 2 };
    await runScenario(MONDAY, { out: dir, profiles: [profile] });
    await expect(continueRun(dir, TUESDAY)).rejects.toThrow("profiles: tiny, which the run names, is not among them");
    const wide = (tracer: Tracer): void => {
      const effects = [1, 2, 3, 4].map(
        (slot) => ({ effect: "Issue", kind: GOLD, quantity: 1n, slot: 40 + slot }) as const,
      );
      tracer.batch(1, effects);
    };
    await expect(continueRun(dir, { ...TUESDAY, run: wide }, { profiles: [profile] })).rejects.toThrow("group-whole");
    await continueRun(dir, TUESDAY, { profiles: [profile, { ...profile, name: "other" }] });
    expect(readRun(dir).trace.header.profiles).toEqual(["tiny"]);
  });

  test("a damaged trace, a group without its end, and a run that is locked", async () => {
    const damaged = await begun();
    const path = pathIn(damaged, "trace");
    writeFileSync(path, readFileSync(path, "utf8").replace('"quantity":"30"', '"quantity":"31"'));
    await expect(continueRun(damaged, TUESDAY)).rejects.toThrow(/transition \d+/);
    expect(existsSync(`${path}.next`)).toBe(false);

    // A group that ends without a check that it owes does not come from an interruption.
    const open = await begun({ ...LONG, name: "open" });
    const lines = readFileSync(pathIn(open, "trace"), "utf8").split("\n");
    const check = lines.findIndex((line) => line.includes('"effect":"Check"'));
    writeFileSync(pathIn(open, "trace"), [...lines.slice(0, check), ""].join("\n"));
    const shorter = recordsOf(open).length;
    await continueRun(open, { ...TUESDAY, run: () => undefined });
    expect(recordsOf(open)).toHaveLength(shorter);
    const last = (lines[check - 1] ?? "").replace(/"group":\d+/, '"group":0');
    writeFileSync(pathIn(open, "trace"), [...lines.slice(0, check - 1), last, ""].join("\n"));
    await expect(continueRun(open, TUESDAY)).rejects.toThrow("watch-deterministic");

    const busy = await begun();
    using _lock = lockRun(busy, "prove");
    await expect(continueRun(busy, TUESDAY)).rejects.toMatchObject({ code: "locked", exitCode: 3 });
  });

  test("a scenario that never ends leaves nothing behind when the next one begins", async () => {
    const dir = await begun();
    writeFileSync(`${pathIn(dir, "trace")}.next`, "what a killed process was writing");
    await continueRun(dir, TUESDAY);
    expect(readdirSync(dir).sort()).toEqual(["genesis.json", "manifest.json", "trace.jsonl"]);
  });
});
