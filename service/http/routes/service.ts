/** Events, health and metrics. */
import Type from "typebox";
import { type App, type Context, callerIn } from "../context.ts";
import { HealthAnswer } from "../schemas.ts";
import { answers } from "./answers.ts";

/** Adds the routes. */
export function serviceRoutes(app: App, { stream, limiter, metrics, notReady }: Context): void {
  const tags = ["service"];
  app.get(
    "/v1/events",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "events", tags, summary: "What happens, as it happens (server-sent events)" },
        description:
          "Send Last-Event-ID to go on where a reader stopped. If events are missing, an event `reset` comes first: read " +
          "the state anew.",
        produces: ["text/event-stream"],
        response: answers(Type.String({ description: "server-sent events" })),
      },
    },
    async (request, reply) => {
      const caller = callerIn(request);
      const who =
        caller === undefined ? request.ip : caller.kind === "operator" ? "the operator" : `program ${caller.program}`;
      const left = limiter.reader(who);
      reply.raw.once("close", left);
      const last = request.headers["last-event-id"];
      reply.hijack();
      stream.join(reply.raw, typeof last === "string" && last !== "" ? last : undefined);
    },
  );
  app.get(
    "/health",
    {
      config: { access: "public" },
      schema: {
        ...{ operationId: "health", tags, summary: "Whether the server lives, and is ready" },
        response: { ...answers(HealthAnswer), 503: { ...HealthAnswer, description: "it is not ready" } },
      },
    },
    async (_, reply) => {
      const why = await notReady();
      reply.code(why === null ? 200 : 503);
      return { live: true, ready: why === null, why };
    },
  );
  app.get(
    "/metrics",
    {
      config: { access: "read" },
      schema: {
        ...{ operationId: "metrics", tags, summary: "Numbers for Prometheus" },
        produces: ["text/plain"],
        response: answers(Type.String({ description: "in Prometheus' text format" })),
      },
    },
    async (_, reply) => {
      reply.type("text/plain; version=0.0.4; charset=utf-8");
      reply.serializer((text: unknown) => String(text));
      return await metrics.text();
    },
  );
}
