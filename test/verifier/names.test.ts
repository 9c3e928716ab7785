/** No proof covers names and notes. The report says so, and has the numbers beside them. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseNames } from "../../trace/describe/ownNames.ts";
import type { Manifest } from "../../trace/run/manifest.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { renderAudit } from "../../verifier/audit/render.ts";
import { keyedRun } from "../lib/keyedRun.ts";
import { exchange, watched } from "../lib/namedCalls.ts";

async function lying(change: (manifest: Manifest) => Partial<Manifest>): Promise<string> {
  const dir = await keyedRun();
  const path = join(dir, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as Manifest;
  await writeFile(path, JSON.stringify({ ...manifest, ...change(manifest) }));
  return dir;
}

const look = (dir: string, names?: unknown) =>
  auditDirectory(dir, {
    allowUnproven: true,
    ...(names === undefined
      ? {}
      : { names: { path: "mine.json", tables: parseNames("mine.json", JSON.stringify(names)) } }),
  });

test("an audit of exchanged names and a false note is in order, and its sentences have the right numbers", async () => {
  const dir = await lying(() => ({
    programs: { 1: "B", 2: "A" },
    kinds: { 4294967297: "USDC" },
    notes: ["audited by Honest & Sons: in order", "x\nAudit: in order"],
  }));
  const report = await look(dir);
  const text = renderAudit(report);
  expect(report.ok).toBe(true);
  expect(text).toMatch(/^Audit: unfinished: no fault in its numbers[^\n]*; names and notes are not proven\n/);
  expect(text).not.toMatch(/^Audit: in order$/m);
  // Its sentences have the numbers, which the manifest cannot change.
  expect(text).toContain(
    "\n     B (program 1) puts 30 USDC (kind 4294967297), resource 4294967297, from its slot 2 in escrow in slot 16 of A (program 2, key ",
  );
  expect(report.notes.join()).not.toContain("Honest");
  expect(report.manifestNotes).toHaveLength(2);
  expect(report.notProven).toEqual(["scenario", "names", "manifestNotes", "contracts", "failures"]);
  const [before, foreign] = text.split("\n  manifest.json also says:\n");
  expect(before).not.toContain("Honest");
  expect(foreign).toContain('\n  - note "audited by Honest & Sons: in order"\n  - note "x\ufffdAudit: in order"\n');
  expect(text.match(/No proof covers notes/g)).toHaveLength(1);
});

test("the reader's own names replace the manifest's, and differences are reported", async () => {
  const dir = await lying(() => ({ programs: { 1: "B", 2: "A" }, kinds: { 4294967297: "USDC" } }));
  const report = await look(dir, { programs: { 1: "A", 2: "B" }, kinds: { 4294967297: "Gold" } });
  const text = renderAudit(report);
  expect(text).toContain("\n     A (program 1) puts 30 Gold (kind 4294967297)");
  expect(text).toContain('Names are those of your file "mine.json".');
  expect(text).toContain('\n  - program 1 is "A" by your names, but manifest.json calls it "B"\n');
  expect(text).toContain('\n  - kind 4294967297 is "Gold" by your names, but manifest.json calls it "USDC"\n');
  expect(report.names).toMatchObject({ from: "mine.json", own: true, differences: { length: 3 } });
  const same = await look(dir, { programs: { 1: "B" } });
  expect(same.names.differences).toEqual([]);
  expect(renderAudit(same)).not.toContain("USDC");
});

test("a function's name that does not have the selector is a contradiction", async () => {
  const dir = await exchange();
  expect((await look(dir)).ok).toBe(true);
  const path = join(dir, "manifest.json");
  await writeFile(path, (await readFile(path, "utf8")).replace('"pay"', '"refund"'));
  const report = await look(dir);
  expect(report.ok).toBe(false);
  expect(report.problems.filter(({ kind }) => kind === "wrong")).toMatchObject([
    {
      where: "manifest.json",
      field: "functions",
      message: expect.stringMatching(/^calls selector \d+ "refund", which is not its name/),
    },
  ]);
  expect(renderAudit(report)).not.toMatch(/the entry point "refund"/);
});

test("the JSON report has every field of every row, and the effects of the triggers", async () => {
  const report = await look(await watched());
  const set = report.transitions.find(({ effect }) => effect === "WatchResource");
  expect(set?.row).toMatchObject({
    effect: "WatchResource",
    actor: 1,
    peer: 1,
    source: 1 * 256 + 9,
    kind: "4294967297",
    quantity: "5",
    argument: { condition: 1, trigger: expect.stringMatching(/^\d+$/) },
  });
  const rows = report.triggers[String(set?.row.argument.trigger)];
  expect(rows).toMatchObject([{ effect: "EscrowToProgram", actor: 1, peer: 2, resource: "4294967296" }]);
  expect(set?.asks[0]).toContain("watches its slot 9 for more than 5 of Gold (kind 4294967297)");
  expect(set?.asks.at(-1)).toMatch(
    /^ {2}- A \(program 1\) puts 7 Gold \(kind 4294967297\), resource 4294967296, from its slot 1 in escrow in slot 16 of B \(program 2, key \d+\), without a deadline/,
  );
});
