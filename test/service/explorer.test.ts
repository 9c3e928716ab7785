/** The server of a run's page: what it gives, and to whom; and the folder for static hosts. */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Exploring, exploreDirectory } from "../../service/explorer/explore.ts";
import { packingFor } from "../../service/explorer/packing.ts";
import { packOf } from "../../service/explorer/packs.ts";
import { readPage } from "../../service/explorer/pageFiles.ts";
import { CONTENT_POLICY, META_POLICY } from "../../service/explorer/policy.ts";
import { explorerRoutes, readOnce } from "../../service/explorer/routes.ts";
import { writeSite } from "../../service/explorer/writeSite.ts";
import type { ServerOptions } from "../../service/http/server.ts";
import { BLOCKS_FILE } from "../../trace/import/blocks/blockLines.ts";
import { MOST_FILE_BYTES, unpackFiles } from "../../trace/run/packedFiles.ts";
import { FILES } from "../../trace/run/runDirectory.ts";
import { isRunFile, SINGLE_FILES } from "../../trace/run/runFileNames.ts";
import { serveFake, TOKEN } from "./http/servers.ts";

const scratch = mkdtempSync(join(tmpdir(), "timebandits-explorer-"));
const [run, page] = [join(scratch, "run"), join(scratch, "page")];
const RECORDS = `{"line":1}\n${"x".repeat(5_000)}\n`;
let site: Exploring;

