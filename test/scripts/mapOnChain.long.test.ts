/** Creates maps and submits to them, also if the chain and the run disagree. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import type { Progress } from "../../scripts/lib/progress.ts";
import { kindOf } from "../../trace/layout.ts";
import { readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../trace/tracer/scenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { renderAudit } from "../../verifier/audit/render.ts";
import { send } from "../../verifier/chain/connect.ts";
import { createOnChain } from "../../verifier/chain/publish.ts";
import {
  type Chain,
  connect,
  deployRegistry,
  disableVerifier,
  isSubmitter,
  keyHash,
  proposeVerifier,
  readMap,
} from "../../verifier/chain/registry.ts";
import { submitRun } from "../../verifier/chain/submitRun.ts";
import { forgeBundles } from "../adversary/lib/knownRuns.ts";
import { SOME_KEY } from "../lib/chains.ts";
import { DIAGRAM } from "../lib/diagram.ts";
import { PROFILE } from "../lib/profile.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
const scratch = mkdtempSync(join(tmpdir(), "timebandits-map-"));
let anvil: Anvil;
let chain: Chain;
let owner: string;
let registry: string;
let runs = 0;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  owner = String(await chain.signer?.getAddress());
  registry = (await deployRegistry(chain)).address;
});
beforeEach(() => {
  runs++;
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Program 1 issues once for each of these quantities. */
function issues(...quantities: number[]): Scenario {
  return {
    name: "issues",
    description: "something is issued",
    genesis: DIAGRAM.genesis,
    run(tracer) {
      for (const quantity of quantities) {
        tracer.program(1).issue({ kind: kindOf(1, 1), quantity: BigInt(quantity) }, 1_767_225_600);
      }
    },
  };
}

/** The chain goes back to a snapshot. The next sender is another process, without memory of the lost blocks. */
async function takeBack(snapshot: string): Promise<void> {
  await chain.provider.send("evm_revert", [snapshot]);
  chain.provider.destroy();
  chain = await connect(anvil.url);
}

const dirOf = (name: string): string => join(scratch, `${runs}-${name}`);

async function run(name: string, ...quantities: number[]): Promise<string> {
  await runScenario(issues(...quantities), { out: dirOf(name), profiles: [PROFILE] });
  return dirOf(name);
}

/** Another run of the same genesis, whose manifest has the same map. */
async function onTheSameMap(as: string, name: string, ...quantities: number[]): Promise<string> {
  const dir = await run(name, ...quantities);
  const { chain: place } = readRun(as).manifest;
  if (place !== undefined) saveManifest(dir, { ...readRun(dir).manifest, chain: place });
  return dir;
}

const create = (dir: string, options: object = {}) => createOnChain(dir, chain, { registry, ...options }, SILENT);
const submit = (dir: string, options: object = {}) => submitRun(dir, chain, registry, SILENT, options);
const prove = async (dir: string) => forgeBundles(dir, await artifactsOf(PROFILE));

test("submit succeeds only if the chain's head is this trace's end; another and a longer trace are refused", async () => {
  const dir = await run("own", 1, 2);
  await create(dir);
  await prove(dir);
  const done = await submit(dir);
  expect(done).toMatchObject({
    already: 0,
    submitted: [{ firstSeq: 1, lastSeq: 2 }],
    head: { seq: 2 },
    confirmations: 1,
  });
  expect(await submit(dir)).toMatchObject({ already: 1, submitted: [], head: done.head, block: done.block });
  expect((await auditDirectory(dir, { rpc: anvil.url })).problems).toEqual([]);

  const same = await onTheSameMap(dir, "same length", 1, 3);
  const shorter = await onTheSameMap(dir, "shorter", 1);
  const longer = await onTheSameMap(dir, "longer", 1, 3, 4);
  const onward = await onTheSameMap(dir, "onward", 1, 2, 4);
  for (const other of [same, shorter, longer]) {
    await prove(other);
    await expect(submit(other), other).rejects.toMatchObject({ code: "another-trace", exitCode: 1 });
  }
  await expect(submit(shorter)).rejects.toThrow("holds a longer trace");
  await expect(submit(same)).rejects.toThrow("holds another trace");
  // The same beginning, and one transition more: a batch of its own after the submitted ones.
  cpSync(join(dir, "proofs"), join(onward, "proofs"), { recursive: true });
  await prove(onward);
  expect(await submit(onward)).toMatchObject({ already: 1, submitted: [{ firstSeq: 3 }], head: { seq: 3 } });
  await expect(submit(dir)).rejects.toThrow("holds a longer trace");
});

