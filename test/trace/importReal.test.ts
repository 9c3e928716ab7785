/**
 * Call trees of real transactions, and shapes that clients were reported to give. Both are in folders that a machine
 * may lack.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { PROFILES } from "../../prover/profiles.ts";
import { importEvmCalls } from "../../trace/import/evm.ts";
import type { EvmReport } from "../../trace/import/evmReport.ts";
import { textOfFile } from "../../trace/import/fileText.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";

const folder = fileURLToPath(new URL("../../../shared/data/evm-calls", import.meta.url));
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".json")) : [];

/** The number of successful calls, counted without the import's own code. */
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

const shapes = fileURLToPath(new URL("../../../shared/data/turn-2", import.meta.url));
const SENDER = `0x${"a1".repeat(20)}`;

describe.skipIf(!existsSync(shapes))("shapes that clients give", () => {
  const read = (name: string): EvmReport => {
    const text = textOfFile(name, readFileSync(join(shapes, name)));
    return importEvmCalls(JSON.parse(text)).report;
  };

  test.each([
    ["b01-child-from-unrelated.json", /^calls\[0\]\.from: /],
    ["a12-block-trace-list.json", /^result: .*whole block/],
    ["a15-result-null-error.json", /tracer not found/],
  ])("%s is refused", (name, message) => {
    expect(() => read(name)).toThrow(message);
  });

  test("the others are imported with their own meaning", () => {
    expect(read("b06-zksync-reverted-inner.json")).toMatchObject({
      openingBalances: {},
      reverted: [{ path: "calls[0]" }],
    });
    expect(read("b09-burn-selfdestruct-self-in-constructor.json").burnt).toMatchObject([
      { path: "calls[0]", value: "7" },
    ]);
    expect(Object.values(read("sd-existing-to-self-cancun.json").openingBalances)).toEqual(["6"]);
    expect(read("a01-selfdestruct-no-to.json").unknown).toHaveLength(1);
    expect(read("a18-utf16-powershell.json").programs[1]).toBe(SENDER);
    const logged = read("b10-logs-only-erc20.json");
    expect([logged.tokens, logged.notImported]).toEqual([{ transfers: 1, imported: 1, refused: 0 }, {}]);
  });
});
