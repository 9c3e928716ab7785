/** What the routes share. */
import type { TypeBoxTypeProvider } from "@fastify/type-provider-typebox";
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from "fastify";
import type { Caller } from "../operator/types.ts";
import { unauthorized } from "./authenticate.ts";
import type { EventStream } from "./eventStream.ts";
import type { Limiter } from "./limits.ts";
import type { Metrics } from "./metrics.ts";
import type { ServedMap } from "./servedMap.ts";

/** Who may use a route: everybody; readers; programs and the operator; the operator alone; workers, by own rules. */
export type Access = "public" | "read" | "write" | "operator" | "worker";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: Access;
  }
}

/** The server's parts. */
export interface Context {
  readonly map: ServedMap;
  readonly limiter: Limiter;
  readonly metrics: Metrics;
  readonly stream: EventStream;
  /** 16 hexadecimal digits, chosen anew at each start. The nonces of signed requests begin with them. */
  readonly instance: string;
  /** Why the server is not ready; null if it is. */
  notReady(): Promise<string | null>;
}

/** The HTTP library, with the types of the schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

const callers = new WeakMap<FastifyRequest, Caller>();

/** Notes who asks. */
export function setCaller(request: FastifyRequest, caller: Caller | undefined): void {
  if (caller !== undefined) callers.set(request, caller);
}

/** Who asks, if the request said so. */
export function callerIn(request: FastifyRequest): Caller | undefined {
  return callers.get(request);
}

/** Who asks. @throws HttpError 401 if the request does not say */
export function callerOf(request: FastifyRequest): Caller {
  const caller = callers.get(request);
  if (caller === undefined) throw unauthorized("sign the request with a program's key, or give the operator's token");
  return caller;
}
