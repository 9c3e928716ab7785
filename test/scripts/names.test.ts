/** `--names` of the verbs that show names in short. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { keyedRun } from "../lib/keyedRun.ts";
import { temporaryFolder } from "../lib/provenRun.ts";
import { cli, json } from "./cli.ts";

test("check and graph accept the reader's own names, and list the manifest's different ones", async () => {
  const dir = await keyedRun();
  const names = join(await temporaryFolder(), "names.json");
  writeFileSync(names, JSON.stringify({ programs: { 1: "Anna", 2: "program 1" } }));
  const [checked, drawn] = await Promise.all([
    json(["check", dir, "--names", names]),
    cli(["graph", dir, "--format", "mermaid", "--view", "lanes", "--program", "Anna", "--names", names]),
  ]);
  const nameDifferences = [
    { sort: "programs", number: "1", own: "Anna", manifest: "A" },
    { sort: "programs", number: "2", own: "program 1", manifest: "B" },
  ];
  expect(checked).toMatchObject({ code: 0, stderr: "", answer: { ok: true, nameDifferences } });
  const said = 'program 1 is "Anna" by your names, but manifest.json calls it "A"\n';
  expect(drawn).toMatchObject({ code: 0, stderr: expect.stringContaining(said) });
  expect(drawn.stdout).toContain("participant p1 as Anna\n");
  // A name that reads like a number is quoted, in pictures too.
  expect(drawn.stdout).toContain("participant p2 as #34;program 1#34;\n");
});
