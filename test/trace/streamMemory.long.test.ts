/** The memory of a tracer that keeps no groups is that of its map. */
import { execFileSync } from "node:child_process";
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
