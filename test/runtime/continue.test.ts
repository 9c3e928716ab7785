/**
 * Concurrent scenarios continue the run of another one. Programs are resumed with their resources, and kinds stay
 * apart.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import { channel, concurrent, holdings, issue, Mutex, type Owned, resume, spawn } from "../../trace/runtime/index.ts";
import { continueRun } from "../../trace/tracer/continueRun.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-continue-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let made = 0;

const scenario = (main: () => Promise<void>, name = "day", program = "Shop"): Scenario =>
  concurrent({ name, description: "", program, main });

/** The shop sends Ann gold, under a lock. */
const FIRST = scenario(async () => {
  const [tx, rx] = channel<Owned<"Gold">>("till");
  const lock = new Mutex("counter");
  const ann = spawn("Ann", async () => {
    using _guard = await lock.lock();
    await rx.recv();
  });
  await tx.send(await issue("Gold", 7n));
  await ann.join();
});

async function begun(): Promise<string> {
  const dir = join(scratch, `run-${++made}`);
  await runScenario(FIRST, { out: dir });
  return dir;
}

describe("a concurrent scenario goes on", () => {
  test("programs are resumed with their resources, earlier entries are used again, and the record has both runs", async () => {
    const dir = await begun();
    const before = readRun(dir);
    const entries = () => readRun(dir).trace.records.filter(({ effect }) => effect === "DeclareEntry").length;
    const declared = entries();
    const seen: string[] = [];
    const next = scenario(async () => {
      const [tx, rx] = channel<Owned<"Gold">>("till");
      const ann = resume("Ann", async () => {
        const own = await holdings();
        seen.push(...own.map(({ quantity, kind }) => `${quantity} ${kind}`));
        expect(await holdings()).toEqual([]);
        const more = (await rx.recv()) as Owned<"Gold">;
        await own[0]?.merge(more);
        seen.push(`${own[0]?.quantity}`);
      });
      await tx.send(await issue("Gold", 5n));
      await ann.join();
    }, "second");
    await continueRun(dir, next, { seed: 3 });
    expect(seen).toEqual(["7 Gold", "12"]);
    expect(entries()).toBe(declared);
    const { manifest } = replayDirectory(dir, { everyRoot: true });
    expect(manifest.runtime?.tasks).toEqual([
      ...(before.manifest.runtime?.tasks ?? []),
      { name: "Shop", program: 1 },
      { name: "Ann", program: 2 },
    ]);
    expect(manifest.runtime?.seed).toBe(before.manifest.runtime?.seed);
    expect(manifest.notes.join("\n")).toContain("the seed 3 decides the interleaving of the scenario second");
    expect(Object.keys(manifest.programs)).toEqual(["1", "2"]);
  });

  test("a new kind or lock gets a label of its own, and an earlier name keeps its kind", async () => {
    const dir = await begun();
    const kinds = { ...readRun(dir).manifest.kinds };
    const next = scenario(async () => {
      await issue("Silver", 1n);
      await issue("Gold", 1n);
      // A kind with the name of an earlier lock.
      await issue("counter", 1n);
      const lock = new Mutex("vault");
      const bea = spawn("Bea", async () => {
        using _guard = await lock.lock();
      });
      await bea.join();
    });
    await continueRun(dir, next);
    const { manifest, trace } = readRun(dir);
    expect(manifest.kinds).toMatchObject(kinds);
    const named = Object.fromEntries(Object.entries(manifest.kinds).map(([kind, name]) => [name, kind]));
    const issued = trace.records.filter(({ effect }) => effect === "Issue").map(({ kind }) => `${kind}`);
    expect(new Set(issued).size).toBe(issued.length - 1);
    expect(issued.filter((kind) => kind === named.Gold)).toHaveLength(2);
  });

  const misfits: [what: string, next: Scenario, says: string][] = [
    [
      "another first program",
      scenario(async () => undefined, "day", "Bank"),
      "is called Bank, but the first of the run is Shop",
    ],
    [
      "a program that does not exist",
      scenario(async () => {
        await resume("Zoe", async () => undefined).join();
      }),
      'there is no "Zoe"',
    ],
    [
      "a program that has a task",
      scenario(async () => {
        resume("Ann", async () => undefined);
        await resume("Ann", async () => undefined).join();
      }),
      "Ann was started in this run already",
    ],
  ];
  test.each(misfits)("it is refused with %s", async (_, next, says) => {
    const dir = await begun();
    await expect(continueRun(dir, next)).rejects.toThrow(says);
    expect(readRun(dir).manifest.notes).toEqual([]);
  });
});
