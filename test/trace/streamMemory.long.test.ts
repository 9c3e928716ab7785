/** The memory of a tracer that keeps no groups, or can read them again, is that of its map. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("a tracer that keeps no groups keeps nothing of a long stream", () => {
  const child = fileURLToPath(new URL("../lib/streamHeap.ts", import.meta.url));
  const [bounded, growing] = ["drop", "keep"].map((mode) => {
    const said = execFileSync(process.execPath, ["--expose-gc", child, mode], { encoding: "utf8" });
    return JSON.parse(said) as { bytes: number; transitions: number };
  });
  expect(bounded?.transitions).toBeGreaterThan(3_000);
  expect(bounded?.bytes).toBeLessThan((growing?.bytes ?? 0) / 10);
});

test("a scenario whose run is on disk keeps a part of it, and gives all groups to those who ask", () => {
  const child = fileURLToPath(new URL("../lib/scenarioHeap.ts", import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), "time-bandits-"));
  try {
    const said = execFileSync(process.execPath, ["--expose-gc", child, join(folder, "run"), "ask"], {
      encoding: "utf8",
    });
    const { bytes, transitions, last, groups } = JSON.parse(said) as Record<string, number>;
    // A kept transition takes some kilobytes.
    expect(bytes).toBeLessThan(500 * (transitions ?? 0));
    expect(groups).toBe(last);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
