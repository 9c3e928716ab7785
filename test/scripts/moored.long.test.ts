/** A moored map from its run to its chain and back: create, submit, audit, rebuild. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import { readBundles } from "../../prover/bundles/bundle.ts";
import { signDirectory } from "../../prover/sign.ts";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import type { Progress } from "../../scripts/lib/progress.ts";
import { openChainSubmitter } from "../../service/operator/chainSubmitter.ts";
import { replayDirectory } from "../../trace/replay/replay.ts";
import { pathIn, readRun, saveManifest } from "../../trace/run/runDirectory.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { createOnChain } from "../../verifier/chain/publish.ts";
import { type Chain, connect, deployRegistry, MOORED_LAG, readMap } from "../../verifier/chain/registry.ts";
import { submitRun } from "../../verifier/chain/submitRun.ts";
import { forgeBundles } from "../adversary/lib/knownRuns.ts";
import { secretOf } from "../lib/authorities.ts";
import { chainTime } from "../lib/chains.ts";
import { DIAGRAM } from "../lib/diagram.ts";
import { mooredTrade, TRADERS } from "../lib/mooredTrade.ts";
import { PROFILE, USUAL_PROFILES } from "../lib/profile.ts";
import { cliHere, json } from "./cli.ts";

const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
/** A moored map takes one profile that can let anybody out. */
const LARGE = ["batch-64"];
const scratch = mkdtempSync(join(tmpdir(), "timebandits-moored-"));
const at = (name: string): string => join(scratch, name);
let anvil: Anvil;
let chain: Chain;
let registry: string;
let mapId: string;
/** Time of the runs' first transition, in seconds since 1970. */
let started: number;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
  registry = (await deployRegistry(chain)).address;
  started = (await chainTime(chain.provider)) - 3_000;
  await runScenario(mooredTrade(started), { out: at("run"), profiles: USUAL_PROFILES });
  const made = await createOnChain(at("run"), chain, { registry, profile: LARGE }, SILENT);
  mapId = made.chain.mapId;
  for (const program of TRADERS)
    await signDirectory(at("run"), { program: `${program}`, secret: secretOf(program), validUntil: 2 ** 40 - 1 });
  await forgeBundles(at("run"), await artifactsOf(PROFILE));
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

