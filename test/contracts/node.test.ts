/** A node behind proxies and limits: secrets in its URL, slow or refused answers, large ranges of events. */
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Anvil, startAnvil } from "../../scripts/lib/anvil.ts";
import { askChainId } from "../../verifier/chain/connect.ts";
import {
  advance,
  advancedEvents,
  connect,
  deployRegistry,
  openRegistry,
  readMap,
} from "../../verifier/chain/registry.ts";
import { TestMap } from "../lib/chains.ts";
import { standIn } from "../lib/standIn.ts";

let anvil: Anvil;
beforeAll(async () => {
  anvil = await startAnvil();
});
afterAll(async () => {
  await anvil?.stop();
});

/** The thrown error, with everything that a debugger shows of it. */
async function failure(action: Promise<unknown>): Promise<{ message: string; everything: string; code?: string }> {
  try {
    await action;
  } catch (error) {
    const everything = inspect(error, { depth: 12, showHidden: true, maxStringLength: null });
    return { ...(error as { code?: string }), message: (error as Error).message, everything };
  }
  throw new Error("nothing was thrown");
}

describe("an RPC URL", () => {
  const SECRETS = ["sesame-open", "geheim", "a1b2c3d4e5f6a7b8", "t0ps3cretquery"];
  const secretUrl = (url: string) =>
    `${url.replace("http://", "http://sesame-open:geheim@")}/v3/a1b2c3d4e5f6a7b8?apikey=t0ps3cretquery`;

  it("may have a user, a password, a path and a query, and the node gets them all", async () => {
    await using node = await standIn(() => undefined, anvil.url);
    const chain = await connect(secretUrl(node.url));
    expect(await chain.provider.getBlockNumber()).toBeTypeOf("number");
    chain.provider.destroy();
    for (const { path, headers } of node.asked) {
      expect(path).toBe("/v3/a1b2c3d4e5f6a7b8?apikey=t0ps3cretquery");
      expect(headers.authorization).toBe(`Basic ${Buffer.from("sesame-open:geheim").toString("base64")}`);
    }
  });

  it("appears in errors only with host and port, also if the node repeats it", async () => {
    const body = (path: string) => JSON.stringify({ error: { code: -32000, message: `invalid key ${path}` } });
    let how: "refuse" | "fail" | "hang" | "nonsense" | "redirect" | "none" = "refuse";
    let free = 1;
    await using node = await standIn(({ path }) => {
      if (how === "none" || free-- > 0) return undefined;
      if (how === "refuse") return { error: { code: -32000, message: `project ${path} is over its limit` } };
      if (how === "fail") return { status: 401, body: body(path) };
      if (how === "redirect") return { status: 302, body: "", headers: { location: `https://other.invalid${path}` } };
      return how === "hang" ? () => undefined : { status: 200, body: `<html>${path}</html>` };
    }, anvil.url);
    const url = secretUrl(node.url);
    for (how of ["refuse", "fail", "hang", "nonsense", "redirect"] as const) {
      free = 0;
      const first = await failure(connect(url, { timeoutMs: 200 }));
      free = 3;
      const chain = await connect(url, { timeoutMs: 200 });
      const later = await failure(openRegistry(chain, `0x${"1".repeat(40)}`));
      chain.provider.destroy();
      for (const { message, everything } of [first, later]) {
        for (const secret of SECRETS) expect(`${how} ${message} ${everything}`).not.toContain(secret);
      }
      expect(first.message, how).toContain(node.url);
    }
    const dead = await failure(connect(secretUrl("http://127.0.0.1:9")));
    const none = await failure(connect("htp://sesame-open:geheim@x/a1b2c3d4e5f6a7b8"));
    for (const { everything } of [dead, none]) {
      for (const secret of SECRETS) expect(everything).not.toContain(secret);
    }
    expect(none.message).toMatch(/give http/);
  });
});

describe("the first question", () => {
  it("is asked again if the node is busy, like every other question", async () => {
    let busy = 2;
    await using node = await standIn(() => (busy-- > 0 ? { status: 429, body: "" } : undefined), anvil.url);
    expect(await askChainId(node.url, 5_000)).toBe(31337n);
    expect(node.asked).toHaveLength(3);
    busy = 100;
    expect(await failure(askChainId(node.url, 5_000))).toMatchObject({ code: "rpc" });
  });

  it("names the cause if a node wants other credentials", async () => {
    await using node = await standIn(() => ({ status: 403, body: "forbidden" }));
    expect((await failure(connect(node.url))).message).toMatch(/403; check key and password/);
  });
});

describe("an answer", () => {
  it("is cut off if it does not end, and if it comes too slowly", async () => {
    const chunk = Buffer.alloc(1 << 20, "0");
    let endless = true;
    let written = 0;
    await using node = await standIn(() => (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      if (!endless) {
        const drops = setInterval(() => response.write(" "), 20);
        response.on("close", () => clearInterval(drops));
        return;
      }
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) written++;
      };
      response.on("drain", more);
      more();
    });
    expect((await failure(connect(node.url))).message).toMatch(/more than 128 MiB in one answer; use another node/);
    expect(written).toBeLessThan(400);
    endless = false;
    const started = Date.now();
    expect((await failure(connect(node.url, { timeoutMs: 300 }))).message).toMatch(/not answered within 0.3 s/);
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});

