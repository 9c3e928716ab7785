/** A moored map on a chain: its rows are published, and the run is made again from them alone. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log } from "ethers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { batchesOf } from "../../prover/batches/batcher.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { profileOf } from "../../prover/profiles.ts";
import { unpackSpan } from "../../trace/commitment/commit.ts";
import { FIELD } from "../../trace/layout.ts";
import { pathIn, readGenesis } from "../../trace/run/runDirectory.ts";
import { recordOf } from "../../trace/run/traceLines.ts";
import { type Genesis, mapOf } from "../../trace/state/genesis.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { registryAbi } from "../../verifier/chain/contract.ts";
import { MapFollower } from "../../verifier/chain/followMap.ts";
import { publishedRows } from "../../verifier/chain/publishedRows.ts";
import { rebuildRun } from "../../verifier/chain/rebuild.ts";
import { advance, type BatchSubmission, deployRegistry, keyHash, readMap } from "../../verifier/chain/registry.ts";
import { headStateOf, rebuiltHeadState } from "../../verifier/exits/headState.ts";
import { chainTime, hardhatChain, refusal, SOME_KEY, TestMap } from "../lib/chains.ts";
import { forgedProof, SOME_SECRETS } from "../lib/forge.ts";
import { mooredSoak } from "../lib/mooredSoak.ts";

const PROFILE = profileOf("batch-8");
let root = "";
let chain: Awaited<ReturnType<typeof hardhatChain>>;
let tracer: Tracer;
let genesis: Genesis;
let map: TestMap;
let batches: BatchSubmission[];
const at = (name: string): string => join(root, name);

/** The batches of the run, with proofs that know the key's secrets. */
function batchesFor(domain: bigint): BatchSubmission[] {
  const state = mapOf(genesis);
  return [...batchesOf(tracer.groups, PROFILE)].map(({ transitions }) => {
    const { statement } = openBatch(state, transitions, PROFILE, domain);
    const { preRoot, postRoot, traceRoot, span } = statement;
    const proof = forgedProof(SOME_SECRETS, [
      preRoot,
      postRoot,
      traceRoot,
      span,
      domain,
      statement.point,
      statement.value,
    ]);
    const rows = publishedRows(transitions.map(recordOf), statement);
    return { keyHash: keyHash(SOME_KEY), preRoot, postRoot, traceRoot, span, proof, rows };
  });
}

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "time-bandits-"));
  chain = await hardhatChain();
  const registry = await deployRegistry(chain);
  const now = await chainTime(registry.chain.provider);
  tracer = await runScenario(mooredSoak(2, now - 600), { out: at("run"), profiles: [PROFILE] });
  genesis = readGenesis(at("run"));
  map = await TestMap.create(registry, { genesisRoot: mapOf(genesis).root(), dataPolicy: "chain" });
  batches = batchesFor(map.domain);
});
afterAll(async () => {
  await chain[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

test("a moored run has its bit in the genesis and in every statement", () => {
  expect(readFileSync(pathIn(at("run"), "genesis"), "utf8")).toContain('"moored":true');
  expect(genesis.moored).toBe(true);
  for (const { span } of batches) expect(span >> 128n).toBe(1n);
});

describe("the registry", () => {
  const bytes = (rows: Uint8Array | undefined, change: (bytes: Uint8Array) => void): Uint8Array => {
    const copy = Uint8Array.from(rows ?? []);
    change(copy);
    return copy;
  };
  const first = (): BatchSubmission => batches[0] as BatchSubmission;

  test("takes no batch without its rows, with others, or with theirs changed", async () => {
    const tried = async (rows: Uint8Array | undefined) =>
      await refusal(advance(map.registry, map.mapId, [{ ...first(), rows }]));
    expect(await tried(undefined)).toMatchObject({ reason: "WrongRows" });
    expect(await tried(new Uint8Array())).toMatchObject({ reason: "MalformedRows" });
    expect(await tried(batches[1]?.rows)).toMatchObject({
      reason: expect.stringMatching(/ProofRejected|MalformedRows/),
    });
    // The last bit of the last row: a part of its argument or of another field.
    expect(await tried(bytes(first().rows, (b) => (b[b.length - 1] = (b.at(-1) ?? 0) ^ 1)))).toEqual({
      reason: "ProofRejected",
      batch: 0n,
    });
  });

  test("takes them all in one call, and the run is made again from the chain, byte for byte", async () => {
    await advance(map.registry, map.mapId, batches);
    const state = await readMap(map.registry, map.mapId);
    expect(state).toMatchObject({ seq: tracer.seq, root: tracer.root(), dataPolicy: "chain" });
    const asked = { registry: map.registry.address, mapId: map.mapId, out: at("rebuilt") };
    const made = await rebuildRun(chain, asked);
    expect(made).toMatchObject({ transitions: tracer.seq, batches: batches.length, root: tracer.root() });
    const records = (dir: string): string[] =>
      readFileSync(pathIn(dir, "trace"), "utf8")
        .split("\n")
        .filter((line) => line.startsWith('{"seq"'));
    expect(records(at("rebuilt"))).toEqual(records(at("run")));
    expect(records(at("rebuilt"))).toHaveLength(tracer.seq);
    expect(readFileSync(pathIn(at("rebuilt"), "genesis"))).toEqual(readFileSync(pathIn(at("run"), "genesis")));
    expect(made.foreignKeys).toEqual([keyHash(SOME_KEY)]);
    await expect(rebuildRun(chain, asked)).rejects.toMatchObject({ field: "out" });
  });

  test("a lie of the node to who follows the map leaves no trace, and hides nothing for good", async () => {
    const follower = await MapFollower.open(chain, { registry: map.registry.address, mapId: map.mapId });
    const abi = await registryAbi();
    const honest = chain.provider.getLogs.bind(chain.provider);
    const lied = vi.spyOn(chain.provider, "getLogs");
    const without = (name: string) => (logs: Log[]) =>
      logs.filter(({ topics }) => topics[0] !== abi.getEvent(name)?.topicHash);
    /** The last batch, which could open a lock, has the rows of another one. */
    const mixed = (logs: Log[]): Log[] => {
      const published = logs.filter(({ topics }) => topics[0] === abi.getEvent("RowsPublished")?.topicHash);
      const [last, other] = [published.at(-1), published.at(-2)];
      return logs.map((log) => (log === last ? Object.create(log, { data: { value: other?.data } }) : log));
    };
    for (const lie of [without("Advanced"), without("RowsPublished"), mixed]) {
      lied.mockImplementation(async (filter) => lie(await honest(filter)));
      await expect(follower.catchUp()).rejects.toMatchObject({ code: "rpc" });
      expect([follower.seq, follower.rows.length, follower.map.root()]).toEqual([0, 0, mapOf(genesis).root()]);
    }
    lied.mockRestore();
    expect(await follower.catchUp()).toHaveLength(tracer.seq);
    expect([follower.rows.length, follower.map.root()]).toEqual([tracer.seq, tracer.root()]);
    expect(await follower.catchUp()).toEqual([]);
  });

  test("of two that make it at once, one does, and what lies there is left alone", async () => {
    const asked = { registry: map.registry.address, mapId: map.mapId, out: at("twice") };
    const both = await Promise.allSettled([rebuildRun(chain, asked), rebuildRun(chain, asked)]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(readFileSync(pathIn(at("twice"), "trace"))).toEqual(readFileSync(pathIn(at("rebuilt"), "trace")));
    const taking = rebuildRun(chain, { ...asked, out: at("taken") });
    mkdirSync(at("taken"));
    writeFileSync(join(at("taken"), "kept.txt"), "kept");
    await expect(taking).rejects.toMatchObject({ field: "out" });
    expect(readdirSync(at("taken"))).toEqual(["kept.txt"]);
    for (const name of ["twice", "taken"]) rmSync(at(name), { recursive: true });
  });

  test("the state at a head is made from the chain alone, or of a run, and progress can be shown meanwhile", async () => {
    const head = await readMap(map.registry, map.mapId);
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    const told: [number, number][] = [];
    const made = await rebuiltHeadState(map.registry, head, (...batch) => told.push(batch));
    clearImmediate(next);
    expect(made.map.root()).toBe(tracer.root());
    expect(made.manifest.chain).toMatchObject({ mapId: map.mapId });
    expect(told).toEqual(batches.map((_, i) => [i, batches.length]));
    expect(turns).toBeGreaterThanOrEqual(batches.length);
    const replayed: unknown[] = [];
    const own = await headStateOf(at("rebuilt"), head, (...stage) => replayed.push(stage));
    expect(own.map.root()).toBe(tracer.root());
    expect(replayed[0]).toEqual(["replay", 0, tracer.seq]);
  });

  test("a state of an earlier head is made, too, and none of a head that never was", async () => {
    const head = await readMap(map.registry, map.mapId);
    const { postRoot: root, span } = batches[0] as BatchSubmission;
    const earlier = { ...head, root, seq: unpackSpan(span).count };
    const begun = { ...head, root: head.genesisRoot, seq: 0 };
    for (const each of [earlier, begun]) {
      expect((await rebuiltHeadState(map.registry, each)).map.root()).toBe(each.root);
      expect((await headStateOf(at("rebuilt"), each)).map.root()).toBe(each.root);
    }
    for (const never of [
      { ...earlier, root: 5n },
      { ...earlier, seq: earlier.seq + 1 },
      { ...head, seq: 99_999 },
    ]) {
      await expect(rebuiltHeadState(map.registry, never)).rejects.toMatchObject({ code: "another-trace" });
      await expect(headStateOf(at("rebuilt"), never)).rejects.toMatchObject({ code: "another-trace" });
    }
  });

  test("a run is not made again from a map that publishes nothing", async () => {
    const plain = await TestMap.create(map.registry);
    const asked = { registry: map.registry.address, mapId: plain.mapId, out: at("other") };
    await expect(rebuildRun(chain, asked)).rejects.toMatchObject({ code: "not-published" });
    expect(readdirSync(root).sort()).toEqual(["rebuilt", "run"]);
  });
});

test("the value of a statement is checked before anything is sent", () => {
  const rows = tracer.groups[0]?.map(recordOf) ?? [];
  const state = mapOf(genesis);
  const { statement } = openBatch(state, tracer.groups[0] ?? [], PROFILE, 7n);
  expect(publishedRows(rows, statement).length).toBeGreaterThan(3);
  expect(() => publishedRows(rows, { ...statement, value: (statement.value + 1n) % FIELD })).toThrow("rows");
});
