/**
 * The names that a server answers to: a page from elsewhere cannot read a server of this machine by a name of its own.
 */
import { expect, test } from "vitest";
import { hostCheck, isLoopback } from "../../../service/http/hosts.ts";
import type { ServerOptions } from "../../../service/http/server.ts";
import { send } from "./raw.ts";
import { serveFake } from "./servers.ts";

const PATHS = ["/", "/v1/head", "/v1/status", "/run/trace.jsonl", "/nowhere", "/openapi.json", "/health"];

async function statusOf(options: Partial<ServerOptions>, hosts: readonly string[], path = "/v1/head") {
  await using served = await serveFake(options);
  const { port } = new URL(served.url);
  const url = `http://127.0.0.1:${port}`;
  const status = async (host: string): Promise<string> =>
    (await send(url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)).split(" ")[1] ?? "";
  return await Promise.all(hosts.map(status));
}

test("a server of this machine alone answers to this machine's names, with any port, and to no other", async () => {
  for (const host of ["127.0.0.1", "localhost"])
    expect(await statusOf({ host }, ["127.0.0.1:1", "localhost", "LOCALHOST:8080", "[::1]:8080"])).toEqual(
      Array(4).fill("200"),
    );
  const foreign = [
    "evil.example",
    "evil.example:8080",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "10.0.0.1",
    "",
  ];
  for (const path of PATHS) expect(await statusOf({}, foreign, path), path).toEqual(Array(6).fill("421"));
});

test("a server that listens to others, or trusts a proxy, answers to every name", async () => {
  expect(await statusOf({ host: "0.0.0.0" }, ["map.example", "server:8080", "10.0.0.1"])).toEqual(Array(3).fill("200"));
  expect(await statusOf({ trustProxy: "loopback" }, ["map.example"])).toEqual(["200"]);
});

test("names can be added; then it answers to them and to this machine's, wherever it listens", async () => {
  const publicHosts = ["Map.Example", "10.0.0.1"];
  const asked = ["map.example", "MAP.example:443", "10.0.0.1:80", "localhost", "evil.example", "x.map.example"];
  const answers = ["200", "200", "200", "200", "421", "421"];
  expect(await statusOf({ publicHosts }, asked)).toEqual(answers);
  expect(await statusOf({ publicHosts, host: "0.0.0.0", trustProxy: "loopback" }, asked)).toEqual(answers);
  for (const name of ["", "https://map.example", "map.example:443", "map.example/", "*", "a b"])
    expect(() => hostCheck([name]), name).toThrow("publicHosts");
});

test("an address is of this machine alone, or not", () => {
  expect(["127.0.0.1", "127.9.9.9", "::1"].every(isLoopback)).toBe(true);
  expect(["0.0.0.0", "::", "10.0.0.1", "localhost", ""].some(isLoopback)).toBe(false);
});
