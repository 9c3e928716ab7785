import { readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ForeignMapError } from "../../prover/batches/mapIdentity.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { proofsIn, readBundles } from "../../prover/bundles/bundle.ts";
import { type AuditReport, auditDirectory } from "../../verifier/audit/audit.ts";
import { renderAudit } from "../../verifier/audit/render.ts";
import { auditTrace } from "../../verifier/audit/trace.ts";
import { checkChain, type ReadBundle } from "../../verifier/bundleSequence.ts";
import { putOnMap } from "../lib/onMap.ts";
import { DIAGRAM, freshRun, provenRun } from "../lib/provenRun.ts";
import { Random } from "../lib/random.ts";

/** The same genesis without transitions. */
const NOTHING = { ...DIAGRAM, run: () => undefined };

/** The report of the first test, for the second. */
let report: AuditReport;

test("a proven run is in order; every transition has its actor, effect, rights and predecessors", async () => {
  report = await auditDirectory(await provenRun());
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({ ok: true, scenario: "diagram", counts: { transitions: 17, proven: 17 }, chain: null });
  expect(report.programs.map(({ name, authority }) => [name, authority])).toEqual(
    ["Mint", "A", "B", "C"].map((name) => [name, null]),
  );
  expect(report.signatures).toEqual([]);
  expect(report.roots.end).toBe(report.batches.at(-1)?.postRoot);
  const [mint, a, b, c] = ["Mint", "A", "B", "C"].map((name, i) => ({ program: i + 1, name }));
  const claim = report.transitions.find(({ effect, actor }) => effect === "ClaimFromProgram" && actor.name === "C");
  expect(claim).toMatchObject({
    actor: c,
    peer: b,
    programs: [a, b, c],
    changes: [
      {
        kind: { name: "Gold" },
        from: { owner: b, quantity: "100", escrowFrom: a, deadline: null },
        to: { owner: c, quantity: "100", escrowFrom: null, deadline: null },
      },
    ],
    right: expect.stringMatching(
      /^C \(program 4\) holds the capability in slot \d+ of A \(program 2\), granted by A \(program 2\) in transition 10, to claim in slot \d+ .*of B \(program 3\) until 20/,
    ),
    bundle: expect.stringMatching(/^0000000009-0000000016-/),
  });
  expect(claim?.after).toContain(10);
  const check = report.transitions.find(({ effect }) => effect === "Check");
  expect(check).toMatchObject({ fired: { program: c, condition: "arrival" } });
  const issue = report.transitions.find(({ effect }) => effect === "Issue");
  expect(issue).toMatchObject({
    right: "Mint (program 1) is the issuer of Gold (kind 4294967297)",
    changes: [{ from: null, to: { owner: mint } }],
  });
  const triggered = report.transitions.find(({ effect }) => effect === "InvokeProgram");
  expect(triggered?.right).toMatch(
    /entry point "silverArrived" \(selector \d+\); C \(program 4\) holds the capability.*applied by a trigger$/,
  );
});

test("the report is the same after JSON, and renders as text", async () => {
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  const text = renderAudit(report);
  expect(text).toMatch(/^Audit: in order by its numbers; names and notes are not proven\n/);
  expect(text).toContain("17 transitions, 17 of them proven, in 3 batches");
  expect(text).toMatch(
    /5\. EscrowToProgram {2}.*\n {5}Mint \(program 1\) puts 100 Gold \(kind 4294967297\), resource \d+, from its slot \d+ in escrow in slot \d+ of A \(program 2.*\n.*programs: Mint \(program 1\), A \(program 2\)\n.*ownership: 100 Gold \(kind 4294967297\) \(resource \d+\): slot \d+ of Mint \(program 1\) → slot \d+ of A \(program 2\), in escrow from Mint \(program 1\)/,
  );
  expect(text).toContain("\n  B (program 3): open: the operator of the map may act in its name\n");
  for (let seq = 1; seq <= 17; seq++) expect(text).toContain(`\n  ${seq}. `);
});

test("names cannot break lines or control a terminal", async () => {
  const dir = await freshRun();
  const path = join(dir, "manifest.json");
  const manifest = await readFile(path, "utf8");
  const names = ['"scenario": "in order\\nx"', '"\\u001b[2J\\u202eMint"'] as const;
  await writeFile(path, manifest.replace('"scenario": "diagram"', names[0]).replace('"Mint"', names[1]));
  const text = renderAudit(await auditDirectory(dir));
  expect(text).toMatch(/^Audit: unfinished: no fault/);
  expect(text).toContain('scenario "in order\ufffdx"\n');
  expect(text).toContain('"\ufffd[2J\ufffdMint" (program 1) makes A (program 2');
});

test("a trace with any changed byte fails, and the message says where", async () => {
  const dir = await provenRun();
  const { bundles } = await checkChain(await readBundles(dir));
  const path = join(dir, "trace.jsonl");
  const bytes = await readFile(path);
  const random = new Random(5);
  const positions = new Set([
    0,
    bytes.length - 1,
    bytes.indexOf(10),
    ...Array.from({ length: 120 }, () => random.below(bytes.length)),
  ]);
  for (const position of positions) {
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] as number) ^ (1 << random.below(7));
    await writeFile(path, changed);
    const { problems } = auditTrace(dir, bundles);
    expect(problems, `byte ${position}`).not.toEqual([]);
    const line = bytes.subarray(0, position).toString("latin1").split("\n").length - 1;
    const text = bytes.toString("latin1").split("\n")[line] ?? "";
    const seq = /^\{"seq":(\d+)/.exec(text)?.[1];
    if (seq === undefined || bytes[position] === 10) continue;
    const places = problems.map(({ where }) => where).join();
    expect(places, `byte ${position}: ${problems[0]?.message}`).toContain(`batch ${rangeAround(bundles, Number(seq))}`);
  }
});

