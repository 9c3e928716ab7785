/** A chain that grows, changes its past and goes away, followed block by block. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { followChain } from "../../../prover/recording/followChain.ts";
import type { FollowEvent, FollowOptions } from "../../../prover/recording/following.ts";
import { importBlocks } from "../../../prover/recording/importBlocks.ts";
import { ProvenBlockError } from "../../../prover/recording/takeBack.ts";
import { BLOCKS_FILE, parseBlocks } from "../../../trace/import/blocks/blockLines.ts";
import { ChainNode } from "../../../trace/import/node/chainNode.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { readManifest } from "../../../trace/run/runDirectory.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";
import { verifyDirectory } from "../../../verifier/verify.ts";
import { Random } from "../../lib/random.ts";
import { cli } from "../../scripts/cli.ts";
import { differences } from "../import/compare.ts";
import { act } from "../randomTransactions.ts";
import { headOf, reorganise } from "../reorganisation.ts";
import { startWorld, type World } from "../world.ts";

const dir = mkdtempSync(join(tmpdir(), "follow-"));
let world: World;
beforeAll(async () => {
  world = await startWorld();
  await act(world, new Random(9), 50, { perBlock: 10 });
});
afterAll(async () => {
  await world?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const node = (url = world.rpc) => new ChainNode(askManyAt(url), { backoffMs: 5 });
const root = (run: string) => replayDirectory(run).map.root();
const acted = (seed: number, count: number) => act(world, new Random(seed), count, { perBlock: 10 });
const quick: FollowOptions = { pollMs: 20, backoffMs: 20 };
const blocksOf = (run: string) => readFileSync(join(run, BLOCKS_FILE), "utf8");

/** Follows until the events satisfy, and stops. */
async function followUntil(run: string, options: FollowOptions, enough: (event: FollowEvent) => boolean) {
  const stop = new AbortController();
  const events: FollowEvent[] = [];
  const report = await followChain(run, node(), {
    ...{ ...quick, ...options, signal: stop.signal },
    onEvent(event) {
      events.push(event);
      if (enough(event)) stop.abort();
    },
  });
  return { report, events };
}

describe("a chain that grows", () => {
  test("is recorded at the depth of the confirmations", async () => {
    const run = join(dir, "grows");
    const { number } = await headOf(world);
    const last = number + 5;
    const following = followUntil(
      run,
      { confirmations: 3 },
      (event) => event.type === "block" && event.line.block === last,
    );
    await acted(1, 80);
    const { report, events } = await following;
    const blocks = events.filter((event) => event.type === "block");
    expect(blocks.map(({ line }) => line.block)).toEqual(Array.from({ length: 9 }, (_, i) => number - 3 + i));
    expect(blocks.every(({ line, head }) => head >= line.block + 3)).toBe(true);
    expect(report).toMatchObject({
      head: last,
      stoppedWhy: "interrupted",
      reorganisations: 0,
      proofs: 0,
      confirmations: 3,
    });
  });

  test("goes on with an import, and ends at --to with everything compared", async () => {
    const run = join(dir, "on");
    const { number: to } = await headOf(world);
    await importBlocks(run, node(), { from: 1, to: to - 4 });
    const args = ["follow", "--rpc", world.rpc, "--out", run, "--confirmations", "0", "--to", `${to}`, "--json"];
    const { code, stdout } = await cli(args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, head: to, stoppedAt: null, allCompared: { block: to } });
    expect(await differences(world, run, to)).toEqual([]);
    const other = await cli([...args, "--levels", "2"]);
    expect(other.code).toBe(1);
    expect(other.stdout).toContain("of the import there is 3, not 2");
  });
});

