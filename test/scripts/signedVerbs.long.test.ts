/** The verbs for programs that sign for themselves, as two parties and an operator use them. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { proveDirectory } from "../../prover/prove.ts";
import { recordDirectory } from "../../prover/recording/record.ts";
import { authoritiesOf } from "../../scripts/lib/authorityOption.ts";
import { UsageError } from "../../scripts/lib/failure.ts";
import { scenarioOf } from "../../scripts/lib/scenarios.ts";
import { signRun } from "../../scripts/lib/signRun.ts";
import { runFacts } from "../../scripts/lib/traceRun.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import { KeyFileError, newKeyFile } from "../../trace/signing/keyFile.ts";
import { mapPlace } from "../../verifier/chain/registry.ts";
import { cli, json } from "./cli.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-signed-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const at = (name: string): string => join(scratch, name);

const SCENARIO = at("lending.mjs");
writeFileSync(
  SCENARIO,
  `const cells = [{ address: 256, cell: { type: "program", inbox: 16, steps: 0, clock: 0, authority: 0n, log: 0n, seq: 0 } }];
export default {
  name: "lending",
  description: "A makes B, and something for it",
  programs: { 1: "A" },
  genesis: () => ({ levels: 3, cells }),
  run(tracer) {
    const a = tracer.program(1);
    const b = a.createProgram({ name: "B" }, 1000);
    const gold = a.issue({ kind: 2n ** 32n + 1n, quantity: 5n }, 1001);
    b.claimFromProgram({ from: a.escrowToProgram({ from: gold.slot, to: b.id }, 1002), to: "in place" }, 1003);
  },
};`,
);

test("keys are made and shown without their secrets; a run gets its authorities at the start", async () => {
  const made = await json(["keys", "new", at("a.key")]);
  expect(made).toMatchObject({ code: 0, stderr: "", answer: { ok: true, file: at("a.key") } });
  const authority = String(made.answer.authority);
  expect(authority).toMatch(/^\d{70,}$/);
  newKeyFile(at("b.key"));
  const keyed = ["--authority", `A=${authority}`, "--authority", `B=${at("b.key")}`];
  const [shown, run] = await Promise.all([
    cli(["keys", "show", at("a.key")]),
    json(["run", SCENARIO, "--out", at("run"), "--closed", ...keyed]),
  ]);
  expect(shown).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining(authority) });
  expect(run).toMatchObject({ code: 0, answer: { programs: 2, open: [], transitions: 4 } });
  const { secret } = JSON.parse(readFileSync(at("a.key"), "utf8")) as { secret: string };
  expect(JSON.stringify(made) + shown.stdout + JSON.stringify(run)).not.toContain(secret);
});

test("an authority is a number or a key file, once for a name", async () => {
  const { authority } = newKeyFile(at("c.key"));
  expect(await authoritiesOf([`A=${authority}`, `__proto__=${at("c.key")}`])).toEqual(
    Object.fromEntries([
      ["A", authority],
      ["__proto__", authority],
    ]),
  );
  for (const text of ["A", "=5", "A="]) await expect(authoritiesOf([text]), text).rejects.toThrow(UsageError);
  await expect(authoritiesOf([`A=${authority}`, `A=${authority}`])).rejects.toThrow("has an authority already");
  for (const digits of ["0", "1", `${authority + 2n ** 254n}`])
    await expect(authoritiesOf([`A=${digits}`]), digits).rejects.toThrow("is not the number of a signing key");
  await expect(authoritiesOf([`A=${at("nowhere.key")}`])).rejects.toThrow(KeyFileError);
  chmodSync(at("c.key"), 0o640);
  await expect(authoritiesOf([`A=${at("c.key")}`])).rejects.toThrow("chmod 600");
});

test("a closed map refuses open programs, and an authority needs a program", async () => {
  const scenario = await scenarioOf(SCENARIO);
  const { authority } = newKeyFile(at("d.key"));
  const closed = true;
  await expect(recordDirectory(at("open"), scenario, { authorities: { B: authority }, closed })).rejects.toMatchObject({
    field: "closed",
    message: expect.stringContaining("A of the genesis would be open"),
  });
  expect(existsSync(at("open"))).toBe(false);
  await expect(recordDirectory(at("half"), scenario, { authorities: { A: authority }, closed })).rejects.toMatchObject({
    invariant: "log-signed",
  });
  const half = runFacts(at("other"), await recordDirectory(at("other"), scenario, { authorities: { B: authority } }));
  expect(half.open).toEqual([1]);
  await expect(recordDirectory(at("unknown"), scenario, { authorities: { C: authority } })).rejects.toThrow(
    'no program named "C" was created',
  );
});

test("signing for another map than the named one is refused", async () => {
  const { authority, secret } = newKeyFile(at("e.key"));
  await recordDirectory(at("foreign"), await scenarioOf(SCENARIO), { authorities: { A: authority, B: authority } });
  const path = join(at("foreign"), "manifest.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as object;
  const place = { registry: `0x${"aB".repeat(20)}`, creator: `0x${"aB".repeat(20)}`, salt: `0x${"cd".repeat(32)}` };
  const { genesisRoot } = readRun(at("foreign")).trace.header;
  const own = mapPlace({ ...place, chainId: 31337n }, genesisRoot);
  const { domain } = own;
  const save = (change: object) => {
    const chain = { ...own, chainId: "31337", domain: domain.toString(), ...change };
    writeFileSync(path, JSON.stringify({ ...manifest, chain }));
  };
  save({ domain: "99" });
  await expect(signRun(at("foreign"), { program: "A", secret })).rejects.toThrow("manifest.json chain domain: is 99");
  // A map of the same account, salt and registry that begins with another genesis: domain and id fit each other.
  const other = mapPlace({ ...place, chainId: 31337n }, genesisRoot + 1n);
  save({ mapId: other.mapId, domain: other.domain.toString() });
  await expect(signRun(at("foreign"), { program: "A", secret })).rejects.toThrow("manifest.json chain mapId: is");
  await expect(proveDirectory(at("foreign"))).rejects.toThrow("manifest.json chain mapId: is");
  save({});
  expect((await signRun(at("foreign"), { program: "A", secret })).report).toMatchObject({ domain, stillMissing: 1 });
});

test("the parties look and sign one after the other; before that, prove names the missing signers", async () => {
  const sign = (program: string, key: string) => ["sign", at("run"), "--program", program, "--key", at(key), "--yes"];
  const [looked, missing, wrong] = await Promise.all([
    cli(["audit", at("run"), "--unsigned"]),
    json(["prove", at("run")]),
    json(sign("B", "a.key")),
  ]);
  expect(looked).toMatchObject({ code: 0, stderr: "" });
  expect(looked.stdout).toMatch(/A \(program 1\): signs with \d+\n {2}B \(program 2\): signs with/);
  expect(missing).toMatchObject({
    code: 1,
    answer: {
      error: {
        invariant: "log-signed",
        missing: [
          { program: 1, name: "A", firstSeq: 1, lastSeq: 4, log: expect.stringMatching(/^\d+$/) },
          { program: 2, name: "B" },
        ],
      },
    },
  });
  expect(wrong).toMatchObject({ code: 1, answer: { error: { field: "key" } } });
  expect(existsSync(join(at("run"), "signatures"))).toBe(false);

  const first = await cli(sign("A", "a.key"));
  expect(first).toMatchObject({ code: 0, stderr: "" });
  expect(first.stdout).toMatch(
    /batch 1\.\.4.*\n {2}1\. CreateProgram .*\n {5}A \(program 1\) makes B \(program 2, key \d+\)[\s\S]*1 batch signed for A \(program 1\)\n1 signature of other/,
  );
  expect(first.stdout).not.toContain("4. ClaimFromProgram");
  const second = await json(sign("2", "b.key"));
  const signed = [{ firstSeq: 1, lastSeq: 4, transitions: [{ seq: 4, row: { effect: "ClaimFromProgram" } }] }];
  expect(second).toMatchObject({ code: 0, answer: { program: 2, name: "B", signed, stillMissing: 0 } });
  expect(readdirSync(join(at("run"), "signatures"))).toHaveLength(2);
});