beforeAll(async () => {
  for (const folder of ["run/proofs/stale", "run/signatures", "page/assets"])
    mkdirSync(join(scratch, folder), { recursive: true });
  const files: Record<string, string> = {
    "run/trace.jsonl": RECORDS,
    "run/genesis.json": "{}",
    "run/manifest.json": "{}",
    "run/proofs/1.json": '"a proof"',
    "run/proofs/stale/0.json": "secret",
    "run/proofs/note.txt": "secret",
    "run/signatures/1.json": '"a signature"',
    "run/store.sqlite": "secret",
    "run/store.secret": "secret",
    "run/report.json": "secret",
    "outside.json": "secret",
    "page/index.html": "<title>the page</title>",
    "page/licences.txt": "licences",
    "page/assets/main-1.js": `${"script();".repeat(1_000)}`,
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(scratch, name), content);
  symlinkSync(join(scratch, "outside.json"), join(run, "proofs", "link.json"));
  symlinkSync(join(scratch, "outside.json"), join(run, "blocks.jsonl"));
  site = await exploreDirectory(run, { page });
});
afterAll(async () => {
  await site[Symbol.asyncDispose]();
  rmSync(scratch, { recursive: true, force: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** The path is sent as it is, whatever it is. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
  from: { url: string } = site,
): Promise<Answer> {
  const { port } = new URL(from.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on("data", (part: Buffer) => parts.push(part));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on("error", reject).end();
  });
}

test("it gives the page, and the run's own files, and says which there are", async () => {
  expect((await ask("/")).body.toString()).toBe("<title>the page</title>");
  expect((await ask("/licences.txt")).body.toString()).toBe("licences");
  expect((await ask("/?view=checks&node=https://a.example")).status).toBe(200);
  expect((await ask("/run/trace.jsonl")).body.toString()).toBe(RECORDS);
  expect((await ask("/run/proofs/1.json")).body.toString()).toBe('"a proof"');
  const { files } = JSON.parse((await ask("/run/files.json")).body.toString());
  expect(files).toEqual([
    { name: "genesis.json", bytes: 2 },
    { name: "manifest.json", bytes: 2 },
    { name: "proofs/1.json", bytes: 9 },
    { name: "signatures/1.json", bytes: 13 },
    { name: "trace.jsonl", bytes: RECORDS.length },
  ]);
});

test("it gives nothing else: no store, no secret, no link, no other folder, by whatever path", async () => {
  const paths = [
    ...["store.sqlite", "store.secret", "report.json", "proofs/note.txt", "proofs/stale/0.json", "proofs", "proofs/"],
    ...["proofs/link.json", "blocks.jsonl", "", ".", "..", "../outside.json", "%2e%2e/outside.json"],
    ...["proofs/../../outside.json", "proofs/..%2f..%2foutside.json", "proofs/%2e%2e%2f%2e%2e%2foutside.json"],
    ...["proofs/..%5c..%5coutside.json", "proofs//1.json", "/etc/passwd", "%2fetc%2fpasswd", "proofs/1.json%00"],
    ...["Trace.jsonl%00.json", "proofs/%00.json", "__proto__/x.json", "constructor/x.json", "trace.jsonl/"],
  ].map((name) => `/run/${name}`);
  paths.push(
    "/assets/../../outside.json",
    "/assets/..%2f..%2foutside.json",
    "/assets/",
    "/index.html",
    "/../outside.json",
  );
  for (const path of paths) {
    const { status, body } = await ask(path);
    expect({ path, status, body: body.toString() }).toMatchObject({
      path,
      body: expect.not.stringContaining("secret"),
    });
    expect([400, 404], path).toContain(status);
  }
});

test("it gives many small files in one answer: those that it gives singly, with the same bytes, and no others", async () => {
  const { status, body, headers } = await ask("/run/packed?from=proofs/0.json&to=proofs/~.json");
  expect([status, headers["content-type"], headers["cache-control"]]).toEqual([
    ...[200, "application/octet-stream", "no-store"],
  ]);
  const files = unpackFiles(body);
  expect(files.map(([name]) => name)).toEqual(["proofs/1.json"]);
  expect(Buffer.from(files[0]?.[1] ?? []).equals((await ask("/run/proofs/1.json")).body)).toBe(true);
  const wrong = [
    ...["", "?from=proofs/1.json", "?from=proofs/2.json&to=proofs/1.json", "?from=proofs/1.json&to=signatures/1.json"],
    ...[
      "?from=genesis.json&to=trace.jsonl",
      "?from=../x/1.json&to=../x/2.json",
      "?from=proofs/../a.json&to=proofs/b.json",
    ],
    ...["?from=proofs/1.json&from=proofs/1.json&to=proofs/2.json", "?from[]=proofs/1.json&to=proofs/2.json"],
  ];
  for (const query of wrong) expect((await ask(`/run/packed${query}`)).status, query).toBe(400);
});

test("an answer with many files is bounded, and leaves long ones out", async () => {
  const dir = join(scratch, "many");
  mkdirSync(join(dir, "proofs"), { recursive: true });
  writeFileSync(join(dir, "proofs", "a-long.json"), "x".repeat(MOST_FILE_BYTES + 1));
  const content = "y".repeat(MOST_FILE_BYTES);
  for (let i = 100; i < 140; i++) writeFileSync(join(dir, "proofs", `${i}.json`), content);
  const sent: Uint8Array[] = [];
  for await (const part of packOf(dir, { from: "proofs/100.json", to: "proofs/z.json" })) sent.push(part);
  const files = unpackFiles(Buffer.concat(sent));
  expect(files.map(([name]) => name)).toEqual(Array.from({ length: 32 }, (_, i) => `proofs/${100 + i}.json`));
  // An answer that broke off gives what is whole.
  expect(unpackFiles(Buffer.concat(sent).subarray(0, 2 * MOST_FILE_BYTES))).toHaveLength(1);
});

test("a name alone decides what can be a file of a run", () => {
  expect([...SINGLE_FILES].sort()).toEqual([...Object.values(FILES), BLOCKS_FILE].sort());
  for (const name of ["trace.jsonl", "proofs/a.json", "signatures/..json"]) expect(isRunFile(name), name).toBe(true);
  for (const name of [
    "proofs/a.txt",
    "proofs/.json/../a.json",
    "proofs/a\u0000.json",
    "proofs/c:a.json",
    "x/a.json",
    "",
  ])
    expect(isRunFile(name), name).toBe(false);
});

test("it answers to this machine's names alone, so that no page from elsewhere reads it", async () => {
  const { port } = new URL(site.url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
    expect((await ask("/run/trace.jsonl", { host })).status, host).toBe(200);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "localhost.evil.example"])
    for (const path of ["/", "/run/trace.jsonl", "/nowhere"])
      expect([400, 421], `${host} ${path}`).toContain((await ask(path, { host })).status);
});

test("it is only read", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
    const { status, headers } = await ask("/run/trace.jsonl", {}, method);
    expect([method, status, headers.allow]).toEqual([method, 405, "GET, HEAD"]);
  }
  const head = await ask("/run/trace.jsonl", {}, "HEAD");
  expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, `${RECORDS.length}`, 0]);
});

