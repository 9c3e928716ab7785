/** The report on a map: its verifiers, its owner and submitters, and the comparisons that were made. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { artifactsOf } from "../../prover/artifacts.ts";
import type { VerificationKey } from "../../prover/keys/verificationKey.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { backDoors } from "../../verifier/audit/chain.ts";
import { read } from "../../verifier/chain/contract.ts";
import type { AdvancedEvent } from "../../verifier/chain/registry.ts";
import {
  advance,
  deployRegistry,
  disableVerifier,
  historyOf,
  keyHash,
  MOORED_LAG,
  pinned,
  proposeVerifier,
  type Registry,
  readMap,
  setSubmitter,
  transferOwnership,
} from "../../verifier/chain/registry.ts";
import { lookAtMap } from "../../verifier/map/lookAtMap.ts";
import { type MapReport, mapReport } from "../../verifier/map/mapReport.ts";
import { mapLines } from "../../verifier/map/mapText.ts";
import { as, hardhatChain, SOME_KEY, TestMap, wait } from "../lib/chains.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";
import { PROFILE } from "../lib/profile.ts";

let chain: Awaited<ReturnType<typeof hardhatChain>>;
let registry: Registry;
let own: VerificationKey;
let owner: string;
let other: string;

beforeAll(async () => {
  chain = await hardhatChain();
  registry = await deployRegistry(chain);
  own = (await artifactsOf(PROFILE)).key.verificationKey;
  owner = String(await chain.signer?.getAddress());
  other = String(await (await as(registry, 3)).chain.signer?.getAddress());
});
afterAll(() => chain[Symbol.asyncDispose]());

const look = (mapId: string) => lookAtMap(chain, registry.address, mapId);
const ownVerifier = () => ({ profile: PROFILE.name, key: own });
const FOREIGN = forgedKey({ ...SOME_SECRETS, alpha: 1_234n });

/** The error that arises if the node gives these answers instead of its own. */
async function lying(answers: object, work: () => Promise<unknown>): Promise<unknown> {
  Object.assign(chain.provider, answers);
  try {
    return await work().catch((error: unknown) => error);
  } finally {
    for (const name of Object.keys(answers)) Reflect.deleteProperty(chain.provider, name);
  }
}

