/** The HTTP server of one map. */
import { randomBytes } from "node:crypto";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type FastifyReply, type FastifyRequest, fastify } from "fastify";
import { EnvironmentError, RefusedError } from "../../trace/errors.ts";
import { systemCode } from "../../trace/run/systemErrors.ts";
import { toJson } from "../wire/json.ts";
import { Authenticator, forbidden } from "./authenticate.ts";
import { bytesOf, takeJson } from "./body.ts";
import { Connections } from "./connections.ts";
import { type App, type Context, callerIn, callerOf, setCaller } from "./context.ts";
import { effectSchemas } from "./effectSchemas.ts";
import { HttpError, replyTo } from "./errors.ts";
import { EventStream, type StreamOptions } from "./eventStream.ts";
import { hostCheck, isLoopback } from "./hosts.ts";
import { Limiter, type Limits, USUAL_LIMITS } from "./limits.ts";
import { Metrics } from "./metrics.ts";
import { describe } from "./openapi.ts";
import { trustedProxies } from "./proxies.ts";
import { batchRoutes } from "./routes/batches.ts";
import { proposalRoutes } from "./routes/proposals.ts";
import { serviceRoutes } from "./routes/service.ts";
import { signingRoutes } from "./routes/signing.ts";
import { stateRoutes } from "./routes/state.ts";
import { ErrorAnswer, ProposalState } from "./schemas.ts";
import type { ServedMap } from "./servedMap.ts";

/** How the server behaves. */
export interface ServerOptions {
  /** The operator's token. */
  readonly token: string;
  /** Address to listen on; by default this machine alone. */
  readonly host?: string;
  /** 0: any free one. */
  readonly port?: number;
  /** Reading asks for the token or a program's signature, too. */
  readonly private?: boolean;
  /** Addresses or networks of proxies whose X-Forwarded-For is believed. Their connections are not limited. */
  readonly trustProxy?: string | readonly string[];
  /**
   * Names, without ports, that the server answers to beside those of this machine. Without them a server on a loopback
   * address answers to the names of this machine alone, unless it trusts a proxy; on any other address, to every name.
   */
  readonly publicHosts?: readonly string[];
  readonly limits?: Partial<Limits>;
  readonly events?: StreamOptions;
  /** Further routes, those of workers. They are not authenticated as the others are, and have limits of their own. */
  readonly plugins?: readonly ((app: App) => Promise<void> | void)[];
  /** Further routes for readers. Each says by itself who may use it, and is limited as the others are. */
  readonly reading?: ((app: App, limiter: Limiter) => void) | undefined;
  /** What went wrong inside, for the operator. */
  readonly onFailure?: (error: unknown, request: string) => void;
  /** Seconds since 1970. */
  readonly now?: () => number;
}

/** A server that listens. */
export interface MapServer extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly url: string;
  readonly app: App;
  /** Takes no more requests, answers those at hand, ends the readers of events. */
  close(): Promise<void>;
}

const MS = 1_000;
const REQUEST_S = 30;
const HEADERS_S = 10;
const IDLE_S = 60;
/** How long the requests at hand may take when the server stops. */
const LAST_MS = 10_000;
const LONGEST_HEADERS = 8_192;
const MOST_CONNECTIONS = 4_096;
/** Digits of a path or a query that are read as a number. */
const WHOLE = /^(0|[1-9][0-9]{0,15})$/;

/**
 * Starts a server.
 * @throws EnvironmentError if it cannot listen there
 * @throws InvalidInputError if `trustProxy` holds what is no address, or `publicHosts` what is no name
 */
export async function startServer(map: ServedMap, options: ServerOptions): Promise<MapServer> {
  const limits = { ...USUAL_LIMITS, ...options.limits };
  const metrics = new Metrics(map.operator, () => limiter.readers);
  const limiter = new Limiter(limits, (limit) => metrics.limited(limit));
  const stream = new EventStream(map.operator, options.events);
  let closing = false;
  const context: Context = {
    ...{ map, limiter, metrics, stream, instance: randomBytes(8).toString("hex") },
    notReady: async () => (closing ? "the server is stopping" : await haltedIn(map)),
  };
  const { trustProxy } = options;
  const trusted =
    trustProxy === undefined ? undefined : trustedProxies(typeof trustProxy === "string" ? [trustProxy] : trustProxy);
  const app = newApp(limits, trusted);
  const connections = new Connections(app.server, (address) =>
    trusted?.(address) === true ? () => undefined : limiter.connection(address),
  );
  guard(app, context, options);
  await describe(app);
  for (const schema of [ErrorAnswer, ProposalState, ...effectSchemas()]) app.addSchema(schema);
  for (const routes of [proposalRoutes, stateRoutes, signingRoutes, batchRoutes, serviceRoutes]) routes(app, context);
  options.reading?.(app, limiter);
  for (const plugin of options.plugins ?? []) {
    await app.register(async (inner) => {
      inner.addHook("onRoute", (route) => {
        route.config = { ...route.config, access: "worker" };
      });
      await plugin(inner as unknown as App);
    });
  }
  const url = await listen(app, options);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing = true;
    // Readers of events would keep their connections for ever.
    stream.close();
    connections.close();
    if (closed === undefined) {
      const late = setTimeout(() => app.server.closeAllConnections(), LAST_MS);
      closed = app.close().finally(() => clearTimeout(late));
    }
    return closed;
  };
  return { url, app, close, [Symbol.asyncDispose]: close };
}