test("an audit lists the accounts with power over the map, and names a back door from its announcement on", async () => {
  const dir = await run("audited", 1);
  const { chain: place } = await create(dir);
  await prove(dir);
  await submit(dir);
  const report = await auditDirectory(dir, { rpc: anvil.url, registry });
  const { key } = await artifactsOf(PROFILE);
  expect(report).toMatchObject({
    ok: true,
    chain: {
      ...{ owner, pendingOwner: null, submitters: [owner], mapId: place.mapId },
      terms: { genesisRoot: readRun(dir).trace.header.genesisRoot.toString(), dataPolicy: "operator" },
      verifiers: [{ keyHash: key.vkeyHash, profile: PROFILE.name, status: "active", key: "same" }],
    },
  });
  expect(renderAudit(report)).toContain(`  owner ${owner}\n  submitter ${owner}\n  terms: begins at root`);
  await proposeVerifier({ chain, address: registry }, place.mapId, { profile: PROFILE.name, key: SOME_KEY });
  const opened = await auditDirectory(dir, { rpc: anvil.url, registry });
  expect(opened).toMatchObject({
    ok: false,
    problems: [{ kind: "wrong", where: "chain", field: `verifier ${keyHash(SOME_KEY)}` }],
  });
  // Without a node the audit says that all of this is unknown.
  expect((await auditDirectory(dir)).notes.join()).toContain("terms and verifiers are unknown");
  await disableVerifier({ chain, address: registry }, place.mapId, keyHash(SOME_KEY));
  expect(await auditDirectory(dir, { rpc: anvil.url, registry })).toMatchObject({ ok: true });
});

test("a bundle of another trace is not submitted, also if it follows the chain's head", async () => {
  const dir = await run("own", 5);
  await create(dir);
  const other = await onTheSameMap(dir, "other", 6);
  await prove(other);
  cpSync(join(other, "proofs"), join(dir, "proofs"), { recursive: true });
  await expect(submit(dir)).rejects.toThrow("does not end at a state of this trace");
});

test("a lost map gets the same id when its creator makes it again, and proofs stay valid", async () => {
  const dir = await run("lost", 1, 2);
  const before = String(await chain.provider.send("evm_snapshot", []));
  const made = await create(dir);
  expect(made).toMatchObject({ created: true, again: false, chain: { creator: owner } });
  await prove(dir);
  const empty = String(await chain.provider.send("evm_snapshot", []));
  await submit(dir);
  await takeBack(empty);
  // Only the batches are lost. They are submitted again.
  expect(await submit(dir)).toMatchObject({ already: 0, submitted: [{ firstSeq: 1 }] });
  await takeBack(before);
  await expect(submit(dir)).rejects.toMatchObject({ code: "map-lost", exitCode: 1 });
  await expect(auditDirectory(dir, { rpc: anvil.url })).rejects.toMatchObject({ code: "map-lost" });

  const other = await connect(anvil.url);
  const stranger = { ...other, signer: await other.provider.getSigner(1) };
  await expect(createOnChain(dir, stranger, { registry }, SILENT)).rejects.toThrow("would create another one");
  expect(readRun(dir).manifest.chain).toEqual(made.chain);
  const again = await create(dir);
  expect(again).toMatchObject({ created: true, again: true, chain: made.chain });
  expect(await submit(dir)).toMatchObject({ submitted: [{ firstSeq: 1 }], head: { seq: 2 } });
  expect(await create(dir)).toMatchObject({ created: false, again: false, chain: made.chain });
  other.provider.destroy();
});

test("create finds the map of an interrupted call, and makes no second one", async () => {
  const dir = await run("cut", 1);
  const made = await create(dir);
  const { chain: place, ...manifest } = readRun(dir).manifest;
  saveManifest(dir, manifest);
  const intention = { creator: owner.toLowerCase(), salt: place?.salt, elsewhere: false };
  const written = JSON.stringify({ chainId: "31337", registry: registry.toLowerCase(), ...intention });
  writeFileSync(join(dir, ".create.json"), written);
  const sent = await chain.provider.getTransactionCount(owner);
  expect(await create(dir)).toMatchObject({
    created: false,
    chain: { mapId: made.chain.mapId, domain: made.chain.domain },
  });
  expect(await chain.provider.getTransactionCount(owner)).toBe(sent);
  expect(existsSync(join(dir, ".create.json"))).toBe(false);
  writeFileSync(join(dir, ".create.json"), "{}");
  saveManifest(dir, manifest);
  await expect(create(dir)).rejects.toThrow(".create.json: was not written by create");
});

