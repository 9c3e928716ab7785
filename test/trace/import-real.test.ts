/** Call trees of real transactions, where the folder that holds them is there. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../prover/profiles.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import { replayDirectory } from "../../trace/replay.ts";
import { runScenario } from "../../trace/run.ts";

const folder = fileURLToPath(new URL("../../../shared/data/evm-calls", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

/** Calls that succeeded, counted without any of the import's own code. */
function succeeded(frame: { error?: string; calls?: [] }): number {
  if (frame.error) return 0;
  return 1 + (frame.calls ?? []).reduce((sum: number, inner) => sum + succeeded(inner), 0);
}

describe.skipIf(files.length === 0)("real call trees", () => {
  test.each(files)("%s imports and replays", async (file) => {
    const json = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const { scenario, report } = importEvmCalls(json, { levels: PROFILES[0]?.levels ?? 3 });
    const scratch = mkdtempSync(join(tmpdir(), "timebandits-import-"));
    try {
      const dir = join(scratch, "run");
      const tracer = await runScenario(scenario, { out: dir, profiles: PROFILES });
      const replayed = replayDirectory(dir);
      expect(replayed.map.root()).toBe(tracer.root());
      const calls = replayed.groups.flat().filter((t) => t.effect === "InvokeProgram" || t.effect === "CreateProgram");
      expect(calls).toHaveLength(succeeded(json.result));
      expect(calls.every((t) => t.at === Number(json.timestamp))).toBe(true);
      expect(report.frames).toBe(calls.length + report.reverted.length);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
