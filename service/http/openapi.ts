/** The description of the interface (OpenAPI 3.1), made from the routes' schemas. */
import swagger from "@fastify/swagger";
import type { RouteOptions } from "fastify";
import { PROTOCOL_VERSION } from "../../trace/layout.ts";
import type { Access, App } from "./context.ts";

/** Where the description is. */
export const OPENAPI_PATH = "/openapi.json";

const SECURITY: Readonly<Record<Access, readonly Record<string, string[]>[]>> = {
  public: [{}],
  read: [{}, { program: [] }, { operator: [] }],
  write: [{ program: [] }, { operator: [] }],
  operator: [{ operator: [] }],
  worker: [{}],
};

/** Begins to take notes of the routes that are added after it. */
export async function describe(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Time Bandits",
        description: "The operator of one map: effects, state, signatures, proofs and events.",
        version: `${PROTOCOL_VERSION}`,
      },
      components: {
        securitySchemes: {
          operator: { type: "http", scheme: "bearer", description: "the operator's token" },
          program: {
            type: "apiKey",
            in: "header",
            name: "Authorization",
            description: "a program's signature of the request: docs/reference/server.md",
          },
        },
      },
    },
    refResolver: { buildLocalReference: (json, _uri, _fragment, i) => (json.$id as string | undefined) ?? `def-${i}` },
  });
  app.addHook("onRoute", (route: RouteOptions) => {
    const { access } = route.config ?? {};
    if (route.schema !== undefined && access !== undefined) route.schema.security = SECURITY[access];
  });
  app.get(OPENAPI_PATH, { config: { access: "public" }, schema: { hide: true } }, async () => app.swagger());
}