const submit = (options: object = {}) => submitRun(at("run"), chain, registry, SILENT, options);
const problemsOf = async (dir: string) => (await auditDirectory(dir)).problems;
const copied = (name: string): string => {
  cpSync(at("run"), at(name), { recursive: true });
  return at(name);
};
/** Changes the run's genesis.json, as an operator could. */
function withGenesis(dir: string, change: (text: string) => string): void {
  const path = pathIn(dir, "genesis");
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

test("create gives the map the data policy of its genesis, and no lag that its rows could not tell", async () => {
  expect(await readMap({ chain, address: registry }, mapId)).toMatchObject({ dataPolicy: "chain" });
  const dir = copied("lag");
  const { chain: _, ...manifest } = readRun(dir).manifest;
  saveManifest(dir, manifest);
  await expect(
    createOnChain(dir, chain, { registry, profile: LARGE, maxLag: MOORED_LAG + 1 }, SILENT),
  ).rejects.toMatchObject({
    field: "maxLag",
  });
  withGenesis(dir, (text) => text.replace(',"moored":true', ""));
  saveManifest(dir, readRun(at("run")).manifest);
  await expect(createOnChain(dir, chain, { registry, profile: LARGE }, SILENT)).rejects.toMatchObject({
    field: "cells[256].authority",
  });
});

test("create refuses a moored map whose first rows would always be too old", async () => {
  const dir = at("old");
  await runScenario(mooredTrade(started), { out: dir, profiles: USUAL_PROFILES });
  const late = { timestamp: started + MOORED_LAG + 1 };
  const snapshot: string = await chain.provider.send("evm_snapshot", []);
  await chain.provider.send("evm_setNextBlockTimestamp", [late.timestamp]);
  await chain.provider.send("evm_mine", []);
  await expect(createOnChain(dir, chain, { registry, profile: LARGE }, SILENT)).rejects.toMatchObject({
    field: "trace.jsonl",
  });
  await chain.provider.send("evm_revert", [snapshot]);
  chain.provider.destroy();
  chain = await connect(anvil.url);
});

describe("audit", () => {
  test("finds nothing wrong with the run as it is", async () => {
    expect(await problemsOf(at("run"))).toEqual([]);
  });
  test("says so if the genesis says that nothing is published", async () => {
    const dir = copied("unmoored");
    withGenesis(dir, (text) => text.replace(',"moored":true', ""));
    expect(await problemsOf(dir)).toContainEqual(
      // Only a moored map begins with the chain's program.
      expect.objectContaining({ where: "run", field: "cells[256].authority" }),
    );
  });
  test("says so if the map is moored and the proofs publish nothing", async () => {
    const dir = at("unpublished");
    await runScenario(DIAGRAM, { out: dir, profiles: [PROFILE] });
    await forgeBundles(dir, await artifactsOf(PROFILE));
    withGenesis(dir, (text) => text.replace(',"cells":', ',"moored":true,"cells":'));
    expect(await problemsOf(dir)).toContainEqual(expect.objectContaining({ where: "run", field: "moored" }));
  });
  test("takes no other word for moored", async () => {
    for (const word of ["false", '"yes"', "1"]) {
      const dir = copied(`word ${word.replaceAll('"', "")}`);
      withGenesis(dir, (text) => text.replace('"moored":true', `"moored":${word}`));
      expect(await problemsOf(dir)).toContainEqual(
        expect.objectContaining({ field: expect.stringContaining("moored") }),
      );
    }
  });
});

test("submit publishes the rows of each batch, with a store and without, and in the calls that it prints", async () => {
  const snapshot: string = await chain.provider.send("evm_snapshot", []);
  const { calls } = await submit({ calldata: true, store: false });
  await submit({ store: false });
  const { root, seq } = await readMap({ chain, address: registry }, mapId);
  await chain.provider.send("evm_revert", [snapshot]);
  chain.provider.destroy();
  chain = await connect(anvil.url);
  // A replay that keeps a store.
  expect((await cliHere(["prove", at("run")])).code).toBe(0);
  expect((await submit({ calldata: true, store: {} })).calls).toEqual(calls);
  await submit({ store: {} });
  expect(await readMap({ chain, address: registry }, mapId)).toMatchObject({ root, seq });
  expect((await auditDirectory(at("run"), { rpc: anvil.url })).problems).toEqual([]);
});

test("a server publishes the rows of what it submits, also if it begins behind a proven part", async () => {
  const dir = at("served");
  await runScenario(mooredTrade(started), { out: dir, profiles: USUAL_PROFILES });
  const { chain: place } = await createOnChain(dir, chain, { registry, profile: LARGE }, SILENT);
  await forgeBundles(dir, await artifactsOf(PROFILE));
  const bundles = (await readBundles(dir)).flatMap((stored) => ("bundle" in stored ? [stored.bundle] : []));
  expect(bundles.length).toBeGreaterThan(1);
  const send = async (some: typeof bundles) => (await openChainSubmitter(dir, chain, registry)).submit(some);
  await send(bundles.slice(0, 1));
  await send(bundles.slice(1));
  const { trace, map } = replayDirectory(dir);
  const state = await readMap({ chain, address: registry }, place.mapId);
  expect(state).toMatchObject({ seq: trace.records.length, root: map.root() });
});

test("rebuild makes the same run from the chain, and nothing if it cannot", async () => {
  const asked = ["rebuild", "--rpc", anvil.url, "--registry", registry, "--map", mapId];
  const { code, answer } = await json([...asked, "--out", at("rebuilt")]);
  const { trace, map } = replayDirectory(at("run"));
  expect({ code, answer }).toMatchObject({
    code: 0,
    answer: { transitions: trace.records.length, root: `${map.root()}` },
  });
  const again = replayDirectory(at("rebuilt"));
  expect(again.trace.records).toEqual(trace.records);
  expect(again.map.root()).toBe(map.root());
  // The rebuilt run is one to go on with: its map is the chain's.
  expect(again.manifest.chain).toMatchObject({ mapId });
  const taken = await json([...asked, "--out", at("rebuilt")]);
  expect(taken).toMatchObject({ code: 1, answer: { error: { field: "out" } } });
  expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
});