describe("events", () => {
  it("are asked for in halves if a node refuses a range for its length or its content", async () => {
    const truth = await connect(anvil.url);
    const registry = await deployRegistry(truth);
    const map = await TestMap.create(registry);
    await advance(registry, map.mapId, [map.batch()]);
    await truth.provider.send("anvil_mine", ["0x3c"]);
    await advance(registry, map.mapId, [map.second()]);
    const { createdIn } = await readMap(registry, map.mapId);
    const last = await truth.provider.getBlockNumber();
    let most = 1_000;
    const block = (params: readonly unknown[], name: string): number =>
      Number((params[0] as Record<string, string>)[name]);
    await using node = await standIn(({ method, params }) => {
      if (method !== "eth_getLogs") return undefined;
      const length = block(params, "toBlock") - block(params, "fromBlock") + 1;
      if (length <= most) return undefined;
      if (length % 2 === 0) return { error: { code: -32005, message: "query returned more than 10000 results" } };
      return { status: 413, body: "too large" };
    }, anvil.url);
    const chain = await connect(node.url);
    const there = await openRegistry(chain, registry.address);
    for (most of [1_000, 100, 7, 1]) {
      node.asked.length = 0;
      const events = await advancedEvents(there, map.mapId);
      expect(events.map(({ seq }) => seq)).toEqual([3, 11]);
      const questions = node.asked.filter(({ method }) => method === "eth_getLogs");
      // Every block once, in order, in the stretches that were answered.
      const answered = questions.filter(({ params }) => block(params, "toBlock") - block(params, "fromBlock") < most);
      let next = createdIn;
      for (const { params } of answered) {
        expect(block(params, "fromBlock")).toBe(next);
        next = block(params, "toBlock") + 1;
      }
      expect(next).toBe(last + 1);
      // No stretch is longer than a refused one: each halving has one refusal.
      expect(questions.length - answered.length).toBeLessThanOrEqual(
        Math.ceil(Math.log2(Math.max(1, last / most))) + 1,
      );
    }
    most = 0;
    node.asked.length = 0;
    const refused = await failure(advancedEvents(there, map.mapId));
    expect(refused).toMatchObject({ code: "rpc" });
    expect(refused.message).toMatch(/too large|more than 10000 results/i);
    expect(node.asked.length).toBeLessThan(20);
    chain.provider.destroy();
    truth.provider.destroy();
  });

  it("are refused if they need too many questions, or if the node is silent", async () => {
    const far = 3_000_000;
    let silent = false;
    const truth = await connect(anvil.url);
    const registry = await deployRegistry(truth);
    const map = await TestMap.create(registry);
    await using node = await standIn(({ method, params }) => {
      if (method === "eth_blockNumber") return { result: `0x${far.toString(16)}` };
      if (method !== "eth_getLogs") return undefined;
      if (silent) return () => undefined;
      const [{ fromBlock, toBlock }] = params as [Record<string, string>];
      return Number(toBlock) - Number(fromBlock) > 10
        ? { error: { code: -32600, message: "up to a 10 block range" } }
        : { result: [] };
    }, anvil.url);
    const chain = await connect(node.url, { timeoutMs: 200 });
    const there = await openRegistry(chain, registry.address);
    const { message } = await failure(advancedEvents(there, map.mapId));
    expect(message).toMatch(/and the map has \d+ \(it says: up to a 10 block range\); use another node/);
    silent = true;
    const started = Date.now();
    expect((await failure(advancedEvents(there, map.mapId))).message).toMatch(/not answered within/);
    expect(Date.now() - started).toBeLessThan(15_000);
    chain.provider.destroy();
    truth.provider.destroy();
  });
});

describe("a chain before Cancun", () => {
  it("is refused before anything is sent; a later chain is accepted", async () => {
    await using old = await startAnvil({ hardfork: "shanghai" });
    const before = await connect(old.url);
    const refused = await failure(deployRegistry(before));
    expect(refused).toMatchObject({ code: "fork" });
    expect(refused.message).toMatch(/before Cancun.*nothing was sent/);
    expect(await before.provider.getBlockNumber()).toBe(0);
    before.provider.destroy();
    for (const hardfork of ["cancun", "prague"]) {
      await using node = await startAnvil({ hardfork });
      const chain = await connect(node.url);
      const { address } = await deployRegistry(chain);
      expect(address).toMatch(/^0x/);
      chain.provider.destroy();
    }
  });

  it("is not assumed if the node runs no code outside of contracts", async () => {
    await using node = await standIn(
      ({ method, params }) =>
        method === "eth_call" && !("to" in (params[0] as object))
          ? { error: { code: -32602, message: "to is missing" } }
          : undefined,
      anvil.url,
    );
    const chain = await connect(node.url);
    expect((await deployRegistry(chain)).address).toMatch(/^0x/);
    chain.provider.destroy();
  });
});
