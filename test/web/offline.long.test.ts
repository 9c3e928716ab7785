/** The folder that `explore --out` writes: any static host serves it, and nothing else is asked. */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { builtPage } from "../../scripts/lib/builtPage.ts";
import { writeSite } from "../../service/explorer/writeSite.ts";
import { VIEWS } from "../../web/page/frame/route.ts";
import { traced } from "./lib/exploredRun.ts";
import { inBrowser } from "./lib/inBrowser.ts";
import { openPage } from "./lib/openPage.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".wasm": "application/wasm",
};

/** A host that knows files and their types, sends no header of ours, and serves the folder below a path. */
async function plainHost(folder: string, below: string): Promise<AsyncDisposable & { url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async ({ url = "" }, response) => {
    asked.push(url);
    const path = decodeURIComponent(new URL(url, "http://host").pathname);
    const name = path === below ? "index.html" : path.slice(below.length);
    try {
      const content = await readFile(join(folder, name));
      response.setHeader("content-type", TYPES[extname(name)] ?? "application/octet-stream").end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    ...{ url: `http://127.0.0.1:${port}${below}`, asked },
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done()).closeAllConnections()),
  };
}

inBrowser("a static folder", (around) => {
  const { scratch } = around;
  let folder: string;
  beforeAll(async () => {
    const run = await traced("seed", scratch.path("seed"), true);
    folder = scratch.path("site");
    await writeSite(run, folder, await builtPage());
  });

  test("shows every view and checks the run, without any other host", async () => {
    await using host = await plainHost(folder, "/some/where/");
    await using opened = await openPage(around.browser, host.url);
    const elsewhere: string[] = [];
    await opened.page.context().route(
      (url) => url.host !== new URL(host.url).host,
      async (route) => {
        elsewhere.push(route.request().url());
        await route.abort();
      },
    );
    await opened.show("transitions");
    expect(await opened.page.locator("tr[data-seq] [data-check=proof] [data-mark=good]").count()).toBe(15);
    for (const view of VIEWS) await opened.follow(view);
    expect(elsewhere).toEqual([]);
    expect(opened.faults).toEqual([]);
    expect(host.asked.filter((path) => !path.startsWith("/some/where/"))).toEqual([]);
  });

  test("its policy holds in the page and in its workers, without a header: no other host, no code from a text", async () => {
    await using host = await plainHost(folder, "/");
    await using other = await plainHost(folder, "/");
    await using node = await plainHost(folder, "/");
    await using opened = await openPage(around.browser, host.url);
    // Opaque: the answers have no header that lets another origin read them. What matters is who is asked.
    const attempt = (url: string): string =>
      `fetch("${url}", { mode: "no-cors" }).then(() => "asked", () => "refused")`;
    // A link alone asks no node: the reader has to agree, and the page is then loaded again.
    await opened.show("trust", { node: `${node.url}rpc` });
    expect(await opened.page.evaluate(attempt(`${node.url}rpc`))).toBe("refused");
    expect(node.asked).toEqual([]);
    await Promise.all([
      opened.page.waitForEvent("load"),
      opened.page.getByRole("button", { name: "Ask this node" }).click(),
    ]);
    await opened.show("checks", { node: `${node.url}rpc` });
    // Later, as a debugger's own evaluation is exempt.
    const made = `(() => { try { return new Function("return 'run'")(); } catch { return "refused"; } })()`;
    const evaluated = `new Promise((done) => setTimeout(() => done(${made})))`;
    const workers = opened.page.workers();
    expect(workers.length).toBeGreaterThanOrEqual(1);
    const inPage = (code: string): Promise<unknown> => opened.page.evaluate(code);
    for (const inside of [inPage, ...workers.map((worker) => (code: string) => worker.evaluate(code))]) {
      expect(await inside(attempt(`${other.url}evil`))).toBe("refused");
      expect(await inside(attempt(`${node.url}rpc`))).toBe("asked");
      expect(await inside(evaluated)).toBe("refused");
    }
    expect(other.asked).toEqual([]);
    expect(node.asked).toContain("/rpc");
  });

  test("a browser that refuses to keep anything asks the node once the reader agrees, and a link alone still not", async () => {
    await using host = await plainHost(folder, "/");
    await using node = await plainHost(folder, "/");
    await using opened = await openPage(around.browser, host.url);
    const { page } = opened;
    await page.addInitScript(() => {
      const refuse = (): never => {
        throw new DOMException("storage is not allowed", "SecurityError");
      };
      for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(globalThis, name, { get: refuse });
    });
    await opened.show("trust", { node: `${node.url}rpc` });
    expect(node.asked).toEqual([]);
    await Promise.all([page.waitForEvent("load"), page.getByRole("button", { name: "Ask this node" }).click()]);
    await opened.settled();
    expect(await page.evaluate(`fetch("${node.url}rpc", { mode: "no-cors" }).then(() => "asked")`)).toBe("asked");
    // Nor is it asked for again while the reader goes through the page.
    await opened.follow("checks");
    await opened.follow("trust");
    expect(await page.getByRole("button", { name: "Ask this node" }).count()).toBe(0);
    const asked = node.asked.length;
    await opened.show("trust", { node: `${node.url}rpc`, seq: "3" });
    expect(await page.getByRole("button", { name: "Ask this node" }).count()).toBe(1);
    expect(node.asked.length).toBe(asked);
  });
});