describe("a chain that changes its past", () => {
  test("has its unproven blocks taken back, and every balance is the new chain's", async () => {
    const run = join(dir, "rearranged");
    const before = await headOf(world);
    const options = { confirmations: 1, from: 1 };
    const first = await followUntil(run, options, ({ type }) => type === "block");
    expect(first.report.head).toBe(1);
    let done: Promise<unknown> | undefined;
    const { report, events } = await followUntil(run, { ...options, to: before.number + 1 }, (event) => {
      if (event.type === "block" && event.line.block === before.number - 1)
        done ??= reorganise(world, 4, () => acted(2, 60));
      return false;
    });
    await done;
    expect(events.filter(({ type }) => type === "takenBack")).toEqual([
      { type: "takenBack", from: before.number - 3, to: before.number - 1 },
    ]);
    expect(report).toMatchObject({ reorganisations: 1, takenBack: 3, head: before.number + 1 });
    expect(await differences(world, run, before.number + 1)).toEqual([]);
    const fresh = join(dir, "fresh");
    await importBlocks(fresh, node(), { from: 1, to: before.number + 1 });
    expect(root(run)).toBe(root(fresh));
    expect(linesOf(run)).toEqual(linesOf(fresh));
    const [{ programs, kinds }, manifest] = [readManifest(run), readManifest(fresh)];
    expect({ programs, kinds }).toEqual({ programs: manifest.programs, kinds: manifest.kinds });
  });

  test("is begun anew if none of its blocks is left", async () => {
    const run = join(dir, "anew");
    const { number } = await headOf(world);
    await followUntil(
      run,
      { confirmations: 0, from: number - 1 },
      (event) => event.type === "block" && event.line.block === number,
    );
    await reorganise(world, 3, () => acted(3, 50));
    const { number: to } = await headOf(world);
    const report = await followChain(run, node(), { ...quick, confirmations: 0, to });
    expect(report).toMatchObject({ reorganisations: 1, takenBack: 2, blocks: to - number + 2 });
    await importBlocks(join(dir, "anewFresh"), node(), { from: number - 1, to });
    expect(root(run)).toBe(root(join(dir, "anewFresh")));
  });

  test("is refused where a block is proven, and nothing changes", async () => {
    const run = join(dir, "proven");
    const { number } = await headOf(world);
    const proven = await followUntil(
      run,
      { confirmations: 0, from: number, prove: true },
      ({ type }) => type === "proof",
    );
    expect(proven.report).toMatchObject({ proofs: 1, provenTo: 8, blocks: 1 });
    await reorganise(world, 2, () => acted(4, 20));
    const before = [blocksOf(run), readFileSync(join(run, "trace.jsonl"), "utf8")];
    const error = await followChain(run, node(), quick).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ProvenBlockError);
    const { hash } = await node().header(number);
    expect(error).toMatchObject({
      block: number,
      present: hash,
      exitCode: 1,
      bundle: expect.stringMatching(/^0000000001-/),
    });
    const { code, stderr } = await cli(["follow", "--rpc", world.rpc, "--out", run]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`block ${number}: is recorded as 0x.*on the chain it is ${hash}.*proofs/0000000001-`),
    );
    expect([blocksOf(run), readFileSync(join(run, "trace.jsonl"), "utf8")]).toEqual(before);
  });
});

test("proofs alongside continue behind those before, and at --to nothing is left", async () => {
  const run = join(dir, "alongside");
  await act(world, new Random(5), 2, { perBlock: 1, kinds: ["pay"] });
  const { number } = await headOf(world);
  const options = { confirmations: 0, from: number - 1, prove: true };
  const first = await followUntil(run, options, ({ type }) => type === "proof");
  const report = await followChain(run, node(), { ...quick, ...options, to: number });
  expect(first.report.proofs).toBe(1);
  expect(report.provenTo).toBe(report.transitions);
  expect(await verifyDirectory(run)).toMatchObject({ ok: true });
});

