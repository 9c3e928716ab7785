/**
 * The page's routes, and those of the run that it shows: `/`, `/assets/…`, `/run/files.json`, `/run/packed`, `/run/…`;
 * `/proving/…` has what it proves exits with.
 */
import { Readable } from "node:stream";
import { createBrotliCompress, createGzip, constants as zlib } from "node:zlib";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PACK_NAME } from "../../trace/run/packedFiles.ts";
import { HttpError } from "../http/errors.ts";
import { type Packing, packingFor } from "./packing.ts";
import { isPackRange, packOf } from "./packs.ts";
import type { Page } from "./pageFiles.ts";
import { PAGE_HEADERS } from "./policy.ts";
import { provingRoutes } from "./provingRoutes.ts";
import { LIST_NAME, listText, openRunFile, runFilesIn } from "./runFiles.ts";

/** What the routes show. */
export interface Explored {
  readonly dir: string;
  /** The page. It may be built when it is first asked for. */
  readonly page: () => Promise<Page>;
  /** The browser is on this machine: packing a long file takes longer than sending it. */
  readonly near?: boolean;
  /** Called before something of the run is read that may be long. May throw. */
  readonly onLongRead?: (request: FastifyRequest) => void;
}

/** A page that is read when it is first asked for. A failure is not kept: the next request tries again. */
export function readOnce(read: () => Promise<Page>): () => Promise<Page> {
  let reading: Promise<Page> | undefined;
  return () => {
    reading ??= read().catch((error: unknown) => {
      reading = undefined;
      throw error;
    });
    return reading;
  };
}

/** Bytes of a file from which on it is packed in haste. */
const LONG = 2 ** 20;
/** Files of the page that are not in its folder of assets, by their paths. */
const TOP: Readonly<Record<string, string>> = { "/": "index.html", "/licences.txt": "licences.txt" };
const JSON_TYPE = "application/json; charset=utf-8";

/** Adds the routes. */
export function explorerRoutes(app: FastifyInstance, { dir, page, near = false, onLongRead }: Explored): void {
  const method = ["GET", "HEAD"];
  const schema = { hide: true };
  for (const [url, name] of Object.entries(TOP)) {
    const handler = async (request: FastifyRequest, reply: FastifyReply) =>
      sendPage(request, reply, await page(), name);
    app.route({ method, url, config: { access: "public" }, schema, handler });
  }
  app.route<{ Params: { "*": string | number } }>({
    ...{ method, url: "/assets/*", config: { access: "public" }, schema },
    handler: async (request, reply) => sendPage(request, reply, await page(), `assets/${request.params["*"]}`),
  });
  app.route({
    ...{ method, url: `/run/${LIST_NAME}`, config: { access: "read" }, schema },
    handler: async (request, reply) => {
      onLongRead?.(request);
      live(reply).type(JSON_TYPE);
      return reply.send(Buffer.from(listText(await runFilesIn(dir), true)));
    },
  });
  app.route<{ Querystring: Record<string, unknown> }>({
    ...{ method: "GET", url: `/run/${PACK_NAME}`, config: { access: "read" }, schema },
    handler: async (request, reply) => {
      const { from, to } = request.query;
      if (!isPackRange({ from, to }))
        throw new HttpError(400, "range", "from and to name files of one folder in order");
      onLongRead?.(request);
      const content = Readable.from(packOf(dir, { from: String(from), to: String(to) }));
      live(reply).type("application/octet-stream").header("vary", "accept-encoding");
      // Bundles are mostly digits: a fast packing makes a half of them.
      return sendPacked(reply, content, near ? undefined : packingFor(request.headers["accept-encoding"]), 1);
    },
  });
  provingRoutes(app, { onLongRead });
  app.route<{ Params: { "*": string | number } }>({
    ...{ method, url: "/run/*", config: { access: "read" }, schema },
    handler: async (request, reply) => {
      const name = String(request.params["*"]);
      if (name.endsWith(".jsonl")) onLongRead?.(request);
      return await sendRunFile(request, reply, { dir, name, near });
    },
  });
}

async function sendPage(request: FastifyRequest, reply: FastifyReply, page: Page, name: string): Promise<FastifyReply> {
  const file = page.get(name);
  if (file === undefined) throw new HttpError(404, "not-found", "the page has no such file; load the page again");
  reply.headers(PAGE_HEADERS).type(file.type).header("etag", file.etag).header("vary", "accept-encoding");
  reply.header("cache-control", file.lasting ? "public, max-age=31536000, immutable" : "no-cache");
  if (matches(request.headers["if-none-match"], file.etag)) return reply.code(304).send();
  const packing = packingFor(request.headers["accept-encoding"]);
  if (packing !== undefined) reply.header("content-encoding", packing);
  return reply.send(packing === undefined ? file.content : await file.packed(packing));
}

/** A weak tag is the same content: a proxy that packs makes it weak. */
function matches(given: string | undefined, etag: string): boolean {
  return given?.split(",").some((each) => each.trim().replace(/^W\//, "") === etag) === true;
}

async function sendRunFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { dir, name, near }: { dir: string; name: string; near: boolean },
): Promise<FastifyReply> {
  const found = await openRunFile(dir, name);
  if (found === undefined) throw new HttpError(404, "not-found", "the run has no such file");
  const { handle, bytes } = found;
  live(reply).type(name.endsWith(".json") ? JSON_TYPE : "application/x-ndjson; charset=utf-8");
  reply.header("vary", "accept-encoding");
  if (bytes === 0 || request.method === "HEAD") {
    await handle.close();
    return reply.header("content-length", bytes).send("");
  }
  // What is appended meanwhile is left to the next request.
  const content = handle.createReadStream({ start: 0, end: bytes - 1 });
  const isLong = bytes > LONG;
  const packing = near && isLong ? undefined : packingFor(request.headers["accept-encoding"]);
  if (packing === undefined) return reply.header("content-length", bytes).send(content);
  return sendPacked(reply, content, packing, isLong ? 1 : 6);
}

/** @param packing undefined for none. @param effort as both packings count it, from 1 on */
function sendPacked(
  reply: FastifyReply,
  content: Readable,
  packing: Packing | undefined,
  effort: number,
): FastifyReply {
  if (packing === undefined) return reply.send(content);
  reply.header("content-encoding", packing);
  const packed =
    packing === "gzip"
      ? createGzip({ level: effort })
      : createBrotliCompress({ params: { [zlib.BROTLI_PARAM_QUALITY]: effort } });
  content.on("error", (error) => packed.destroy(error));
  packed.on("close", () => content.destroy());
  return reply.send(content.pipe(packed));
}

/** What may change at any time is kept nowhere. */
function live(reply: FastifyReply): FastifyReply {
  return reply.headers(PAGE_HEADERS).header("cache-control", "no-store");
}