describe("a map's report", () => {
  test("has owner, submitters, terms and verifiers, and no problem with this installation's own key", async () => {
    const map = await TestMap.create(registry, { verifiers: [ownVerifier()] });
    const { code, report, problems } = await look(map.mapId);
    expect([code, problems, report.notCompared]).toEqual(["same", [], []]);
    expect(report).toMatchObject({
      ...{ chainId: "31337", registry: registry.address, mapId: map.mapId, domain: map.domain.toString() },
      ...{ owner, pendingOwner: null, submitters: [owner], head: { root: "1000", seq: 0 } },
      terms: { genesisRoot: "1000", maxLag: 3_600, verifierDelay: 86_400, dataPolicy: "operator" },
      verifiers: [{ keyHash: keyHash(own), profile: PROFILE.name, status: "active", key: "same", disabled: false }],
    });
    expect(report.verifiers[0]?.enabledFrom).toBe(report.blockTime);
    const lines = mapLines(report).join("\n");
    for (const said of [owner, keyHash(own), "root 1000", "3600 s", "this installation's key"])
      expect(lines).toContain(said);
  });

  test("names a back door from its announcement on, until it is disabled", async () => {
    const map = await TestMap.create(registry, { verifiers: [ownVerifier()] });
    await proposeVerifier(registry, map.mapId, { profile: PROFILE.name, key: FOREIGN });
    const field = `verifier ${keyHash(FOREIGN)}`;
    const pending = await look(map.mapId);
    expect(pending.problems).toMatchObject([{ kind: "wrong", where: "chain", field }]);
    expect(pending.report.verifiers[1]).toMatchObject({ status: "pending", key: "another", ownKey: keyHash(own) });
    expect(mapLines(pending.report).join("\n")).toMatch(/PENDING, active from .*NOT this installation's key/);
    await wait(chain.provider, 86_401);
    const active = await look(map.mapId);
    expect(active.problems).toMatchObject([{ field, message: expect.stringContaining("since") }]);
    expect(active.report.verifiers[1]).toMatchObject({ status: "active" });
    await disableVerifier(registry, map.mapId, keyHash(FOREIGN));
    const gone = await look(map.mapId);
    expect(gone.problems).toEqual([]);
    expect(gone.report.verifiers[1]).toMatchObject({ status: "disabled", disabled: true, key: "another" });
  });

  test("treats a key of an unknown profile as foreign, and reports verifiers without a comparison", async () => {
    const map = await TestMap.create(registry, { verifiers: [{ profile: "batch-7", key: SOME_KEY }] });
    const { report, problems } = await look(map.mapId);
    expect(report.verifiers).toMatchObject([{ key: "another", ownKey: null }]);
    expect(problems).toMatchObject([{ message: expect.stringContaining("no such profile") }]);
    const bare = await TestMap.create(registry, { verifiers: [{ profile: "batch-256", key: SOME_KEY }] });
    const { block, ...there } = await pinned(registry);
    const found = { map: await readMap(there, bare.mapId), block, submitters: [] };
    const findings = { ...found, chainId: chain.chainId, registry: registry.address };
    // As if neither the package nor the cache has a key of the profile.
    const bareReport = await mapReport(findings, async () => null);
    expect(bareReport.verifiers).toMatchObject([{ key: "not compared", ownKey: null }]);
    expect(bareReport.notCompared).toMatchObject([expect.stringContaining("setup --profile batch-256")]);
    // The key may be foreign: the map is not in order before the key is compared.
    expect(backDoors(bareReport, [])).toMatchObject([
      { kind: "unfinished", message: expect.stringContaining("setup --profile batch-256") },
    ]);
    expect(mapLines(bareReport).join("\n")).toContain("not compared: this installation has no key");
  });

  test("names keys of exits and cells that are not this installation's, and what crosses the border", async () => {
    const genesisRoot = BigInt((await read(registry, "MOORED_GENESIS_ROOT", []))[0]);
    const terms = { genesisRoot, maxLag: MOORED_LAG, dataPolicy: "chain", verifiers: [ownVerifier()] } as const;
    const { mapId } = await TestMap.create(registry, terms);
    const { report, crossing, problems } = await look(mapId);
    const field = `key ${keyHash(SOME_KEY)}`;
    expect(problems).toMatchObject([
      { where: "chain", field },
      { where: "chain", field },
    ]);
    expect(report.mooring).toMatchObject({
      frozen: false,
      entries: 0,
      keys: [{ circuit: "exit" }, { circuit: "cell" }],
    });
    expect(crossing).toMatchObject({ purses: [], deposits: [], requests: [], frozenBy: null });
    expect(mapLines(report).join("\n")).toContain("moored: not frozen; an exit is late after");
    const plain = await TestMap.create(registry, { verifiers: [ownVerifier()] });
    expect(await look(plain.mapId)).toMatchObject({ crossing: null, report: { mooring: null } });
  });

  test("follows the submitters and the pending owner", async () => {
    const map = await TestMap.create(registry, { verifiers: [ownVerifier()] });
    await setSubmitter(registry, map.mapId, other, true);
    await setSubmitter(registry, map.mapId, owner, false);
    await transferOwnership(registry, map.mapId, other);
    const { report } = await look(map.mapId);
    expect(report).toMatchObject({ submitters: [other], owner, pendingOwner: other });
    expect(mapLines(report).join("\n")).toContain(`which has offered the map to ${other}`);
    await setSubmitter(registry, map.mapId, other, false);
    expect(mapLines((await look(map.mapId)).report)).toContain("no account may submit");
  });

  test("is of one block, also if the map changes while it is read", async () => {
    const map = await TestMap.create(registry);
    const { number } = (await chain.provider.getBlock("latest")) ?? { number: 0 };
    await advance(registry, map.mapId, [map.batch()]);
    const before = await historyOf({ ...registry, at: number }, map.mapId);
    expect(before.advanced).toEqual([]);
    expect((await historyOf(registry, map.mapId)).advanced).toHaveLength(1);
  });
});

describe("another contract or a faulty node", () => {
  test("other code is a problem in the report, and an address without a registry is an error", async () => {
    const map = await TestMap.create(registry, { verifiers: [ownVerifier()] });
    // One byte of the metadata is changed: it answers like a registry, but its code is another.
    const code = await chain.provider.getCode(registry.address);
    const odd = `0x${"21".repeat(20)}`;
    await chain.provider.send("hardhat_setCode", [odd, `${code.slice(0, -2)}00`]);
    await expect(lookAtMap(chain, odd, map.mapId)).rejects.toThrow("has no such map");
    const stored = await TestMap.create({ chain, address: odd }, { verifiers: [] });
    const { code: match, problems } = await lookAtMap(chain, odd, stored.mapId);
    expect(match).toBe("other");
    expect(problems).toMatchObject([{ kind: "wrong", where: "registry", field: "code" }]);
    const stub = `0x${"22".repeat(20)}`;
    await chain.provider.send("hardhat_setCode", [stub, "0x6001600155"]);
    await expect(lookAtMap(chain, stub, map.mapId)).rejects.toThrow("does not answer as one");
    await expect(lookAtMap(chain, `0x${"23".repeat(20)}`, map.mapId)).rejects.toThrow("no contract");
  });

  test("without the events of the map's creation the report says that the submitters are unknown", async () => {
    const map = await TestMap.create(registry);
    const error = await lying({ getLogs: async () => [] }, () => historyOf(registry, map.mapId));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(String(error)).toContain("name a node with all events");
  });

  test("a block without a time, and malformed code, are errors of the surroundings", async () => {
    const map = await TestMap.create(registry);
    for (const lie of [
      { getBlock: async () => null },
      { getBlock: async () => ({ number: 1, timestamp: "soon" }) },
      { getBlock: async () => Promise.reject(new TypeError("number")) },
      { getCode: async () => 7 },
      { call: async () => "0x12" },
    ]) {
      const error = await lying(lie, () => look(map.mapId));
      expect(error, Object.keys(lie).join()).toMatchObject({ code: "rpc", exitCode: 3 });
      expect(String(error)).toMatch(/; ask again, or name another node$/);
    }
  });
});

test("a report's problems follow from the report alone", async () => {
  const map = { ...(await someMap()), verifiers: [] };
  const report: MapReport = await mapReport({
    ...{ chainId: 1n, registry: "0x", block: { number: 9, timestamp: 1_000 }, submitters: [] },
    map: { ...map, verifiers: [{ keyHash: "0xab", profile: PROFILE.name, enabledFrom: 1_001, disabled: false }] },
  });
  expect(report.verifiers).toMatchObject([{ status: "pending", key: "another" }]);
  expect(backDoors(report, [])).toMatchObject([
    { field: "verifier 0xab", message: expect.stringContaining("from 1001 on") },
  ]);
  // Its accepted batches stay in doubt after the verifier is disabled.
  const off = { ...report, verifiers: report.verifiers.map((each) => ({ ...each, status: "disabled" as const })) };
  const span = { firstSeq: 4, count: 2, notBefore: 0, until: 0, moored: false };
  const event = { ...({} as AdvancedEvent), keyHash: "0xAB", span, seq: 5 };
  expect(backDoors(off, [event])).toMatchObject([{ kind: "wrong", field: "batch 4..5" }]);
  expect(backDoors(off, [{ ...event, keyHash: "0xcd" }])).toEqual([]);
});

async function someMap() {
  const { readMap } = await import("../../verifier/chain/registry.ts");
  return readMap(registry, (await TestMap.create(registry)).mapId);
}
