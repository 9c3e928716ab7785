/** The verb `explore`, as users start it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { scratchFolder, traced } from "../web/lib/exploredRun.ts";
import { cli, json } from "./cli.ts";

const scratch = scratchFolder();
afterAll(() => scratch.remove());

test.each(["SIGINT", "SIGTERM"] as const)(
  "it serves until %s, says where in one line, and ends with 0",
  async (signal) => {
    const dir = await traced("seed", scratch.path(`seed-${signal}`));
    const asked: Promise<void>[] = [];
    let seen = "";
    const { code, stdout } = await cli(["explore", dir, "--no-open", "--json"], {
      onText: (text, kill) => {
        seen += text;
        if (!seen.includes("\n") || asked.length > 0) return;
        const { url } = JSON.parse(seen) as { url: string };
        const look = async (): Promise<void> => {
          expect(await (await fetch(url)).text()).toContain("<title>Time Bandits</title>");
          expect(await (await fetch(`${url}run/trace.jsonl`)).text()).toBe(
            readFileSync(join(dir, "trace.jsonl"), "utf8"),
          );
        };
        asked.push(look().finally(() => kill(signal)));
      },
    });
    await Promise.all(asked);
    expect(asked.length).toBe(1);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, ok: true, dir });
  },
);

test("it writes a folder, and refuses one that holds something else, or a directory without a run", async () => {
  const dir = await traced("seed", scratch.path("seed"));
  const out = scratch.path("site");
  expect(await json(["explore", dir, "--out", out])).toMatchObject({ code: 0, answer: { ok: true, out } });
  expect(readFileSync(join(out, "index.html"), "utf8")).toContain("<title>Time Bandits</title>");
  expect(await json(["explore", dir, "--out", dir])).toMatchObject({ code: 1, answer: { error: { code: "invalid" } } });
  expect(await json(["explore", out, "--no-open"])).toMatchObject({ code: 1, answer: { error: { code: "invalid" } } });
});
