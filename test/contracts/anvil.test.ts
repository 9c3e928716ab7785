import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Wallet } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Anvil, anvilProgram, startAnvil } from "../../scripts/lib/anvil.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { send } from "../../verifier/chain/connect.ts";
import { read } from "../../verifier/chain/contract.ts";
import {
  advance,
  advancedEvents,
  type Chain,
  connect,
  deployRegistry,
  keyHash,
  mapDomain,
  openRegistry,
  proposeVerifier,
  readMap,
  setSubmitter,
} from "../../verifier/chain/registry.ts";
import { freshSalt, raw, refusal, TestMap, wait } from "../lib/chains.ts";
import { DEVELOPMENT_SECRETS, DISGUISES } from "../lib/disguises.ts";
import { forgedKey, SOME_SECRETS } from "../lib/forge.ts";

let anvil: Anvil;
let chain: Chain;

beforeAll(async () => {
  anvil = await startAnvil();
  chain = await connect(anvil.url);
});
afterAll(async () => {
  chain?.provider.destroy();
  await anvil?.stop();
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function failure(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => "no failure",
    (error: unknown) => error,
  );
}

describe("a registry on a node", () => {
  it("accepts batches, has them in its history, and refuses with a named error", async () => {
    const { address } = await deployRegistry(chain);
    const registry = await openRegistry(chain, address.toLowerCase());
    const map = await TestMap.create(registry);
    await advance(registry, map.mapId, [map.batch()]);
    await advance(registry, map.mapId, [map.second()]);
    expect(await readMap(registry, map.mapId)).toMatchObject({ root: 2_001n, seq: 11, time: map.now });
    expect(await advancedEvents(registry, map.mapId)).toMatchObject([
      { seq: 3, postRoot: 2_000n, span: { firstSeq: 1, count: 3 } },
      { seq: 11, preRoot: 2_000n, span: { firstSeq: 4, count: 8 } },
    ]);
    expect(await refusal(advance(registry, map.mapId, [map.batch()]))).toMatchObject({ reason: "WrongPreRoot" });

    const third = { preRoot: 2_001n, firstSeq: 12 };
    const early = map.batch({ ...third, notBefore: map.now - 1, until: map.now });
    expect(await refusal(advance(registry, map.mapId, [early]))).toMatchObject({ reason: "BeforeHead" });
    const late = map.batch({ ...third, notBefore: map.now, until: map.now + 900 });
    expect(await refusal(advance(registry, map.mapId, [late]))).toMatchObject({ reason: "FromTheFuture" });
    await wait(chain.provider, 900);
    await advance(registry, map.mapId, [late]);
    const old = map.batch({ preRoot: 2_000n, firstSeq: 15, notBefore: map.now + 900, until: map.now + 900 });
    await wait(chain.provider, 4_000);
    expect(await refusal(advance(registry, map.mapId, [old]))).toMatchObject({ reason: "TooOld" });
  });

  it("gets one transaction after the other, also if many are sent at once", async () => {
    const registry = await deployRegistry(chain);
    const map = await TestMap.create(registry);
    const friends = Array.from({ length: 8 }, () => Wallet.createRandom().address);
    const sent = await Promise.all(friends.map((friend) => setSubmitter(registry, map.mapId, friend, true)));
    expect(new Set(sent.map((each) => each.transactionHash)).size).toBe(8);
  });

  it("accepts a private key and an account of the node", async () => {
    const { privateKey, address } = new Wallet(`0x${randomBytes(32).toString("hex")}`);
    const poor = await connect(anvil.url, { privateKey });
    expect(await failure(deployRegistry(poor))).toMatchObject({ code: "funds", exitCode: 3 });
    await send(chain, { to: address, data: "0x", value: 10n ** 18n });
    const registry = await deployRegistry(poor);
    const map = await TestMap.create(registry);
    await advance(registry, map.mapId, [map.batch(), map.second()]);
    expect(await readMap(registry, map.mapId)).toMatchObject({ owner: address, seq: 11 });
    poor.provider.destroy();
  });
});

describe("a development key", () => {
  it.each(DISGUISES.slice(0, 2))(
    "stops working if a test chain's state moves to a public chain: %s",
    async (_, secrets) => {
      const { alpha } = DEVELOPMENT_SECRETS;
      const verifiers = [{ profile: "batch-8", key: forgedKey(secrets) }];
      await using node = await startAnvil({ chainId: 1337 });
      const local = await connect(node.url);
      const registry = await deployRegistry(local);
      const map = await TestMap.create(registry, { verifiers });
      const salt = freshSalt();
      await local.provider.send("anvil_setChainId", [1]);
      const open = await connect(node.url);
      const moved = { chain: open, address: registry.address };
      const expected = { reason: "DevelopmentKeyOnPublicChain", chainId: 1n };
      const proven = map.batch({ secrets, domain: mapDomain(1n, registry.address, map.mapId) });
      expect(await refusal(advance(moved, map.mapId, [proven]))).toEqual(expected);
      const { preRoot, postRoot, traceRoot, span, proof } = proven;
      const asked = [keyHash(forgedKey(secrets)), [preRoot, postRoot, traceRoot, span, 7n, 0n, 1n], proof];
      expect(await refusal(read(moved, "verifies", asked))).toEqual(expected);
      expect(await refusal(TestMap.create(moved, { salt, verifiers }))).toEqual(expected);
      for (const tool of [open, { ...open, chainId: 1337n }]) {
        // The contract refuses also if the tool is deceived about the chain.
        const there = { chain: tool, address: registry.address };
        const other = { ...SOME_SECRETS, alpha, ic: [9n, 8n, 7n, 6n, 5n, 4n, 3n, 2n] };
        expect(await refusal(TestMap.create(there, { salt, verifiers }))).toEqual(expected);
        // The tool would not offer a key that is stored already, so the test bypasses it.
        const kept = { profile: `0x${"00".repeat(32)}`, vkeyHash: keyHash(forgedKey(secrets)) };
        expect(await refusal(raw(there, "proposeVerifier", [map.mapId, kept]))).toEqual(expected);
        expect(await refusal(proposeVerifier(there, map.mapId, { profile: "b", key: forgedKey(other) }))).toEqual(
          expected,
        );
      }
      expect(await failure(readMap(registry, map.mapId))).toMatchObject({ code: "rpc" });
      local.provider.destroy();
      open.provider.destroy();
    },
  );
});

describe("a node that fails", () => {
  it("is reported at once if no node listens", async () => {
    const error = await failure(connect("http://127.0.0.1:9", { timeoutMs: 2_000 }));
    expect(error).toBeInstanceOf(EnvironmentError);
    expect(error).toMatchObject({ code: "rpc", exitCode: 3 });
    expect(await failure(connect("not a url"))).toMatchObject({ code: "rpc" });
  });

  it("is reported if it never answers, or gives a malformed answer", async () => {
    let silent = true;
    const server = createServer((_, response) => {
      if (!silent) response.end("<html>no node</html>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await failure(connect(url, { timeoutMs: 300 }))).toMatchObject({ code: "rpc" });
    silent = false;
    expect(await failure(connect(url, { timeoutMs: 300 }))).toMatchObject({ code: "rpc" });
    server.closeAllConnections();
    server.close();
  });

  it("is reported if it dies between two questions", async () => {
    const node = await startAnvil();
    const lost = await connect(node.url);
    const registry = await deployRegistry(lost);
    const map = await TestMap.create(registry);
    await node.stop();
    expect(await failure(readMap(registry, map.mapId))).toMatchObject({ code: "rpc" });
    expect(await failure(advance(registry, map.mapId, [map.batch()]))).toMatchObject({ code: "rpc" });
    expect(await failure(advancedEvents(registry, map.mapId))).toMatchObject({ code: "rpc" });
    expect(await failure(openRegistry(lost, registry.address))).toMatchObject({ code: "rpc" });
    lost.provider.destroy();
  });
});

describe("anvil", () => {
  it("has the given chain id and time, and ends when it is stopped", async () => {
    const node = await startAnvil({ chainId: 4242, timestamp: 1_600_000_000 });
    const there = await connect(node.url);
    expect(there.chainId).toBe(4242n);
    expect((await there.provider.getBlock(0))?.timestamp).toBe(1_600_000_000);
    there.provider.destroy();
    expect(isRunning(node.pid)).toBe(true);
    await node.stop();
    await node.stop();
    expect(isRunning(node.pid)).toBe(false);
    expect(await failure(connect(node.url))).toMatchObject({ code: "rpc" });
  });

  it("is searched for when a chain is started; if it is missing, the error says how to install it", () => {
    expect(anvilProgram()).toMatch(/bin\.mjs$/);
    const elsewhere = pathToFileURL(join(tmpdir(), "nowhere", "anvil.ts")).href;
    expect(() => anvilProgram(elsewhere)).toThrow(EnvironmentError);
    expect(() => anvilProgram(elsewhere)).toThrow(/run "npm install --save-dev @foundry-rs\/anvil@\d+\.\d+\.\d+"$/);
  });
});

describe("anvil's end", () => {
  const library = new URL("../../scripts/lib/anvil.ts", import.meta.url).href;

  /** Starts another process that starts a node and then does something; resolves to the node's address and pid. */
  async function start(then: string) {
    const script = `import { startAnvil } from ${JSON.stringify(library)};
      const { url, pid } = await startAnvil();
      console.log(JSON.stringify({ url, pid }));
      ${then}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const line: string = await new Promise((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
    const node: { url: string; pid: number } = JSON.parse(line);
    return { child, node };
  }

  /**
   * Whether the node's address soon stops answering. (Its pid can live on for a while if no process waits for it.)
   */
  async function gone(node: { url: string }): Promise<boolean> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if ((await failure(connect(node.url))) instanceof EnvironmentError) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }

  it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("comes when its starter gets %s", async (signal) => {
    const { child, node } = await start("setInterval(() => {}, 1000);");
    expect(isRunning(node.pid)).toBe(true);
    const exit = once(child, "exit");
    child.kill(signal);
    expect((await exit)[1]).toBe(signal);
    expect(await gone(node)).toBe(true);
  });

  it.each(["process.exit(0);", "throw new Error();"])("comes when its starter ends: %s", async (then) => {
    const { node } = await start(then);
    expect(await gone(node)).toBe(true);
  });
});
