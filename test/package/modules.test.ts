/** A user's scenario imports `time-bandits`: the package that runs, wherever the scenario lies. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { cli } from "../scripts/cli.ts";

/** Nothing is installed there. */
const folder = mkdtempSync(join(tmpdir(), "timebandits-modules-"));
cpSync(join(PROJECT_ROOT, "test/package/consumer"), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: string) => cli(["run", join(folder, file), "--out", join(folder, `${file}-run`), "--json"]);

test.each(["scenario.ts", "scenario.js", "layers.ts"])(
  "%s, in the thread that runs and in worker threads",
  async (file) => {
    const { code, stdout, stderr } = await run(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, scenario: file === "layers.ts" ? "layers" : "loan" });
  },
);

test("a subpath that does not exist is told", async () => {
  writeFileSync(join(folder, "wrong.ts"), 'import "time-bandits/nothing";\n');
  const { code, stdout } = await run("wrong.ts");
  expect(code).not.toBe(0);
  expect(JSON.parse(stdout).error.message).toMatch(/wrong\.ts cannot be loaded: .*time-bandits/);
});