test("create prints the calls for an account that signs elsewhere, and then finds its map", async () => {
  const dir = await run("safe", 1);
  const { address } = await deployRegistry(chain);
  const create = (options: object) => createOnChain(dir, chain, { registry: address, ...options }, SILENT);
  const submit = (options: object = {}) => submitRun(dir, chain, address, SILENT, options);
  const safe = await chain.provider.getSigner(2);
  const from = await safe.getAddress();
  const told = await create({ from, calldata: true });
  expect(told).toMatchObject({ created: false, block: null, chain: { creator: from } });
  expect(told.calls?.map(({ function: name, value }) => [name, value])).toEqual([
    ["storeKey", "0"],
    ["createMap", "0"],
  ]);
  expect(readRun(dir).manifest.chain).toBeUndefined();
  await expect(create({ from })).rejects.toMatchObject({ code: "not-created", exitCode: 1 });
  // The same call gives the same map.
  expect((await create({ from, calldata: true })).chain).toEqual(told.chain);
  for (const { to, data } of told.calls ?? []) await send({ ...chain, signer: safe }, { to, data });
  expect(await create({ from, calldata: true })).toMatchObject({ created: false, calls: null, chain: told.chain });
  expect(readRun(dir).manifest.chain).toEqual(told.chain);
  expect((await readMap({ chain, address }, told.chain.mapId)).owner).toBe(from);

  await prove(dir);
  await expect(submit({ calldata: true, from: owner })).rejects.toMatchObject({ reason: "NotSubmitter" });
  const { calls } = await submit({ calldata: true, from });
  expect(calls).toMatchObject([{ function: "advance", to: address, value: "0" }]);
  expect(await submit({ calldata: true })).toMatchObject({ calls, submitted: [] });
  for (const { to, data } of calls ?? []) await send({ ...chain, signer: safe }, { to, data });
  expect(await submit({ calldata: true, from })).toMatchObject({ calls: [], head: { seq: 1 } });
  expect(await submit()).toMatchObject({ already: 1, submitted: [] });
  expect(await isSubmitter({ chain, address }, told.chain.mapId, owner)).toBe(false);
});

test("create reports a map only once it is confirmed", async () => {
  const dir = await run("confirmed", 1);
  const hasty = { ...chain, waitMs: 300 };
  const asked = { registry, confirmations: 3 };
  await expect(createOnChain(dir, hasty, asked, SILENT)).rejects.toMatchObject({ code: "unconfirmed", exitCode: 3 });
  const { mapId } = readRun(dir).manifest.chain ?? { mapId: "" };
  const waiting = createOnChain(dir, chain, asked, SILENT);
  await chain.provider.send("anvil_mine", ["0x2"]);
  const done = await waiting;
  expect(done).toMatchObject({ created: false, confirmations: 3, chain: { mapId } });
  expect((await readMap({ chain, address: registry }, mapId)).createdIn).toBe(done.block);
  await prove(dir);
  await expect(submitRun(dir, hasty, registry, SILENT, { confirmations: 2 })).rejects.toThrow("no new block comes");
  await chain.provider.send("anvil_mine", ["0x1"]);
  expect(await submit(dir, { confirmations: 2 })).toMatchObject({ already: 1, submitted: [], confirmations: 2 });
});

test("create reports the verifiers that the map has on the chain", async () => {
  const dir = await run("keys", 1);
  const made = await create(dir);
  const bystander = await onTheSameMap(dir, "bystander", 1);
  expect(await create(bystander)).toMatchObject({ verifiers: made.verifiers, warnings: [] });
  const asked = await create(bystander, { profile: ["batch-8"] });
  expect(asked.verifiers).toEqual(made.verifiers);
  expect(readFileSync(join(dir, "manifest.json"), "utf8")).toContain(`"creator": "${owner}"`);
});
