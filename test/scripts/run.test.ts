/** Runs are written to a new directory, continue a run or replace one. A failed run leaves nothing. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { recordDirectory } from "../../prover/recording/record.ts";
import { scenarioOf } from "../../scripts/lib/scenarios.ts";
import { FILES, pathIn, readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { seed } from "../../trace/scenarios/seed.ts";
import { openPrograms } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { everyFile } from "../lib/everyFile.ts";
import { cli, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-run-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);
const RUN = Object.values(FILES).sort();

const MENDED: Scenario = {
  name: "mended",
  description: "",
  genesis: () => ({ levels: 3, cells: openPrograms(1, 16) }),
  run: (tracer) => void tracer.program(1).createProgram({ name: "second" }),
};
/** The second effect is refused. */
const FAILING: Scenario = {
  ...MENDED,
  run(tracer) {
    tracer.program(1).createProgram({ name: "second" });
    tracer.program(1).retire({ slot: 1 });
  },
};

/** A file with a scenario that continues the seed's run. */
function nextFile(): string {
  const issue = `tracer.program("Mint").issue({ kind: tracer.kind("Silver"), quantity: 3n })`;
  writeFileSync(at("next.mjs"), `export default { name: "next", description: "", run: (tracer) => void ${issue} };`);
  return at("next.mjs");
}

describe("the verb", () => {
  test("writes many groups at once, and the run is the same; a continued run is written at once in any case", async () => {
    const [single, together] = [at("single"), at("together")];
    await runScenario(seed, { out: single });
    const [written, refused] = await Promise.all([
      json(["run", "seed", "--out", together, "--commit-every", "4"]),
      cli(["run", nextFile(), "--continue", single, "--commit-every", "4"]),
    ]);
    expect(written).toMatchObject({ code: 0, stderr: "", answer: { ok: true, transitions: 15 } });
    expect(readRun(together).trace.records).toEqual(readRun(single).trace.records);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("--commit-every");
  });

  test("continues a run, and reports the earlier transitions; a failed run leaves nothing", async () => {
    const dir = at("on");
    await runScenario(seed, { out: dir });
    const next = nextFile();
    const one = await json(["run", next, "--continue", dir]);
    expect(one).toMatchObject({
      code: 0,
      stderr: "",
      answer: { ok: true, scenario: "seed", before: 15, transitions: 16, cut: 0, voidSignatures: [] },
    });
    const [two, failed] = await Promise.all([
      cli(["run", next, "--continue", dir]),
      json(["run", "seed", "--out", at("failed"), "--authority", "Nobody=5"]),
    ]);
    expect(two).toMatchObject({ code: 0, stderr: "" });
    expect(two.stdout).toContain("next: 1 transition after the first 16; 17 transitions now, 4 programs\n");
    expect(two.stdout).toContain(`appended to  ${dir}\n`);
    expect(readdirSync(dir).sort()).toEqual(RUN);
    expect(failed).toMatchObject({ code: 1, answer: { error: { field: "authority" } } });
    expect(existsSync(at("failed"))).toBe(false);
  });
});

test("a scenario without a genesis cannot begin a run", async () => {
  await expect(scenarioOf(nextFile())).rejects.toThrow(
    "has no genesis(), so it goes on with a run: use run --continue DIR",
  );
});

test("a failed run leaves nothing, so the next run can use the directory", async () => {
  const dir = at("again");
  await expect(recordDirectory(dir, FAILING)).rejects.toMatchObject({ code: "refused", invariant: "no-double-spend" });
  expect(existsSync(dir)).toBe(false);
  // Other files stay.
  mkdirSync(dir);
  writeFileSync(join(dir, "notes.txt"), "mine");
  await expect(recordDirectory(dir, FAILING)).rejects.toThrow();
  expect(readdirSync(dir)).toEqual(["notes.txt"]);
  await recordDirectory(dir, MENDED);
  expect(readdirSync(dir).sort()).toEqual([...RUN, "notes.txt"].sort());
});

describe("force", () => {
  const force = true;

  test("replaces only the files of a run, once the new run is whole", async () => {
    const dir = at("forced");
    await recordDirectory(dir, seed);
    writeFileSync(join(dir, "notes.txt"), "mine");
    const before = everyFile(dir);
    await expect(recordDirectory(dir, MENDED)).rejects.toThrow("(--continue), or replace it (--force)");
    await expect(recordDirectory(dir, FAILING, { force })).rejects.toThrow("no-double-spend");
    expect(everyFile(dir)).toEqual(before);
    await recordDirectory(dir, MENDED, { force });
    expect(readRun(dir)).toMatchObject({ manifest: { scenario: "mended" }, trace: { records: [{ seq: 1 }] } });
    expect(readdirSync(dir).sort()).toEqual([...RUN, "notes.txt"].sort());
    // Without an old run it makes an ordinary run.
    await recordDirectory(at("none"), MENDED, { force });
    expect(readdirSync(at("none")).sort()).toEqual(RUN);
  });

  const digits = (n: number): string => `0x${"1".repeat(n)}`;
  const kept: [what: string, prepare: (dir: string) => void, says: string][] = [
    [
      "what is no run",
      (dir) => writeFileSync(pathIn(dir, "manifest"), '{"name": "my app"}'),
      "that does not belong to a run",
    ],
    [
      "signatures",
      (dir) => {
        mkdirSync(join(dir, "signatures"));
        writeFileSync(join(dir, "signatures", "1.json"), "{}");
      },
      "holds a run with 1 signature, which --force does not remove",
    ],
    [
      "proofs, stale ones too",
      (dir) => {
        mkdirSync(join(dir, "proofs", "stale"), { recursive: true });
        for (const n of [1, 2]) writeFileSync(join(dir, "proofs", "stale", `${n}.json`), "{}");
      },
      "holds a run with 2 proofs, which",
    ],
    [
      "a map on a chain",
      (dir) => {
        const place = { registry: digits(40), creator: digits(40), salt: digits(64), mapId: digits(64) };
        saveManifest(dir, { ...readRun(dir).manifest, chain: { chainId: 31337n, ...place, domain: 5n } });
      },
      `the map ${digits(64)} on chain 31337`,
    ],
    [
      "an unreadable manifest",
      (dir) => writeFileSync(pathIn(dir, "manifest"), readFileSync(pathIn(dir, "manifest"), "utf8").slice(0, 90)),
      "an unreadable manifest",
    ],
  ];
  test.each(kept)("keeps %s", async (what, prepare, says) => {
    const dir = at(what);
    await recordDirectory(dir, MENDED);
    prepare(dir);
    const before = everyFile(dir);
    await expect(recordDirectory(dir, MENDED, { force })).rejects.toThrow(says);
    expect(everyFile(dir)).toEqual(before);
  });

  test("keeps a run that is being written to", async () => {
    const dir = at("busy");
    await recordDirectory(dir, MENDED);
    using _lock = lockRun(dir, "prove");
    const before = everyFile(dir);
    await expect(recordDirectory(dir, MENDED, { force })).rejects.toMatchObject({ code: "locked", exitCode: 3 });
    await expect(recordDirectory(dir, MENDED)).rejects.toMatchObject({ code: "locked" });
    expect(everyFile(dir)).toEqual(before);
  });
});
