/** A chain with contracts of many kinds, imported block by block: every balance of the map is the chain's. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { importBlocks } from "../../../prover/recording/importBlocks.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";
import { Random } from "../../lib/random.ts";
import { act } from "../randomTransactions.ts";
import { startWorld, type World } from "../world.ts";
import { differences, holdings } from "./compare.ts";

let world: World;
let head: number;
let whole: Awaited<ReturnType<typeof importBlocks>>;
const dir = mkdtempSync(join(tmpdir(), "blocks-"));
const at = (name: string): string => join(dir, name);
const node = (): ChainNode => new ChainNode(askManyAt(world.rpc));
const rootOf = (name: string): bigint => replayDirectory(at(name)).map.root();

beforeAll(async () => {
  world = await startWorld();
  await act(world, new Random(7), 1000);
  head = await world.provider.getBlockNumber();
  whole = await importBlocks(at("all"), node(), { from: 1, to: head });
});
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

test("a thousand random transactions: every balance of wei and of every imported token is the chain's", async () => {
  expect(whole).toMatchObject({ blocks: head, stoppedAt: null, notCompared: 0, head, skipped: 0 });
  expect(whole.transactions).toBeGreaterThan(1000);
  expect(whole.failed).toBeGreaterThan(100);
  expect(whole.tokens.transfers).toBe(whole.tokens.imported + whole.tokens.refused);
  expect(whole.approvals.used).toBeGreaterThan(100);
  expect(await differences(world, at("all"), head)).toEqual([]);
  expect(replayDirectory(at("all")).map.programs()).toBe(whole.programs);
});

test("tokens that do not keep their word are refused by name, the others are not", () => {
  const { tokens } = world;
  const names = Object.values(tokens).filter(({ honesty }) => honesty === "dishonest" || honesty === "impostor");
  const refused = whole.tokensRefused;
  expect(Object.keys(refused).sort()).toEqual([...names, tokens.huge].map(({ address }) => address).sort());
  expect(refused[tokens.silentFee.address]).toMatch(/do not follow its events: 0x[0-9a-f]{40} changed by/);
  expect(refused[tokens.rebasing.address]).toMatch(/change without events/);
  expect(refused[tokens.impostor.address]).toBe("it does not answer balanceOf");
  expect(refused[tokens.huge.address]).toBe("token quantity beyond 128 bits");
});

test("an import that stops and goes on gives the same trace as one that does not", async () => {
  const stop = new AbortController();
  const early = await importBlocks(at("twice"), node(), {
    ...{ from: 1, to: head, signal: stop.signal },
    onBlock: ({ block }) => {
      if (block === 20) stop.abort();
    },
  });
  expect(early).toMatchObject({ head: 20, stoppedAt: 21, stoppedWhy: "interrupted" });
  // The process may also end between the trace and the line of its block.
  cpSync(at("twice"), at("torn"), { recursive: true });
  const text = readFileSync(join(at("torn"), "blocks.jsonl"), "utf8");
  const cut = text.slice(0, text.trimEnd().lastIndexOf("\n") + 40);
  rmSync(join(at("torn"), "blocks.jsonl"));
  const { writeFileSync } = await import("node:fs");
  writeFileSync(join(at("torn"), "blocks.jsonl"), cut);
  for (const name of ["twice", "torn"]) {
    expect(await importBlocks(at(name), node(), { from: 1, to: head })).toMatchObject({ head, stoppedAt: null });
    expect(rootOf(name)).toBe(rootOf("all"));
    expect(readFileSync(join(at(name), "trace.jsonl"), "utf8")).toBe(
      readFileSync(join(at("all"), "trace.jsonl"), "utf8"),
    );
  }
});

describe("from a later block on", () => {
  test("what was there before is brought forward: programs, holdings, approvals", async () => {
    const from = world.deployedAt + 20;
    const report = await importBlocks(at("late"), node(), { from, to: head });
    expect(report.broughtForward.holdings).toBeGreaterThan(10);
    expect(report.broughtForward.approvals).toBeGreaterThan(0);
    expect(await differences(world, at("late"), head, "touched")).toEqual([]);
  });

  test("other options than the import's are refused", async () => {
    await expect(importBlocks(at("all"), node(), { from: 2, to: head })).rejects.toThrow(/^from: .*is 1, not 2/);
    const tokens = [world.tokens.gold.address];
    await expect(importBlocks(at("all"), node(), { from: 1, to: head, tokens })).rejects.toThrow(/^tokens: /);
  });
});

describe("a filter", () => {
  test("of a token lets its transactions through, and its balances are the chain's", async () => {
    const { address } = world.tokens.gold;
    const report = await importBlocks(at("gold"), node(), { from: 1, to: head, tokens: [address] });
    expect(report.skipped).toBeGreaterThan(100);
    const { held } = holdings(at("gold"));
    const all = holdings(at("all")).held;
    const of = (map: Map<string, bigint>) => [...map].filter(([key, n]) => key.endsWith(address) && n > 0n).sort();
    expect(of(held)).toEqual(of(all));
  });

  test("of an address keeps its wei and tokens the chain's", async () => {
    const who = world.accounts[3] ?? "";
    await importBlocks(at("one"), node(), { from: 1, to: head, addresses: [who] });
    const { held } = holdings(at("one"));
    const all = holdings(at("all")).held;
    const of = (map: Map<string, bigint>) => [...map].filter(([key, n]) => key.startsWith(who) && n > 0n).sort();
    expect(of(held)).toEqual(of(all));
  });
});

test("a map without room for a block stops before it, and says how to go on", async () => {
  const report = await importBlocks(at("small"), node(), { from: 1, to: head, levels: 1 });
  expect(report.stoppedWhy).toMatch(/needs \d+ more programs, and a map of 1 levels holds 15.*--levels/);
  expect(report.head).toBe((report.stoppedAt ?? 0) - 1);
  expect(await differences(world, at("small"), report.head ?? 0)).toEqual([]);
});
