/** A server of one run's page, on this machine alone. It reads; nothing that is asked of it changes anything. */

import { existsSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { type FastifyReply, fastify } from "fastify";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { Connections } from "../http/connections.ts";
import { HttpError, replyTo } from "../http/errors.ts";
import { hostCheck } from "../http/hosts.ts";
import { packagePage, readPage } from "./pageFiles.ts";
import { explorerRoutes } from "./routes.ts";

/** How a page is served. */
export interface ExploreOptions {
  /** 0: any free one, which is the default. */
  readonly port?: number | undefined;
  /** The folder of the built page; by default the package's. */
  readonly page?: string | undefined;
}

/** A page that is served. */
export interface Exploring extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/`. */
  readonly url: string;
}

const HOST = "127.0.0.1";
const READING: readonly string[] = ["GET", "HEAD"];
const LAST_MS = 5_000;

/**
 * Serves the page of a run, until it is disposed of. The run's files are read for each request, so a run that grows is
 * seen when the page is loaded again.
 *
 *     await using exploring = await exploreDirectory("shop");
 *     console.log(exploring.url);
 *
 * @throws InvalidInputError if the directory holds no run
 * @throws EnvironmentError if there is no built page, or the port is taken
 */
export async function exploreDirectory(dir: string, options: ExploreOptions = {}): Promise<Exploring> {
  requireRun(dir);
  const page = await readPage(pageFolder(options.page));
  const app = fastify({
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    bodyLimit: 1_024,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error: unknown, _request: unknown, reply: unknown) => answer(reply as FastifyReply, error),
  });
  const connections = new Connections(app.server, () => () => undefined);
  const requireHost = hostCheck([], "it serves this machine alone; use the address that it printed");
  app.addHook("onRequest", async ({ headers, method }, reply) => {
    requireHost(headers.host);
    if (READING.includes(method)) return;
    reply.header("allow", READING.join(", "));
    throw new HttpError(405, "method", "the page is only read");
  });
  app.setNotFoundHandler(() => {
    throw new HttpError(404, "not-found", "there is no such path");
  });
  app.setErrorHandler((error, _, reply) => answer(reply, error));
  explorerRoutes(app, { dir, page: async () => page, near: true });
  try {
    await app.listen({ host: HOST, port: options.port ?? 0 });
  } catch (error) {
    await app.close();
    const next = "another process listens there, or it is not allowed; name another port";
    if (!["EADDRINUSE", "EACCES"].includes(systemCode(error))) throw error;
    throw new EnvironmentError("listen", `${HOST}, port ${options.port}: ${next}`, { cause: error });
  }
  const { port } = app.server.address() as AddressInfo;
  return {
    url: `http://${HOST}:${port}/`,
    async [Symbol.asyncDispose]() {
      connections.close();
      const late = setTimeout(() => app.server.closeAllConnections(), LAST_MS);
      await app.close().finally(() => clearTimeout(late));
    },
  };
}

function answer(reply: FastifyReply, error: unknown): void {
  const { status, body } = replyTo(error);
  reply.code(status).send(body);
}

/** @throws InvalidInputError if the directory holds no run */
export function requireRun(dir: string): void {
  if (existsSync(pathIn(dir, "trace"))) return;
  throw new InvalidInputError(dir, "holds no run: it has no trace.jsonl; name a run directory");
}

/** @throws EnvironmentError if none is given, and the package has none */
export function pageFolder(given: string | undefined): string {
  const folder = given ?? packagePage();
  if (folder !== undefined) return folder;
  throw new EnvironmentError("page", "the page is not built here; build it (npm run build:web), and name its folder");
}
