import { execFile, execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { type Bundle, bundleName, bundleText, parseBundle, proofsIn } from "../../prover/bundles/bundle.ts";
import { checkBundle } from "../../prover/bundles/checkBundle.ts";
import { localDomain, PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { FIELD } from "../../trace/layout.ts";
import { verifyDirectory } from "../../verifier/verify.ts";
import { freshRun, PROFILE, provenRun, temporaryFolder } from "../lib/provenRun.ts";

/** Names and contents of a run's bundles, in order. */
async function bundlesOf(dir: string): Promise<{ name: string; bundle: Bundle }[]> {
  const names = (await readdir(proofsIn(dir))).sort();
  return Promise.all(
    names.map(async (name) => ({ name, bundle: parseBundle(name, await readFile(join(proofsIn(dir), name), "utf8")) })),
  );
}

/** Replaces a bundle by a changed one, under the name that fits it. */
async function replace(dir: string, name: string, bundle: Bundle): Promise<void> {
  await rm(join(proofsIn(dir), name));
  const text = bundleText(bundle);
  await writeFile(join(proofsIn(dir), bundleName(bundle, text)), text);
}

test("a proven run verifies without its trace", async () => {
  const dir = await provenRun();
  await rm(join(dir, "trace.jsonl"));
  const report = await verifyDirectory(dir);
  expect(report.problems).toEqual([]);
  expect(report).toMatchObject({
    ok: true,
    proven: { transitions: 17, domain: `${localDomain(BigInt(report.proven?.preRoot ?? 0))}` },
    developmentKeys: true,
  });
  expect(report.keys).toMatchObject([{ profile: "batch-8", kind: "development", ceremony: null }]);
  expect(report.batches.map(({ firstSeq, lastSeq, ok }) => [firstSeq, lastSeq, ok])).toEqual([
    [1, 8, true],
    [9, 16, true],
    [17, 17, true],
  ]);
  expect(report.notes.join()).toMatch(/development key.*local domain/s);
  await rm(join(dir, "genesis.json"));
  expect((await verifyDirectory(dir)).notes.join()).toContain("no genesis.json");
});

test("unproven transitions are reported, and a file is not a run directory", async () => {
  const dir = await provenRun();
  const [, second, third] = await bundlesOf(dir);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true, unproven: null });
  await rm(join(proofsIn(dir), third?.name ?? ""));
  const one = await verifyDirectory(dir);
  expect(one).toMatchObject({ ok: true, unproven: { firstSeq: 17, lastSeq: 17 } });
  expect(one.notes).toContain("transition 17 of the trace has no proof yet; run prove");
  await rm(join(proofsIn(dir), second?.name ?? ""));
  // An unfinished line of a crash does not count.
  await writeFile(join(dir, "trace.jsonl"), `${await readFile(join(dir, "trace.jsonl"), "utf8")}{"seq":18,"gro`);
  const two = await verifyDirectory(dir);
  expect(two).toMatchObject({ ok: true, unproven: { firstSeq: 9, lastSeq: 17 } });
  expect(two.notes).toContain("transitions 9 to 17 of the trace have no proof yet; run prove");

  const file = join(dir, "trace.jsonl");
  await expect(verifyDirectory(file)).rejects.toMatchObject({ code: "invalid", exitCode: 1, field: file });
  await expect(verifyDirectory(file)).rejects.toThrow("is a file; name a run directory");
});

test("every changed public input is refused, and the batch named", async () => {
  const dir = await provenRun();
  const artifacts = await artifactsOf(PROFILE);
  const [, second] = await bundlesOf(dir);
  if (second === undefined) throw new Error("the fixture has three bundles");
  for (const input of PUBLIC_INPUTS) {
    const statement = { ...second.bundle.statement, [input]: (second.bundle.statement[input] + 1n) % FIELD };
    const finding = await checkBundle({ ...second.bundle, statement }, artifacts);
    expect(finding, input).toMatchObject({ field: "proof" });
  }
  const { bundle, name } = second;
  await replace(dir, name, { ...bundle, statement: { ...bundle.statement, postRoot: bundle.statement.postRoot + 1n } });
  const { ok, problems } = await verifyDirectory(dir);
  expect(ok).toBe(false);
  expect(problems).toEqual([
    {
      kind: "wrong",
      where: expect.stringMatching(/^batch 9\.\.16 /),
      field: "proof",
      message: expect.stringContaining("does not hold"),
    },
    {
      kind: "wrong",
      where: expect.stringMatching(/^batch 17\.\.17 /),
      field: "preRoot",
      message: expect.stringContaining("batch 9..16"),
    },
  ]);
});

test("a proof, key, circuit or profile of another batch is refused, and the batch named", async () => {
  const dir = await provenRun();
  const [first, second] = await bundlesOf(dir);
  if (first === undefined || second === undefined) throw new Error("the fixture has three bundles");
  const artifacts = await artifactsOf(PROFILE);
  const { bundle } = second;
  const { proof } = bundle;
  const changes: [string, Partial<Bundle>][] = [
    ["proof", { proof: first.bundle.proof }],
    ["proof", { proof: { ...proof, pi_a: [proof.pi_a[0] + 1n, proof.pi_a[1]] } }],
    ["proof", { proof: { ...proof, pi_c: [0n, 0n] } }],
    ["key", { key: { ...bundle.key, hash: `0x${"12".repeat(32)}` } }],
    ["key kind", { key: { ...bundle.key, kind: "ceremony" } }],
    ["circuit", { circuit: "34".repeat(32) }],
  ];
  for (const [field, change] of changes)
    expect(await checkBundle({ ...bundle, ...change }, artifacts)).toMatchObject({ field });
  await replace(dir, second.name, { ...bundle, profile: "batch-7" });
  expect((await verifyDirectory(dir)).problems).toMatchObject([
    {
      where: expect.stringContaining("batch 9..16"),
      field: "profile",
      message: expect.stringContaining('no profile "batch-7"'),
    },
  ]);
});

