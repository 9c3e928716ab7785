/** The verbs that talk to a node. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { send } from "../../verifier/chain/connect.ts";
import { connect } from "../../verifier/chain/registry.ts";
import { provenRun } from "../lib/provenRun.ts";
import { cli, cliHere, jsonHere } from "./cli.ts";

const DEAD = "http://127.0.0.1:1";
const NOBODY = `0x${"1".repeat(40)}`;

const scratch = mkdtempSync(join(tmpdir(), "timebandits-chain-verbs-"));
const at = (name: string): string => join(scratch, name);
let anvil: Anvil;
let registry = "";

beforeAll(async () => {
  anvil = await startAnvil();
  const deployed = await jsonHere(["deploy", "--rpc", anvil.url]);
  expect(deployed).toMatchObject({ code: 0, stderr: "", answer: { ok: true, chainId: 31337 } });
  registry = String(deployed.answer.registry);
});
afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
  await anvil?.stop();
});

describe("an unreachable node", () => {
  test("ends every verb with 3", async () => {
    expect((await cliHere(["run", "seed", "--out", at("dead")])).code).toBe(0);
    const border = ["--rpc", DEAD, "--registry", NOBODY, "--map", `0x${"1".repeat(64)}`];
    const verbs = [
      ["deploy", "--rpc", DEAD],
      ["create", at("dead"), "--rpc", DEAD, "--registry", NOBODY],
      ["submit", at("dead"), "--rpc", DEAD, "--registry", NOBODY],
      ["map", "--rpc", DEAD, "--registry", NOBODY, "--map", `0x${"1".repeat(64)}`],
      ["accept", "--rpc", DEAD, "--registry", NOBODY, "--map", `0x${"1".repeat(64)}`, "--calldata"],
      ["list-token", "--rpc", DEAD, "--registry", NOBODY, "--token", NOBODY],
      ["deposit", ...border, "--asset", "ETH", "--quantity", "1", "--program", "2", "--authority", "5", "--calldata"],
      ["refund", ...border, "--number", "1"],
      ["withdraw-funds", "--rpc", DEAD, "--registry", NOBODY, "--asset", "ETH"],
      ["observe", ...border, "--feed", "0"],
      ["freeze", ...border, "--request", "1", "--calldata"],
      ["dismiss", ...border, "--request", "1"],
      ["import", "evm-calls", "--rpc", DEAD, "--tx", `0x${"1".repeat(64)}`, "--out", at("never")],
    ];
    const ends = await Promise.all(verbs.map((args) => jsonHere(args)));
    for (const { code, answer } of ends)
      expect({ code, answer }).toMatchObject({ code: 3, answer: { ok: false, error: { code: "rpc" } } });
  });
});

describe("keys", () => {
  test("come from a file or the environment, and are never shown", async () => {
    // anvil's second account. Its key is public.
    const key = "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d";
    writeFileSync(at("key"), `0x${key}\n`, { mode: 0o600 });
    writeFileSync(at("nokey"), `${key}ff`, { mode: 0o600 });
    const [byFile, byVariable, wrong, missing] = await Promise.all([
      cliHere(["deploy", "--rpc", anvil.url, "--key", at("key")]),
      cli(["deploy", "--rpc", anvil.url], { env: { TIMEBANDITS_KEY: key } }),
      cliHere(["deploy", "--rpc", anvil.url, "--key", at("nokey")]),
      cliHere(["deploy", "--rpc", anvil.url, "--key", at("nowhere")]),
    ]);
    expect([byFile.code, byVariable.code, wrong.code, missing.code]).toEqual([0, 0, 1, 1]);
    for (const { stdout, stderr } of [byFile, byVariable, wrong, missing]) expect(stdout + stderr).not.toContain(key);
  });

  test("of the node's own accounts are accepted only on local chains", async () => {
    await using other = await startAnvil({ chainId: 5 });
    expect(await jsonHere(["deploy", "--rpc", other.url])).toMatchObject({
      code: 3,
      answer: { error: { code: "account" } },
    });
  });
});

describe("import from a node", () => {
  test("asks for the calls and the block", async () => {
    const chain = await connect(anvil.url);
    const { hash } = await send(chain, { to: NOBODY, data: "0x", value: 1_000n });
    chain.provider.destroy();
    const done = await jsonHere(["import", "evm-calls", "--rpc", anvil.url, "--tx", hash, "--out", at("sent")]);
    expect(done).toMatchObject({ code: 0, answer: { transitions: 2, report: { frames: 1, programs: { 2: NOBODY } } } });
    expect(await jsonHere(["replay", at("sent")])).toMatchObject({ code: 0, answer: { transitions: 2 } });

    const unknown = ["import", "evm-calls", "--rpc", anvil.url, "--tx", `0x${"1".repeat(64)}`, "--out", at("unknown")];
    expect(await jsonHere(unknown)).toMatchObject({ code: 1, answer: { error: { field: "tx" } } });
  });
});

describe("a run and a registry", () => {
  test("create once, then submit; proofs from before create are refused, and the message names them", async () => {
    const dir = await provenRun();
    const where = ["--rpc", anvil.url, "--registry", registry];
    expect(await jsonHere(["submit", dir, ...where])).toMatchObject({
      code: 1,
      answer: { error: { code: "local-domain" } },
    });
    const created = await jsonHere(["create", dir, ...where]);
    expect(created).toMatchObject({
      code: 0,
      stderr: "",
      answer: { ok: true, created: true, verifiers: [{ profile: "batch-8" }] },
    });
    expect(created.answer.chain).toMatchObject({ chainId: 31337, registry });
    const again = await jsonHere(["create", dir, ...where]);
    expect(again).toMatchObject({ code: 0, answer: { created: false, chain: created.answer.chain } });
    const local = await jsonHere(["submit", dir, ...where]);
    expect(local).toMatchObject({ code: 1, answer: { error: { code: "local-domain" } } });
    expect(local.answer.error?.message).toMatch(/^proofs\/0000000001-.*prove again$/);
    const elsewhere = await jsonHere(["deploy", "--rpc", anvil.url]);
    const other = ["--rpc", anvil.url, "--registry", String(elsewhere.answer.registry)];
    expect(await jsonHere(["create", dir, ...other])).toMatchObject({
      code: 1,
      answer: { error: { field: "manifest.json chain" } },
    });
    const nothing = ["--rpc", anvil.url, "--registry", NOBODY];
    expect(await jsonHere(["create", dir, ...nothing])).toMatchObject({
      code: 1,
      answer: { error: { field: "registry" } },
    });
  });

  test("of a reverted transaction have nothing to submit", async () => {
    const call = { type: "CALL", from: NOBODY, to: NOBODY, error: "execution reverted" };
    writeFileSync(at("reverted.json"), JSON.stringify(call));
    const where = ["--rpc", anvil.url, "--registry", registry];
    for (const args of [
      ["import", "evm-calls", at("reverted.json"), "--out", at("reverted")],
      ["submit", at("reverted"), ...where],
      ["create", at("reverted"), ...where],
      ["submit", at("reverted"), ...where],
      ["audit", at("reverted"), ...where],
    ]) {
      const { code, stdout, stderr } = await cliHere(args);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: "" });
      expect(stdout).toMatch(/no transition/);
    }
  });
});
