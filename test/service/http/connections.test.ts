/** Connections: so many for each address, none of them for trusted proxies; and who a trusted proxy is. */
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Limiter, USUAL_LIMITS } from "../../../service/http/limits.ts";
import { trustedProxies } from "../../../service/http/proxies.ts";
import { InvalidInputError } from "../../../trace/errors.ts";
import { ask, send } from "./raw.ts";
import { type Served, serveFake } from "./servers.ts";

const HEAD = "GET /v1/head HTTP/1.1\r\nHost: localhost\r\n\r\n";

/** A connection that has been answered once, and stays; undefined if it was ended instead. */
async function opened({ url }: Served, text = HEAD): Promise<Socket | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname.replace(/[[\]]/g, ""), port: Number(port) });
  socket.on("error", () => undefined);
  return await new Promise((resolve) => {
    socket.once("data", () => resolve(socket));
    socket.once("close", () => resolve(undefined));
    socket.write(text);
  });
}

async function openedAll(served: Served, count: number): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => opened(served)));
  return sockets.filter((socket) => socket !== undefined);
}

const WIDE = { perSecond: 10_000, burst: 10_000 };

describe("an address", () => {
  test("has so many connections at once, and another one when one is closed", async () => {
    await using served = await serveFake({ limits: { connections: 3 } });
    const [first, ...others] = await openedAll(served, 3);
    expect([first, ...others]).toHaveLength(3);
    expect(await send(served.url, HEAD)).toBe("");
    // Those that are there go on.
    const [second] = others;
    const answered = new Promise((resolve) => second?.once("data", resolve));
    second?.write(HEAD.replace("/v1/head", "/metrics"));
    expect(`${await answered}`).toMatch(/^HTTP\/1.1 200/);
    first?.destroy();
    while ((await send(served.url, HEAD)) === "") await new Promise((resolve) => setTimeout(resolve, 5));
    for (const socket of others) socket.destroy();
    while ((await send(served.url, HEAD)) === "") await new Promise((resolve) => setTimeout(resolve, 5));
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(metrics).toMatch(/limits_hit_total\{limit="connections"\} [1-9]/);
  });

  test("such as that of a proxy on the same machine has 256 by default, and not all that there are", async () => {
    await using served = await serveFake({ limits: { addressRequests: WIDE } });
    const sockets = await openedAll(served, 300);
    expect(sockets).toHaveLength(256);
    for (const socket of sockets) socket.destroy();
  });

  test("is an IPv6 network of 64 bits, and a mapped address is what it maps", () => {
    const hits: string[] = [];
    const limiter = new Limiter({ ...USUAL_LIMITS, connections: 2 }, (limit) => hits.push(limit));
    const close = limiter.connection("2001:db8:1:2::1");
    expect(limiter.connection("2001:db8:1:2:ffff::2")).toBeDefined();
    expect(limiter.connection("2001:db8:1:2:3:4:5:6")).toBeUndefined();
    expect(limiter.connection("2001:db8:1:3::1")).toBeDefined();
    close?.();
    close?.();
    expect(limiter.connection("2001:db8:1:2::7")).toBeDefined();
    expect(limiter.connection("2001:db8:1:2::8")).toBeUndefined();
    for (const ip of ["10.0.0.1", "::ffff:10.0.0.1"]) expect(limiter.connection(ip)).toBeDefined();
    expect(limiter.connection("10.0.0.1")).toBeUndefined();
    expect(hits).toEqual(["connections", "connections", "connections"]);
  });

  test("has no more of them at a server that listens on localhost: it is one server", async () => {
    await using served = await serveFake({ host: "localhost", limits: { connections: 2 } });
    expect(served.server.app.addresses()).toHaveLength(1);
    const sockets = await openedAll(served, 5);
    expect(sockets).toHaveLength(2);
    for (const socket of sockets) socket.destroy();
  });
});

describe("a trusted proxy", () => {
  test("has connections without limit, and those behind it have requests of their own", async () => {
    const limits = { connections: 2, addressRequests: { perSecond: 0.001, burst: 2 } };
    await using served = await serveFake({ trustProxy: ["127.0.0.0/8"], limits });
    const for_ = (ip: string) => HEAD.replace("\r\n\r\n", `\r\nX-Forwarded-For: ${ip}\r\n\r\n`);
    const sockets = await Promise.all(Array.from({ length: 6 }, (_, i) => opened(served, for_(`192.0.2.${i}`))));
    expect(sockets.filter((socket) => socket !== undefined)).toHaveLength(6);
    for (const socket of sockets) socket?.destroy();
    const asked = (ip: string) => ask(`${served.url}/v1/head`, { headers: { "x-forwarded-for": ip } });
    expect((await asked("192.0.2.0")).status).toBe(200);
    expect((await asked("192.0.2.0")).status).toBe(429);
    expect((await asked("1.2.3.4, 192.0.2.0")).status).toBe(429);
    expect((await asked("192.0.2.9")).status).toBe(200);
  });

  test("is one by address, network or name", () => {
    const trusted = trustedProxies(["192.0.2.7", "10.0.0.0/8", "loopback", "2001:db8::/32", "::ffff:198.51.100.1"]);
    const yes = ["192.0.2.7", "10.255.0.1", "127.0.0.1", "::1", "::ffff:127.0.0.1", "2001:db8:5::1", "198.51.100.1"];
    for (const ip of [...yes, "2001:db8::1%eth0"]) expect(trusted(ip), ip).toBe(true);
    for (const ip of ["192.0.2.8", "11.0.0.1", "::2", "::ffff:11.0.0.1", "2001:db9::1", "", "unknown", "10.0.0"]) {
      expect(trusted(ip), ip).toBe(false);
    }
  });

  test.each(["proxy.example", "", "10.0.0.0/33", "10.0.0.0/0", "2001:db8::/129", "10.0.0.0/255.0.0.0", "10.0.0.0/"])(
    'is not "%s"',
    async (text) => {
      expect(() => trustedProxies([text])).toThrow(InvalidInputError);
      await expect(serveFake({ trustProxy: text })).rejects.toThrow("trustProxy");
    },
  );
});
