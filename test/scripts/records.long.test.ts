/** The verbs for records and for plain snarkjs, as users start them. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { provenRun, temporaryFolder } from "../lib/provenRun.ts";
import { cli, json } from "./cli.ts";

test("a record is made, verified without its run and without a cache, and shown with the reader's names", async () => {
  const [dir, folder] = [await provenRun(), await temporaryFolder()];
  const file = join(folder, "record.json");
  const bare = { env: { TIMEBANDITS_CACHE: join(folder, "cache") } };
  const made = await json(["prove-record", dir, "12", "--out", file], bare);
  expect(made).toMatchObject({ code: 0, stderr: "", answer: { ok: true, seq: 12, out: file } });
  const names = join(folder, "names.json");
  await writeFile(names, JSON.stringify({ programs: { 4: "Carol" } }));
  const forged = join(folder, "forged.json");
  await writeFile(forged, (await readFile(file, "utf8")).replace('"quantity": "100"', '"quantity": "101"'));
  const [told, refused, again] = await Promise.all([
    cli(["verify-record", file, "--names", names], bare),
    json(["verify-record", forged], bare),
    json(["prove-record", dir, "12", "--out", file], bare),
  ]);
  expect(told).toMatchObject({ code: 0, stderr: "" });
  expect(told.stdout).toMatch(/^the record of transition 12 is valid, but shows NOTHING/);
  expect(told.stdout).toContain("Carol (program 4) claims 100 of kind");
  expect(told.stdout).toContain("not checked:\n  - ");

  expect(refused).toMatchObject({ code: 1, answer: { ok: false, error: { code: "record", field: "transition" } } });
  expect(again).toMatchObject({ code: 1, answer: { error: { field: file } } });
});

test("proofs are exported, and the exported key verifies them", async () => {
  const [dir, folder] = [await provenRun(), await temporaryFolder()];
  const out = join(folder, "plain");
  const done = await cli(["export", dir, "--out", out, "--batch", "2"]);
  expect(done).toMatchObject({ code: 0, stderr: "" });
  expect(done.stdout).toContain("9..16");
  const key = join(out, "verification_key.json");
  expect(await json(["verify", dir, "--key", key])).toMatchObject({ code: 0, answer: { ok: true } });
});
