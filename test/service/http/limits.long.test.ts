/** Limits: who asks for too much is told which limit it was and when to ask again, and nobody else waits. */
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { Fleet } from "../../../service/fleet/fleet.ts";
import { MemoryQueue } from "../../../service/fleet/memoryQueue.ts";
import { workerRoutes } from "../../../service/fleet/routes.ts";
import type { App } from "../../../service/http/context.ts";
import { addressParty, Limiter, type Limits, USUAL_LIMITS } from "../../../service/http/limits.ts";
import { Nonces } from "../../../service/http/nonces.ts";
import { kindOf } from "../../../trace/layout.ts";
import { CIRCUITS } from "../../lib/standInFleet.ts";
import { A, B, OPEN } from "./fakeOperator.ts";
import { ask, authorization } from "./raw.ts";
import { serveFake } from "./servers.ts";

/** So little comes back that a test sees none of it. */
const few = (burst: number) => ({ perSecond: 0.001, burst });

const issue = (program: number, slot: number) =>
  ({ effect: "Issue", kind: kindOf(program, 1), quantity: 1n, slot }) as const;

function expectLimited({ status, headers, error }: Awaited<ReturnType<typeof ask>>, limit: string): void {
  expect([status, error.code, error.field]).toEqual([429, "limited", limit]);
  expect(error.message).toContain(`limit "${limit}"`);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
}

describe("an address", () => {
  test("that asks too often is told when to ask again", async () => {
    await using served = await serveFake({ limits: { addressRequests: few(3) } });
    for (let i = 0; i < 3; i++) expect((await ask(`${served.url}/v1/head`)).status).toBe(200);
    expectLimited(await ask(`${served.url}/v1/head`), "requests");
    expectLimited(await ask(`${served.url}/nothing`), "requests");
  });

  test("that guesses tokens or signatures is stopped before they are looked at", async () => {
    await using served = await serveFake({ limits: { addressChecks: few(3) } });
    const guess = (header: string) =>
      ask(`${served.url}/v1/triggers`, { method: "POST", headers: { authorization: header } });
    expect((await guess("Bearer a-guess-of-the-token")).status).toBe(401);
    for (let i = 0; i < 2; i++) expect((await guess(await authorization(served, { domain: 5n }))).status).toBe(401);
    expectLimited(await guess(await authorization(served)), "checks");
    expectLimited(await guess("Bearer another-guess"), "checks");
    // The operator's token needs no such check.
    expect((await served.owner.cut()) satisfies boolean).toBe(false);
  });

  test("that hands in signatures which are none is stopped", async () => {
    await using served = await serveFake({ limits: { addressChecks: few(2) } });
    const point = { x: "1", y: "2" };
    const none = { program: A, lastSeq: 1, log: "5", domain: "6", validUntil: 7, key: point, r: point, s: "8" };
    const init = { method: "POST", body: JSON.stringify(none), headers: { "content-type": "application/json" } };
    for (let i = 0; i < 2; i++) expect((await ask(`${served.url}/v1/signatures`, init)).status).toBe(400);
    expectLimited(await ask(`${served.url}/v1/signatures`, init), "checks");
  });

  test("that sends too many bytes is stopped", async () => {
    await using served = await serveFake({ limits: { addressBytes: few(1_000) } });
    const init = { method: "POST", body: `"${"x".repeat(600)}"`, headers: { "content-type": "application/json" } };
    expect((await ask(`${served.url}/v1/proposals`, init)).status).toBe(401);
    expectLimited(await ask(`${served.url}/v1/proposals`, init), "bodyBytes");
  });
});

describe("a program", () => {
  test("that asks too often waits, and another one does not", async () => {
    await using served = await serveFake({ limits: { programRequests: few(2) } });
    const [a, b] = [served.client(A), served.client(B)];
    for (const slot of [1, 2]) expect((await a.propose([issue(A, slot)])).state.status).toBe("accepted");
    const refused = await a.propose([issue(A, 3)], { patienceMs: 0 }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 429, code: "limited", field: "requests" });
    expect((refused as { retryAfter: number }).retryAfter).toBeGreaterThan(0);
    expect((refused as Error).message).toMatch(/program 1 asks for too much/);
    expect((await b.propose([issue(B, 1)])).state.status).toBe("accepted");
    expect(await (await fetch(`${served.url}/metrics`)).text()).toMatch(/limits_hit_total\{limit="requests"\} 1/);
  });

  test("may have so many open groups, and proposes again once one is approved", async () => {
    await using served = await serveFake();
    served.operator.mostOpenEach = 2;
    const a = served.client(A);
    const group = (slot: number) =>
      a.proposeGroup(
        [
          { actor: A, effect: issue(A, slot) },
          { actor: B, effect: issue(B, slot) },
        ],
        { patienceMs: 0 },
      );
    const first = await group(1);
    await group(2);
    await expect(group(3)).rejects.toMatchObject({ status: 429, field: "openGroups", retryAfter: 10 });
    expect(await (await fetch(`${served.url}/metrics`)).text()).toMatch(/limits_hit_total\{limit="openGroups"\} 1/);
    // B may begin its own.
    const parts = [
      { actor: B, effect: issue(B, 9) },
      { actor: A, effect: issue(A, 9) },
    ];
    expect((await served.client(B).proposeGroup(parts)).state.status).toBe("open");
    const b = served.client(B);
    expect((await b.approve((await b.proposal(first.id)).proposal)).status).toBe("accepted");
    expect((await group(3)).state.status).toBe("open");
  });

  test("has its nonces remembered until they are void, and no more than that", () => {
    const nonces = new Nonces(3);
    for (const nonce of [1n, 2n, 3n]) expect(nonces.enter(A, nonce, 100, 50)).toBe("new");
    expect(nonces.enter(A, 1n, 100, 50)).toBe("taken");
    expect(nonces.enter(A, 4n, 200, 50)).toBe("full");
    expect(nonces.enter(B, 4n, 200, 50)).toBe("new");
    expect(nonces.enter(A, 4n, 200, 101)).toBe("new");
  });
});

