/** What the page says where its server has nothing to prove exits with. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { bytesOf, provingFacts, provingFrom } from "../../web/work/provingServer.ts";

let server: Server | undefined;
afterEach(() => {
  server?.close();
});

/** A host that answers everything so, and the paths that were asked for. */
async function host(status: number, body: string): Promise<string[]> {
  const asked: string[] = [];
  server = createServer(({ url = "" }, response) => {
    asked.push(url);
    response.writeHead(status, { connection: "close" }).end(body);
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  provingFrom(`http://127.0.0.1:${(server.address() as AddressInfo).port}/some/where/?view=border`);
  return asked;
}

test("a static host has nothing, and the page says whose installation has it", async () => {
  const asked = await host(404, "<h1>not found</h1>");
  await expect(provingFacts()).rejects.toThrow(/timebandits setup --profile exit, then timebandits explore/);
  expect(asked).toEqual(["/some/where/proving/exit.json"]);
});

test("what the server says is told", async () => {
  await host(404, JSON.stringify({ error: { code: "no-proving-key", message: "run this" } }));
  await expect(provingFacts()).rejects.toThrow(/^run this$/);
  await expect(bytesOf("key")).rejects.toThrow(/^run this$/);
});

test("an answer that is none is no description", async () => {
  await host(200, "{}");
  await expect(provingFacts()).rejects.toThrow(/setup --profile exit/);
});