test("missing, renamed, foreign and unreadable bundles are named", async () => {
  const dir = await provenRun();
  const [first, second, third] = (await bundlesOf(dir)).map(({ name }) => name) as [string, string, string];
  const folder = proofsIn(dir);
  await rename(join(folder, second), join(dir, second));
  expect((await verifyDirectory(dir)).problems).toMatchObject([
    {
      where: expect.stringContaining("batch 17..17"),
      message: expect.stringContaining("transitions 9 to 16 is missing"),
    },
  ]);
  await rename(join(dir, second), join(folder, third.replace("17-", "18-")));
  expect((await verifyDirectory(dir)).problems[0]).toMatchObject({
    where: `bundle ${third.replace("17-", "18-")}`,
    message: expect.stringContaining("changed or renamed"),
  });
  await rm(join(folder, third.replace("17-", "18-")));
  await rm(join(folder, first));
  expect((await verifyDirectory(dir)).problems).toMatchObject([
    {
      where: expect.stringContaining("batch 17..17"),
      message: expect.stringContaining("transitions 1 to 16 is missing"),
    },
  ]);
});

test("a bundle with a changed byte fails the run and is named", async () => {
  const dir = await provenRun();
  const [, second] = await bundlesOf(dir);
  const path = join(proofsIn(dir), second?.name ?? "");
  const text = await readFile(path, "utf8");
  const digit = text.indexOf('"traceRoot": "') + 20;
  await writeFile(path, `${text.slice(0, digit)}${text[digit] === "1" ? "2" : "1"}${text.slice(digit + 1)}`);
  const { ok, problems } = await verifyDirectory(dir);
  expect(ok).toBe(false);
  expect(problems[0]).toMatchObject({
    where: `bundle ${second?.name}`,
    message: expect.stringContaining("changed or renamed"),
  });
});

test("a pipe, device or folder in place of a file is named without being read", async () => {
  const dir = await provenRun();
  const [genesis, manifest, odd] = ["genesis.json", "manifest.json", "proofs/\u001b[2J\n.json"].map((n) =>
    join(dir, n),
  ) as [string, string, string];
  await rm(manifest);
  expect(await verifyDirectory(dir)).toMatchObject({ ok: true });
  await mkdir(manifest);
  expect((await verifyDirectory(dir)).problems).toMatchObject([
    { where: "manifest.json", message: expect.stringContaining("is not a file") },
  ]);
  await rm(manifest, { recursive: true });
  await rm(genesis);
  for (const make of [
    () => mkdir(genesis),
    () => symlink("/dev/zero", genesis),
    () => execFileSync("mkfifo", [genesis]),
  ]) {
    await make();
    expect((await verifyDirectory(dir)).problems).toMatchObject([
      { where: "genesis.json", message: expect.stringContaining("is not a file") },
    ]);
    await rm(genesis, { recursive: true });
  }
  execFileSync("mkfifo", [odd]);
  expect((await verifyDirectory(dir)).problems).toMatchObject([
    { where: "bundle \ufffd[2J\ufffd.json", message: "\ufffd[2J\ufffd.json: is not a file; remove it" },
  ]);
});

test("a folder may have more bundles than files may be open at once", async () => {
  const dir = await temporaryFolder();
  await mkdir(proofsIn(dir));
  const names = Array.from({ length: 200 }, (_, i) => join(proofsIn(dir), `${i}.json`));
  await Promise.all(names.map((name) => writeFile(name, "{}")));
  const program = `
    const { verifyDirectory } = await import(${JSON.stringify(new URL("../../verifier/verify.ts", import.meta.url))});
    console.log((await verifyDirectory(process.argv[1])).problems.length);`;
  const limited = 'ulimit -n 150; exec "$@"';
  const { stdout } = await promisify(execFile)("sh", ["-c", limited, "sh", process.execPath, "-e", program, dir]);
  expect(stdout).toBe("200\n");
});

test("proofs of another genesis or of two maps do not form a chain", async () => {
  const dir = await provenRun();
  const [, , third] = await bundlesOf(dir);
  if (third === undefined) throw new Error("the fixture has three bundles");
  await replace(dir, third.name, { ...third.bundle, statement: { ...third.bundle.statement, domain: 5n } });
  const genesis = await readFile(join(dir, "genesis.json"), "utf8");
  await writeFile(join(dir, "genesis.json"), genesis.replace('"quantity":"7"', '"quantity":"8"'));
  const { problems } = await verifyDirectory(dir);
  expect(problems.map(({ where, field }) => [where.split(" (")[0], field])).toEqual([
    ["batch 17..17", "proof"],
    ["batch 1..8", "preRoot"],
    ["batch 17..17", "domain"],
  ]);
  await writeFile(join(dir, "genesis.json"), "{}");
  expect((await verifyDirectory(dir)).problems[0]).toMatchObject({ where: "genesis.json" });
});

test("a run without proofs is in order only if it has no transitions", async () => {
  expect(await verifyDirectory(await freshRun())).toMatchObject({
    ok: false,
    problems: [{ kind: "unfinished", message: expect.stringContaining("17 transitions of the trace; run prove") }],
  });
  expect(await verifyDirectory(await temporaryFolder())).toMatchObject({
    ok: false,
    problems: [{ message: expect.stringContaining("name a run directory") }],
  });
});
