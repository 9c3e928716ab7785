/** The routes of what the page proves exits with: `/proving/exit.json`, `/proving/exit.wasm`, `/proving/exit.zkey`. */
import { createReadStream } from "node:fs";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { PROVING } from "../../prover/exits/provingFacts.ts";
import { PAGE_HEADERS } from "./policy.ts";
import { type FindArtifacts, type ProvingFile, provingFiles } from "./provingFiles.ts";

/** How they are found, and what is told before a file is read. */
export interface Proving {
  /** By default in the installation's cache. */
  readonly find?: FindArtifacts | undefined;
  /** May throw. */
  readonly onLongRead?: ((request: FastifyRequest) => void) | undefined;
}

/** Adds the routes. */
export function provingRoutes(app: FastifyInstance, { find, onLongRead }: Proving): void {
  const rest = { method: ["GET", "HEAD"], config: { access: "public" as const }, schema: { hide: true } };
  app.route({
    ...{ ...rest, url: `/${PROVING.facts}` },
    handler: async (_, reply) => {
      const { facts } = await provingFiles(find);
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
        return send(request, checkedEachTime(reply).type(type), (await provingFiles(find))[which]);
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
