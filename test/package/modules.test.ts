/** A user's scenario in any folder can import `time-bandits`. It gets the running package. */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { PROJECT_ROOT } from "../../prover/storage/packageFile.ts";
import { cli } from "../scripts/cli.ts";

/** A folder without installed packages. */
const folder = mkdtempSync(join(tmpdir(), "timebandits-modules-"));
cpSync(join(PROJECT_ROOT, "test/package/consumer"), folder, { recursive: true });
writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
afterAll(() => rmSync(folder, { recursive: true }));

const run = (file: string) => cli(["run", join(folder, file), "--out", join(folder, `${file}-run`), "--json"]);

test.each(["scenario.ts", "scenario.js", "layers.ts"])(
  "%s runs in the main thread and in worker threads",
  async (file) => {
    const { code, stdout, stderr } = await run(file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, scenario: file === "layers.ts" ? "layers" : "loan" });
  },
);

test("the error for an unknown subpath names it", async () => {
  writeFileSync(join(folder, "wrong.ts"), 'import "time-bandits/nothing";\n');
  const { code, stdout } = await run("wrong.ts");
  expect(code).not.toBe(0);
  expect(JSON.parse(stdout).error.message).toMatch(/wrong\.ts cannot be loaded: .*time-bandits/);
});