test("every answer has the strict policy", async () => {
  for (const path of ["/", "/assets/main-1.js", "/run/files.json", "/run/trace.jsonl"]) {
    const { headers } = await ask(path);
    expect(headers, path).toMatchObject({
      "content-security-policy": CONTENT_POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
    });
    expect(headers["access-control-allow-origin"], path).toBeUndefined();
  }
  for (const part of ["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "frame-ancestors 'none'"])
    expect(CONTENT_POLICY.split("; ")).toContain(part);
  expect(`${META_POLICY}; frame-ancestors 'none'`).toBe(CONTENT_POLICY);
});

test("the page's files are kept by their content, the run's files not at all", async () => {
  const script = await ask("/assets/main-1.js");
  expect(script.headers["cache-control"]).toContain("immutable");
  const etag = String(script.headers.etag);
  expect((await ask("/assets/main-1.js", { "if-none-match": etag })).status).toBe(304);
  expect((await ask("/assets/main-1.js", { "if-none-match": `"x", W/${etag}` })).status).toBe(304);
  expect((await ask("/assets/main-1.js", { "if-none-match": '"x"' })).status).toBe(200);
  expect((await ask("/")).headers["cache-control"]).toBe("no-cache");
  for (const path of ["/run/files.json", "/run/trace.jsonl"])
    expect((await ask(path)).headers["cache-control"], path).toBe("no-store");
});

test("answers are packed as the browser takes them", async () => {
  for (const path of ["/assets/main-1.js", "/run/trace.jsonl"]) {
    const plain = (await ask(path)).body;
    const [br, gzip] = [
      await ask(path, { "accept-encoding": "gzip, br" }),
      await ask(path, { "accept-encoding": "gzip" }),
    ];
    expect([br.headers["content-encoding"], gzip.headers["content-encoding"]]).toEqual(["br", "gzip"]);
    expect(brotliDecompressSync(br.body)).toEqual(plain);
    expect(gunzipSync(gzip.body)).toEqual(plain);
    expect(br.body.length).toBeLessThan(plain.length / 10);
  }
  expect(packingFor("br;q=0, gzip")).toBe("gzip");
  expect(packingFor("identity")).toBeUndefined();
  expect(packingFor(undefined)).toBeUndefined();
});

test("a run that grows is seen when it is asked for again", async () => {
  const dir = join(scratch, "growing");
  mkdirSync(dir);
  writeFileSync(join(dir, "trace.jsonl"), "1\n");
  await using growing = await exploreDirectory(dir, { page });
  const read = async (): Promise<string> => (await ask("/run/trace.jsonl", {}, "GET", growing)).body.toString();
  expect(await read()).toBe("1\n");
  appendFileSync(join(dir, "trace.jsonl"), "2\n");
  expect(await read()).toBe("1\n2\n");
});

test("a folder without a run, or without a page, is refused", async () => {
  await expect(exploreDirectory(page, { page })).rejects.toThrow(/holds no run/);
  await expect(exploreDirectory(run, { page: run })).rejects.toThrow(/has no page/);
  await expect(exploreDirectory(run, { page, port: Number(new URL(site.url).port) })).rejects.toThrow(/another port/);
});

test("the folder for static hosts holds the page and the run, and replaces only one like it", async () => {
  const out = join(scratch, "deep", "site");
  await writeSite(run, out, page);
  const files = readdirSync(out, { recursive: true, encoding: "utf8" }).filter((name) => /\.[a-z]+$/.test(name));
  const expected = ["genesis.json", "manifest.json", "files.json", "trace.jsonl", "proofs/1.json", "signatures/1.json"];
  expect(files.sort()).toEqual(
    ["index.html", "licences.txt", "site.json", "assets/main-1.js", ...expected.map((name) => `run/${name}`)].sort(),
  );
  // No static host packs several files in an answer.
  const { packs, ...list } = JSON.parse((await ask("/run/files.json")).body.toString()) as Record<string, unknown>;
  expect(packs).toBe(true);
  expect(JSON.parse(readFileSync(join(out, "run", "files.json"), "utf8"))).toEqual(list);
  await writeSite(run, out, page);
  expect(readdirSync(join(scratch, "deep"))).toEqual(["site"]);

  for (const name of ["own.txt", "run/own.txt", "run/proofs/2.json", "assets/own.js", "run/signatures/own/1.json"]) {
    mkdirSync(dirname(join(out, name)), { recursive: true });
    writeFileSync(join(out, name), "mine");
    await expect(writeSite(run, out, page), name).rejects.toThrow(/holds something else, [a-z/]*(?:own|2)/);
    expect(readFileSync(join(out, name), "utf8")).toBe("mine");
    rmSync(name.includes("/own/") ? dirname(join(out, name)) : join(out, name), { recursive: true });
  }
  symlinkSync(join(scratch, "outside.json"), join(out, "assets", "link.js"));
  await expect(writeSite(run, out, page)).rejects.toThrow(/holds something else, assets\/link\.js/);
  rmSync(join(out, "assets", "link.js"));
  await writeSite(run, out, page);
  writeFileSync(join(out, "site.json"), "{}");
  await expect(writeSite(run, out, page)).rejects.toThrow(/holds something else/);
  await expect(writeSite(run, page, page)).rejects.toThrow(/holds something else/);
  await expect(writeSite(run, join(scratch, "outside.json"), page)).rejects.toThrow(/no folder/);
  mkdirSync(join(scratch, "empty"));
  await writeSite(run, join(scratch, "empty"), page);
  expect(existsSync(join(scratch, "empty", "index.html"))).toBe(true);
});

test("the folder for static hosts and the run lie apart, also by a link", async () => {
  const out = join(scratch, "apart");
  await writeSite(run, out, page);
  await expect(writeSite(join(out, "run"), out, page)).rejects.toThrow(/holds the run/);
  await expect(writeSite(run, run, page)).rejects.toThrow(/is the run itself/);
  await expect(writeSite(run, join(run, "new", "site"), page)).rejects.toThrow(/lies in the run directory/);
  symlinkSync(join(out, "run"), join(scratch, "linked"));
  await expect(writeSite(join(scratch, "linked"), out, page)).rejects.toThrow(/holds the run/);
  await expect(writeSite(join(out, "run"), join(scratch, "linked", "site"), page)).rejects.toThrow(/lies in the run/);
  expect(readFileSync(join(out, "run", "trace.jsonl"), "utf8")).toBe(RECORDS);
  await writeSite(join(out, "run"), join(scratch, "apart-too"), page);
});

test("a server of a map has the page, too: it counts what is asked, and a private one keeps the run to itself", async () => {
  const reading: ServerOptions["reading"] = (app, limiter) =>
    explorerRoutes(app as unknown as FastifyInstance, {
      dir: run,
      page: readOnce(() => readPage(page)),
      onLongRead: ({ ip }) => limiter.heavy(ip),
    });
  await using open = await serveFake({ reading, limits: { addressHeavy: { perSecond: 0.001, burst: 2 } } });
  await using closed = await serveFake({ reading, private: true });
  const status = async (path: string, from: { url: string } = open): Promise<number> =>
    (await ask(path, {}, "GET", from)).status;
  expect(await status("/")).toBe(200);
  expect(await status("/assets/main-1.js")).toBe(200);
  expect(await status("/run/store.sqlite")).toBe(404);
  expect((await ask("/run/trace.jsonl", {}, "GET", open)).body.toString()).toBe(RECORDS);
  expect(await status("/run/files.json")).toBe(200);
  const limited = await ask("/run/trace.jsonl", {}, "GET", open);
  expect([limited.status, Number(limited.headers["retry-after"]) > 0]).toEqual([429, true]);
  expect(await status("/run/genesis.json")).toBe(200);
  const { paths } = JSON.parse((await ask("/openapi.json", {}, "GET", open)).body.toString());
  expect(Object.keys(paths).filter((path) => !/^\/(?:v1|health|metrics)/.test(path))).toEqual([]);
  expect([await status("/", closed), await status("/run/trace.jsonl", closed)]).toEqual([200, 401]);
  expect((await ask("/run/trace.jsonl", { authorization: `Bearer ${TOKEN}` }, "GET", closed)).status).toBe(200);
});

test("a page that cannot be read is asked for again", async () => {
  let asked = 0;
  const page = readOnce(async () => {
    asked++;
    if (asked === 1) throw new Error("not yet");
    return new Map();
  });
  await expect(page()).rejects.toThrow("not yet");
  expect([await page(), await page(), asked]).toEqual([new Map(), new Map(), 2]);
});