test("readers of events are counted by party, and a place is free once one is gone", async () => {
  await using served = await serveFake({ limits: { eventReaders: 1 } });
  const stop = new AbortController();
  const first = await fetch(`${served.url}/v1/events`, { signal: stop.signal });
  expect(first.status).toBe(200);
  expectLimited(await ask(`${served.url}/v1/events`), "eventReaders");
  // The operator is another party.
  for await (const event of served.owner.events()) {
    expect(event.type).toBe("begin");
    break;
  }
  stop.abort();
  for (;;) {
    const again = new AbortController();
    const response = await fetch(`${served.url}/v1/events`, { signal: again.signal });
    if (response.status === 200) {
      again.abort();
      break;
    }
    await response.text();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
});

test("addresses of one IPv6 network are one party; mapped IPv4 addresses are what they map", () => {
  expect(addressParty("2001:db8:1:2:3:4:5:6")).toBe(addressParty("2001:db8:1:2::9"));
  expect(addressParty("2001:db8:1:3::1")).not.toBe(addressParty("2001:db8:1:2::1"));
  expect(addressParty("::ffff:10.0.0.1")).toBe("10.0.0.1");
});

describe("workers of one address", () => {
  test("64 that ask three times a second are never refused, and readers of that address still read", () => {
    let ms = 0;
    const refused: string[] = [];
    const limiter = new Limiter(
      USUAL_LIMITS,
      (limit) => refused.push(limit),
      () => ms,
    );
    const ip = "10.1.2.3";
    for (let second = 0; second < 300; second++) {
      for (let i = 0; i < 64 * 3; i++) {
        limiter.workRequest(ip);
        limiter.workBody(ip, 2_500);
        ms += 1_000 / (64 * 3);
      }
      limiter.request(ip);
    }
    expect(refused).toEqual([]);
  });

  const withWorkers = async (limits: Partial<Limits>) => {
    const verifier = { verify: async () => true, [Symbol.asyncDispose]: async () => undefined };
    const fleet = new Fleet({ queue: new MemoryQueue(), verifier: verifier as never, circuits: CIRCUITS });
    const routes = workerRoutes({ dispatcher: fleet.dispatcher, files: { path: () => undefined } as never });
    const plugin = async (app: App): Promise<void> => void (await app.register(routes));
    return { fleet, served: await serveFake({ limits, plugins: [plugin] }) };
  };
  const take = (url: string) => {
    const body = JSON.stringify({ worker: "w", version: 2, circuits: CIRCUITS, waitSeconds: 0 });
    return fetch(`${url}/v1/work/take`, { method: "POST", body, headers: { "content-type": "application/json" } });
  };

  test("are counted apart from all else, and refused in the same way", async () => {
    const { served, fleet } = await withWorkers({ addressRequests: few(1), workRequests: few(3) });
    await using _served = served;
    await using _fleet = fleet;
    for (let i = 0; i < 3; i++) expect((await take(served.url)).status).not.toBe(429);
    const refused = await take(served.url);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(((await refused.json()) as { message: string }).message).toMatch(/limit "requests"/);
    expect((await ask(`${served.url}/v1/head`)).status).toBe(200);
    expect((await ask(`${served.url}/v1/head`)).status).toBe(429);
  });
});

test("an open program has no requests of its own", async () => {
  await using served = await serveFake();
  expect((await served.owner.proposeGroup([{ actor: OPEN, effect: issue(OPEN, 1) }])).state.status).toBe("accepted");
});

test("a server stops at once, also where a connection was opened and nothing asked, or a reader of events stays", async () => {
  const served = await serveFake();
  const { hostname, port } = new URL(served.url);
  const silent = connect({ host: hostname, port: Number(port) });
  await new Promise((resolve) => silent.once("connect", resolve));
  const events = await fetch(`${served.url}/v1/events`);
  const ended = new Promise((resolve) => silent.once("close", resolve));
  silent.on("error", () => undefined).resume();
  await ask(`${served.url}/v1/head`);
  const began = performance.now();
  await served.server.close();
  // Without it, ten seconds pass.
  expect(performance.now() - began).toBeLessThan(5_000);
  await ended;
  expect(await events.text()).toContain("begin");
});
