/** `graph` as users start it. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { seed } from "../../trace/scenarios/seed.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { cli, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-graph-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("graph draws a run to a file or prints it, and names wrong arguments", async () => {
  const dir = join(scratch, "seed");
  await runScenario(seed, { out: dir });
  const file = join(scratch, "seed.svg");
  const [kept, printed, nowhere] = await Promise.all([
    json(["graph", dir, "--out", file]),
    cli(["graph", dir, "--format", "mermaid", "--view", "lanes", "--program", "A", "--from", "4"]),
    json(["graph", dir, "--out", join(scratch, "nowhere", "x.svg")]),
  ]);
  expect(kept).toMatchObject({
    code: 0,
    stderr: "",
    answer: { ok: true, format: "svg", transitions: 15, programs: 4, file },
  });
  expect(readFileSync(file, "utf8")).toContain("A escrows 100 Gold to B");
  expect(printed).toMatchObject({ code: 0, stderr: "" });
  expect(printed.stdout).toMatch(/^sequenceDiagram\n {2}participant p2 as A\n/);
  expect(nowhere).toMatchObject({ code: 3, answer: { error: { code: "disk" } } });
});