/** Why the map stands still; null if it does not. */
async function haltedIn({ operator }: ServedMap): Promise<string | null> {
  try {
    return (await operator.status()).halted;
  } catch {
    return "the operator does not answer; its log has the reason";
  }
}

/** The one server. For "localhost" the HTTP library would make a second one, which would have none of the limits. */
function newServer(handler: RequestListener): Server {
  const server = createServer(
    {
      maxHeaderSize: LONGEST_HEADERS,
      headersTimeout: HEADERS_S * MS,
      requestTimeout: REQUEST_S * MS,
      keepAliveTimeout: IDLE_S * MS,
      connectionsCheckingInterval: 5 * MS,
    },
    handler,
  );
  server.maxConnections = MOST_CONNECTIONS;
  return server;
}

function newApp(limits: Limits, trusted: ((address: string) => boolean) | undefined): App {
  const app = fastify({
    bodyLimit: limits.body,
    exposeHeadRoutes: false,
    forceCloseConnections: "idle",
    trustProxy: trusted ?? false,
    serverFactory: newServer,
    routerOptions: { maxParamLength: 100 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, discriminator: true } },
    frameworkErrors: (error: unknown, _request: unknown, reply: unknown) => {
      const { status, body } = replyTo(error);
      (reply as FastifyReply).code(status).send(body);
    },
  }) as unknown as App;
  // Schemas of answers are for the description; a test compares the answers with them.
  app.setSerializerCompiler(() => (answer: unknown) => toJson(answer));
  app.setReplySerializer((answer: unknown) => toJson(answer));
  return app;
}

/** What happens to every request: limits, who asks, errors, and how long it took. */
function guard(app: App, { map, limiter, metrics, instance }: Context, options: ServerOptions): void {
  const now = options.now ?? (() => Math.floor(Date.now() / MS));
  const authenticator = new Authenticator(map.operator, options.token, limiter, instance, now);
  const requireHost = hostCheck(options.publicHosts ?? []);
  let named = options.publicHosts !== undefined;
  if (!named && options.trustProxy === undefined) {
    app.server.once("listening", () => {
      named = isLoopback((app.server.address() as AddressInfo).address);
    });
  }
  const isWork = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config?.access === "worker";
  app.addHook("onRequest", async (request) => {
    const { ip, headers } = request;
    if (isWork(request)) limiter.workRequest(ip);
    else limiter.request(ip);
    if (named) requireHost(headers.host);
    // A body that is announced is refused before it is read.
    const announced = Number(headers["content-length"] ?? 0);
    if (announced > limiter.limits.body) {
      throw new HttpError(413, "too-large", `the body is longer than ${limiter.limits.body} bytes; send less at once`);
    }
  });
  takeJson(app, (request, bytes) => {
    if (isWork(request)) limiter.workBody(request.ip, bytes);
    else limiter.body(request.ip, bytes);
  });
  app.addHook("preValidation", async (request) => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === "worker") return;
    numbersIn(request.params);
    numbersIn(request.query);
    if (access === "public") return;
    const { ip, method, headers, originalUrl } = request;
    const target = `${method} ${originalUrl}`;
    const { authorization } = headers;
    setCaller(request, await authenticator.callerOf({ ip, target, authorization, body: bytesOf(request) }));
    if (access !== "read" || options.private === true) callerOf(request);
    if (access === "operator" && callerIn(request)?.kind !== "operator") {
      throw forbidden("only the operator may do that, with the operator's token");
    }
  });
  app.addHook("onResponse", async (request, reply) => {
    const { url = "none" } = request.routeOptions;
    metrics.request(request.method, url, reply.statusCode, reply.elapsedTime / MS);
  });
  app.setNotFoundHandler(() => {
    throw new HttpError(404, "not-found", "there is no such path; see /openapi.json");
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof RefusedError) metrics.refused(error.invariant);
    const { status, retryAfter, body } = replyTo(error);
    if (status >= 500) options.onFailure?.(error, `${request.method} ${request.routeOptions.url ?? "none"}`);
    if (retryAfter !== undefined) reply.header("retry-after", retryAfter);
    reply.code(status).send(body);
  });
}

/** Paths and queries are texts. Those that are whole numbers in their one form become numbers. */
function numbersIn(members: unknown): void {
  if (typeof members !== "object" || members === null) return;
  for (const [name, value] of Object.entries(members)) {
    if (typeof value === "string" && WHOLE.test(value)) Reflect.set(members, name, Number(value));
  }
}

async function listen(app: App, { host = "127.0.0.1", port = 0 }: ServerOptions): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    const reason = LISTENING[systemCode(error)];
    if (reason === undefined) throw error;
    throw new EnvironmentError("listen", `${host}, port ${port}: ${reason}`, { cause: error });
  }
  const { address, port: taken, family } = app.server.address() as AddressInfo;
  return `http://${family === "IPv6" ? `[${address}]` : address}:${taken}`;
}

const LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: "another process listens there; name another port",
  EACCES: "the system does not allow it; name a port above 1023",
  EADDRNOTAVAIL: "is no address of this machine; name another host",
  ENOTFOUND: "the host is not known; name another one",
};
