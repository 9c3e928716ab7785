/** The routes of what the page proves exits with: `/proving/exit.json`, `/proving/exit.wasm`, `/proving/exit.zkey`. */
import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PAGE_HEADERS } from "./policy.ts";
import { PROVING, type ProvingFile, provingFiles } from "./provingFiles.ts";

/** @param onLongRead called before a file is read. May throw */
export function provingRoutes(app: FastifyInstance, onLongRead?: (request: FastifyRequest) => void): void {
  const rest = { method: ["GET", "HEAD"], config: { access: "public" as const }, schema: { hide: true } };
  app.route({
    ...{ ...rest, url: `/${PROVING.facts}` },
    handler: async (_, reply) => {
      const { facts } = await provingFiles();
      return checkedEachTime(reply).type("application/json; charset=utf-8").send(facts);
    },
  });
  for (const [which, type] of [
    ["program", "application/wasm"],
    ["key", "application/octet-stream"],
  ] as const) {
    app.route({
      ...{ ...rest, url: `/${PROVING[which]}` },
      handler: async (request, reply) => {
        onLongRead?.(request);
        return send(request, checkedEachTime(reply).type(type), (await provingFiles())[which]);
      },
    });
  }
}

/** Numbers without a pattern: packing would take time and save nothing. */
function send(request: FastifyRequest, reply: FastifyReply, { path, bytes, etag }: ProvingFile): FastifyReply {
  reply.header("etag", etag);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  reply.header("content-length", bytes);
  return reply.send(request.method === "HEAD" ? "" : createReadStream(path));
}

/** A ceremony may have been installed meanwhile. */
function checkedEachTime(reply: FastifyReply): FastifyReply {
  return reply.headers(PAGE_HEADERS).header("cache-control", "no-cache");
}