function rangeAround(bundles: readonly ReadBundle[], seq: number): string {
  const found = bundles.find(({ firstSeq, lastSeq }) => firstSeq <= seq && seq <= lastSeq);
  return `${found?.firstSeq}..${found?.lastSeq}`;
}

test("a trace that was replaced by another valid one does not match the proofs", async () => {
  const dir = await provenRun();
  const { bundles } = await checkChain(await readBundles(dir));
  const other = await freshRun(NOTHING);
  await writeFile(join(dir, "trace.jsonl"), await readFile(join(other, "trace.jsonl")));
  const { problems } = auditTrace(dir, bundles);
  expect(problems.map(({ where, field }) => [where.split(" (")[0], field])).toEqual([
    ["batch 1..8", "lastSeq"],
    ["batch 9..16", "lastSeq"],
    ["batch 17..17", "lastSeq"],
  ]);
});

test("a time that was changed in trace and checkpoint is found by the batch's commitment", async () => {
  const dir = await provenRun();
  const path = join(dir, "trace.jsonl");
  const trace = await readFile(path, "utf8");
  // No cell has `at`, so every root stays the same. Only the record's leaf differs.
  await writeFile(path, trace.replace('{"seq":10,"group":0,"at":1767226140', '{"seq":10,"group":0,"at":1767226141'));
  const { ok, problems } = await auditDirectory(dir);
  expect(ok).toBe(false);
  expect(problems).toMatchObject([{ where: expect.stringMatching(/^batch 9\.\.16/), field: "traceRoot" }]);
});

test("unproven transitions are reported, and fail the audit unless allowed", async () => {
  const dir = await provenRun();
  const names = (await readdir(proofsIn(dir))).sort();
  await rm(join(proofsIn(dir), names[2] ?? ""));
  const without = await auditDirectory(dir);
  expect(without).toMatchObject({ ok: false, counts: { transitions: 17, proven: 16 } });
  expect(without.problems).toMatchObject([
    { kind: "unfinished", message: expect.stringContaining("transition 17 is not proven") },
  ]);
  expect(renderAudit(without)).toMatch(/^Audit: unfinished: no fault.*\n[\s\S]*\nStill to do\n {2}- trace.jsonl/);
  expect(await auditDirectory(dir, { allowUnproven: true })).toMatchObject({ ok: true });
  await rm(join(proofsIn(dir), names[0] ?? ""));
  expect(await auditDirectory(dir, { allowUnproven: true })).toMatchObject({ ok: false });
});

test("an empty run is in order, and a torn one is not", async () => {
  const empty = await auditDirectory(await freshRun(NOTHING));
  expect(empty).toMatchObject({ ok: true, batches: [], transitions: [], counts: { transitions: 0, proven: 0 } });
  expect(empty.notes.join()).toContain("the trace has no transitions");
  const dir = await provenRun();
  const { length } = await readFile(join(dir, "trace.jsonl"));
  await truncate(join(dir, "trace.jsonl"), length - 1);
  expect((await auditDirectory(dir)).problems).toMatchObject([
    { field: "trace.jsonl", message: expect.stringContaining("unfinished") },
  ]);
});

test("a run whose map is on a chain is not proven by proofs with the local domain", async () => {
  const dir = await provenRun();
  const own = putOnMap(dir);
  const { problems, notes } = await auditDirectory(dir);
  expect(problems).toHaveLength(3);
  expect(notes.join()).toContain("the chain was not asked");
  expect(problems[0]).toMatchObject({
    where: expect.stringContaining("batch 1..8"),
    field: "domain",
    message: expect.stringContaining(own.domain.toString()),
  });
});

test.each([
  ["mapId", { salt: `0x${"35".repeat(32)}` }],
  ["mapId", { creator: `0x${"13".repeat(20)}` }],
  ["mapId", { mapId: `0x${"cd".repeat(32)}` }],
  ["domain", { domain: "99" }],
  ["domain", { registry: `0x${"cd".repeat(20)}` }],
  ["domain", { chainId: "1337" }],
])("a manifest with a map of another genesis is not in order: %s of %o", async (field, change) => {
  const dir = await freshRun();
  const path = join(dir, "manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8")) as object;
  const own = putOnMap(dir);
  const save = (other: object) =>
    writeFile(
      path,
      JSON.stringify({ ...manifest, chain: { ...own, chainId: "31337", domain: `${own.domain}`, ...other } }),
    );
  const wrong = async () => (await auditDirectory(dir)).problems.filter(({ kind }) => kind === "wrong");
  await save({});
  expect(await wrong()).toEqual([]);
  await expect(planOf(dir)).resolves.toMatchObject({ domain: own.domain });
  await save(change);
  expect(await wrong()).toMatchObject([{ where: "manifest.json", field: `manifest.json chain ${field}` }]);
  await expect(planOf(dir)).rejects.toThrow(ForeignMapError);
});

test("an unreachable node is an error of the surroundings, not a problem of the run", async () => {
  const dir = await provenRun();
  await expect(auditDirectory(dir, { rpc: "http://127.0.0.1:1" })).rejects.toThrow("chain");
});