describe("an interruption", () => {
  let to: number;
  let wanted: bigint;
  beforeAll(async () => {
    ({ number: to } = await headOf(world));
    await importBlocks(join(dir, "uninterrupted"), node(), { from: 1, to });
    wanted = root(join(dir, "uninterrupted"));
  });

  test("by SIGKILL at any moment loses nothing", async () => {
    const run = join(dir, "killed");
    const args = ["follow", "--rpc", world.rpc, "--out", run, "--from", "1", "--confirmations", "0", "--to", `${to}`];
    for (const ms of [900, 1100, 1400]) {
      const { code } = await cli([...args, "--json"], {
        onStarted: (kill) => void setTimeout(() => kill("SIGKILL"), ms),
      });
      expect([null, 0]).toContain(code);
    }
    expect((await cli(args)).code).toBe(0);
    expect(root(run)).toBe(wanted);
    expect(await differences(world, run, to)).toEqual([]);
  });

  test("between the trace and its blocks is mended", async () => {
    const lines = blocksOf(join(dir, "uninterrupted")).split("\n");
    const trace = readFileSync(join(dir, "uninterrupted", "trace.jsonl"), "utf8");
    const states: [string, string, string][] = [
      ["no line of the last commit", lines.slice(0, -2).join("\n").concat("\n"), trace],
      [
        "a torn line",
        lines
          .slice(0, -2)
          .join("\n")
          .concat("\n", (lines.at(-2) ?? "").slice(0, 99)),
        trace,
      ],
      ["many blocks cut, the trace not yet", lines.slice(0, -9).join("\n").concat("\n"), trace],
      ["a commit without its end", lines.slice(0, -2).join("\n").concat("\n"), trace.slice(0, -200)],
      ["the header alone", `${lines[0]}\n`, trace],
    ];
    for (const [i, [what, blocks, records]] of states.entries()) {
      const run = join(dir, `mended-${i}`);
      cpSync(join(dir, "uninterrupted"), run, { recursive: true });
      writeFileSync(join(run, BLOCKS_FILE), blocks);
      writeFileSync(join(run, "trace.jsonl"), records);
      await followChain(run, node(), { ...quick, confirmations: 0, to });
      expect(root(run), what).toBe(wanted);
    }
  });

  test("by SIGTERM while it waits ends at once, with a report", async () => {
    const run = join(dir, "uninterrupted");
    const args = ["follow", "--rpc", world.rpc, "--out", run, "--confirmations", "0", "--poll", "60", "--json"];
    const { code, stdout, stderr } = await cli(args, {
      onStarted: (kill) => void setTimeout(() => kill("SIGTERM"), 4_000),
    });
    expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("stopping") });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, head: to, stoppedAt: to + 1, stoppedWhy: "interrupted" });
  });
});

describe("a node that is away", () => {
  test("is asked again, and nothing is lost", async () => {
    const run = join(dir, "away");
    const { number: to } = await headOf(world);
    await using door = await doorTo(world.rpc);
    const stops: string[] = [];
    const report = await followChain(run, node(door.url), {
      ...{ ...quick, confirmations: 0, from: 1, to },
      onEvent(event) {
        stops.push(event.type);
        if (event.type === "block" && event.line.block === to - 4) door.shut(true);
        if (event.type === "away" && stops.filter((type) => type === "away").length === 3) door.shut(false);
      },
    });
    expect(stops.filter((type) => type !== "block")).toEqual(["away", "away", "away", "back"]);
    expect(report).toMatchObject({ head: to, outages: 1, stoppedAt: null });
    expect(await differences(world, run, to)).toEqual([]);
  });

  test("for too long ends it with exit code 3, naming the node", async () => {
    const run = join(dir, "away");
    await using door = await doorTo(world.rpc);
    const args = [
      "follow",
      "--rpc",
      door.url,
      "--out",
      run,
      "--confirmations",
      "0",
      "--poll",
      "0.1",
      "--patience",
      "1",
    ];
    const { code, stderr } = await cli(args, { onStarted: () => void setTimeout(() => door.shut(true), 4_000) });
    expect(code).toBe(3);
    expect(stderr).toMatch(/asked again in 1\.0 s/);
    expect(stderr).toMatch(new RegExp(`${door.url}.*no answer for 1 s: what is recorded stays`));
  });
});

/** The lines of the blocks. What is compared with the chain depends on where a run ends. */
function linesOf(run: string): object[] {
  return parseBlocks(blocksOf(run)).lines.map((line) => ({ ...line, checked: null }));
}

/** A way to a node that can be shut. */
async function doorTo(url: string) {
  let closed = false;
  const server: Server = createServer(async (request, response) => {
    if (closed) return void request.socket.destroy();
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const headers = { "content-type": "application/json" };
    const answer = await fetch(url, { method: "POST", headers, body: Buffer.concat(parts) });
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shut(now: boolean) {
      closed = now;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}
