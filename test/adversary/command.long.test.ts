/** `npm run adversary` as a user starts it: its output and its exit codes. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withoutProgress } from "../lib/progressLines.ts";

const script = fileURLToPath(new URL("./main.ts", import.meta.url));
const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });

test("writes the counts of its attempts to a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "adversary-"));
  try {
    const file = join(folder, "counts.json");
    const ended = run(
      "--only",
      "hostile",
      "--only",
      "differential",
      "--only",
      "signing",
      "--only",
      "imports",
      "--runs",
      "5",
      "--trees",
      "60",
      "--transitions",
      "20",
      "--cases",
      "20",
      "--json",
      file,
    );
    expect(withoutProgress(ended.stderr)).toBe("");
    expect(ended.status).toBe(0);
    expect(ended.stdout.split("\n").length).toBe(5);
    const { schemaVersion, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    expect(schemaVersion).toBe(1);
    const counts = rest as Record<string, Record<string, number>>;
    expect(Object.keys(counts)).toEqual(["hostile", "differential", "signing", "imports"]);
    expect(counts.hostile).toEqual({ tried: expect.any(Number), disagreements: 0 });
    expect(counts.hostile?.tried).toBeGreaterThanOrEqual(20);
    expect(counts.differential).toEqual({ transitions: expect.any(Number), disagreements: 0 });
    expect(counts.differential?.transitions).toBeGreaterThanOrEqual(20);
    expect(counts.signing).toEqual({ tried: 5, shifted: 0 });
    expect(counts.imports).toEqual({ tried: expect.any(Number), wrong: 0 });
    expect(counts.imports?.tried).toBeGreaterThanOrEqual(60);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([[["--only", "contracts"]], [["--seed", "-1"]], [["--nope"]]])("%j ends with 2 and the usage", (args) => {
  const ended = run(...args);
  expect(ended.status).toBe(2);
  expect(ended.stderr).toContain("usage: npm run adversary");
});
