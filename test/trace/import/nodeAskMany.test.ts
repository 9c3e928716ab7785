/** The transport over HTTP: batches, failures by kind, and no secret in any message. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { AskFailure } from "../../../trace/import/node/ask.ts";
import { askManyAt } from "../../../verifier/chain/askMany.ts";

interface Call {
  id: number;
  method: string;
}
interface Reply {
  status?: number;
  body: string | Uint8Array;
  headers?: Record<string, string>;
}

/** A server that replies to each body as a test wishes; undefined is silence. */
async function server(reply: (body: Call | Call[], request: IncomingMessage) => Reply | undefined) {
  const http = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = reply(JSON.parse(Buffer.concat(parts).toString()) as Call | Call[], request);
    if (answer === undefined) return;
    response.writeHead(answer.status ?? 200, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const close = async (): Promise<void> => {
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
  };
  return { url, [Symbol.asyncDispose]: close };
}

const said = (answer: unknown): Reply => ({ body: JSON.stringify(answer) });
const calls = (...methods: string[]) => methods.map((method) => ({ method, params: [] }));

test("a single request goes alone, several in one batch, whose answers come in any order", async () => {
  const bodies: unknown[] = [];
  await using node = await server((body) => {
    bodies.push(body);
    if (!Array.isArray(body)) return said({ jsonrpc: "2.0", id: body.id, result: body.method });
    return said(body.map(({ id, method }) => ({ id, result: method })).reverse());
  });
  const ask = askManyAt(node.url);
  expect(await ask(calls("a"))).toEqual([{ result: "a" }]);
  expect(await ask(calls("a", "b", "c"))).toEqual([{ result: "a" }, { result: "b" }, { result: "c" }]);
  expect(await ask([])).toEqual([]);
  expect(bodies).toHaveLength(2);
  expect(bodies[0]).toMatchObject({ jsonrpc: "2.0", method: "a" });
});

test("refusals come in the node's words; who asks too often is told so", async () => {
  const errors = [
    { code: -32601, message: "Method not found" },
    { code: 429, message: "slow down" },
    { code: 3, message: "nope" },
    { code: 1 },
  ];
  await using node = await server((body) => said((body as Call[]).map(({ id }) => ({ id, error: errors[id] }))));
  expect(await askManyAt(node.url)(calls("a", "b", "c", "d"))).toEqual([
    ...[{ error: "Method not found" }, { error: "slow down", busy: true }],
    ...[{ error: "execution reverted: nope" }, { error: "it does not say why" }],
  ]);
});

test("compressed and long answers", async () => {
  const long = "f".repeat(3_000_000);
  await using node = await server((body) => ({
    body: gzipSync(JSON.stringify({ id: (body as Call).id, result: long })),
    headers: { "content-encoding": "gzip" },
  }));
  expect(await askManyAt(node.url)(calls("a"))).toEqual([{ result: long }]);
});

const page = { body: "<html>502</html>" };
const failures: [what: string, reply: Reply, single: string, several: string][] = [
  ["a page", page, "never", "fewer"],
  ["nothing", { body: "" }, "never", "fewer"],
  ["null", said(null), "never", "fewer"],
  ["a server's page", { ...page, status: 502 }, "again", "again"],
  ["too many requests", { body: "", status: 429, headers: { "retry-after": "2" } }, "again", "again"],
  ["no permission", { body: '{"error":"invalid key"}', status: 401 }, "never", "never"],
  ["another place", { body: "", status: 302, headers: { location: "http://other.invalid/" } }, "never", "never"],
  ["an empty list", said([]), "again", "fewer"],
  ["other ids", said([{ id: 77, result: 1 }]), "again", "fewer"],
  ["too large", { body: "", status: 413 }, "never", "fewer"],
];
test.each(failures)("%s is a failure of its kind", async (_, reply, single, several) => {
  await using node = await server(() => reply);
  const ask = askManyAt(node.url);
  expect(await failure(ask(calls("a")))).toMatchObject({ kind: single, code: "rpc" });
  expect(await failure(ask(calls("a", "b")))).toMatchObject({ kind: several });
});

test("one error for a batch: the batch was refused, or came too soon", async () => {
  let message = "batches are not supported";
  await using node = await server(() => said({ id: null, error: { code: -32600, message } }));
  expect(await failure(askManyAt(node.url)(calls("a", "b")))).toMatchObject({ kind: "fewer" });
  message = "rate limit exceeded";
  expect(await failure(askManyAt(node.url)(calls("a", "b")))).toMatchObject({ kind: "again" });
});

test("a wait that the node names is in milliseconds", async () => {
  await using node = await server(() => ({ body: "", status: 429, headers: { "retry-after": "2" } }));
  expect(await failure(askManyAt(node.url)(calls("a")))).toMatchObject({ afterMs: 2_000 });
});

test("silence and a dead node", async () => {
  const node = await server(() => undefined);
  expect(await failure(askManyAt(node.url, 50)(calls("a")))).toMatchObject({ kind: "late" });
  await node[Symbol.asyncDispose]();
  const message = `no Ethereum node answers at ${node.url} (ECONNREFUSED)`;
  expect(await failure(askManyAt(node.url)(calls("a")))).toMatchObject({ kind: "again", message });
});

test("a redirect is not followed", async () => {
  let asked = 0;
  await using other = await server(() => said({ id: 0, result: ++asked }));
  await using node = await server(() => ({ status: 307, body: "", headers: { location: other.url } }));
  expect(await failure(askManyAt(node.url)(calls("a")))).toMatchObject({ kind: "never" });
  expect(asked).toBe(0);
});

test("no message shows the secrets of a URL, whatever the node repeats", async () => {
  const secrets = ["sesame-open", "geheim", "a1b2c3d4e5f6a7b8", "t0ps3cretquery"];
  let reply: Reply = page;
  await using node = await server((_, { url }) => ({ ...reply, body: `${reply.body}`.replace("URL", url ?? "") }));
  const url = `${node.url.replace("//", "//sesame-open:geheim@")}/v3/a1b2c3d4e5f6a7b8?apikey=t0ps3cretquery`;
  const ask = askManyAt(url);
  for (reply of [page, { body: "URL", status: 500 }, { body: '{"error":{"message":"bad URL"}}', status: 403 }]) {
    const error = inspect(await failure(ask(calls("a"))), { depth: 12, showHidden: true });
    for (const secret of secrets) expect(error).not.toContain(secret);
    expect(error).toContain(node.url);
  }
  reply = { body: '{"error":{"message":"bad URL"}}' };
  expect(JSON.stringify(await ask(calls("a")))).not.toContain("a1b2c3d4e5f6a7b8");
});

test("other protocols are refused by name", () => {
  for (const url of ["ws://127.0.0.1:1/geheimgeheim", "geheimgeheim", "file:///geheimgeheim"]) {
    expect(() => askManyAt(url)).toThrow("the RPC URL is not valid: give http:// or https:// and a host");
  }
});

async function failure(asked: Promise<unknown>): Promise<AskFailure> {
  const thrown = await asked.catch((error: unknown) => error);
  if (thrown instanceof AskFailure) return thrown;
  throw thrown ?? new Error("nothing was thrown");
}
