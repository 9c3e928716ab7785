/** Who may use which route, and whether the description has every route and effect, and says what is answered. */
import Schema from "typebox/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EFFECTS } from "../../../trace/effects/shapes.ts";
import { kindOf } from "../../../trace/layout.ts";
import { A, B } from "./fakeOperator.ts";
import { ask, authorization } from "./raw.ts";
import { type Served, serveFake, TOKEN } from "./servers.ts";

interface Operation {
  readonly operationId: string;
  readonly security?: readonly Record<string, unknown>[];
  readonly responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, object> };
}

const WIDE = { perSecond: 10_000, burst: 10_000 };
let served: Served;
let api: OpenApi;
beforeAll(async () => {
  served = await serveFake({ limits: { addressRequests: WIDE } });
  api = (await (await fetch(`${served.url}/openapi.json`)).json()) as OpenApi;
  const [a, b] = [served.client(A), served.client(B)];
  await a.propose([{ effect: "Issue", kind: kindOf(A, 1), quantity: 5n, slot: 1 }]);
  const parts = [A, B].map((actor) => ({
    ...{ actor, effect: { effect: "Issue", kind: kindOf(actor, 1), quantity: 1n, slot: 9 } as const },
  }));
  const { id } = await a.proposeGroup(parts);
  await a.proposeGroup([...parts].reverse());
  await b.approve((await b.proposal(id)).proposal);
  await served.owner.cut();
});
afterAll(() => served.server.close());

const operations = () =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

/** A path of the route with something in place of its parameters. */
const filled = (path: string): string =>
  path
    .replace("{program}", "1")
    .replace("{slot}", "1")
    .replace("{first}", "1")
    .replace("{id}", "0".repeat(32))
    .replace("{name}", "0000000001-0000000003-0123456789abcdef.json");

const QUERIES: Readonly<Record<string, string>> = {
  "/v1/records": "?from=1&to=3",
  "/v1/programs/{program}/log": "?from=0",
};

describe("the description", () => {
  test("has every route that the server has", () => {
    const described = new Set(operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`));
    const routes = served.server.app.printRoutes({ commonPrefix: false });
    expect(described.size).toBeGreaterThan(20);
    const leaves = routes
      .match(/\((?:GET|POST)(?:, (?:GET|POST))*\)/g)
      ?.join()
      .match(/GET|POST/g)?.length;
    // All but the description itself.
    expect(described.size).toBe((leaves ?? 0) - 1);
  });

  test("has every effect, and an operation's name once", () => {
    for (const name of Object.keys(EFFECTS)) expect(api.components.schemas[name], name).toBeDefined();
    const names = operations().map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
    expect(api.openapi).toBe("3.1.0");
  });

  test("says what is answered", async () => {
    const { components } = api;
    for (const { path, method, operation } of operations()) {
      if (method !== "get" || path === "/v1/events" || path === "/metrics") continue;
      const response = await fetch(`${served.url}${filled(path)}${QUERIES[path] ?? ""}`);
      const schema = operation.responses[response.status]?.content?.["application/json"]?.schema;
      expect(schema, `${path}: ${response.status}`).toBeDefined();
      const answer: unknown = await response.json();
      expect(Schema.Check({ ...schema, components }, answer), `${path}: ${JSON.stringify(answer)}`).toBe(true);
      // The nearest that must not: a member that the schema does not know.
      const more = { ...(answer as object), unknown: 1 };
      const isFree = path === "/v1/proofs/{name}";
      expect(Schema.Check({ ...schema, components }, more), path).toBe(isFree);
    }
  });
});

describe("a route", () => {
  const post = async (url: string, path: string, header?: string) => {
    return await ask(`${url}${path}`, { method: "POST", ...(header && { headers: { authorization: header } }) });
  };

  test("of the operator takes the operator's token, and nobody else's word", async () => {
    for (const path of ["/v1/cut", "/v1/batches/1/retry"]) {
      expect((await post(served.url, path)).status, path).toBe(401);
      const signed = await authorization(served, { target: `POST ${path}` });
      const { status, error } = await post(served.url, path, signed);
      expect([status, error.code], path).toEqual([403, "forbidden"]);
      expect((await post(served.url, path, `Bearer ${TOKEN}`)).status, path).toBe(200);
    }
    await expect(served.owner.retry(2)).rejects.toMatchObject({ status: 404 });
  });

  test("that writes takes no stranger", async () => {
    for (const { path, method, operation } of operations()) {
      if (method !== "post" || path === "/v1/signatures") continue;
      expect((await post(served.url, filled(path))).status, operation.operationId).toBe(401);
    }
  });

  test("that reads is open, unless the server is private; then programs and the operator read", async () => {
    await using closed = await serveFake({ private: true });
    for (const { path, method } of operations()) {
      if (method !== "get" || path === "/v1/events") continue;
      const where = `${filled(path)}${QUERIES[path] ?? ""}`;
      const open = ["/health", "/v1/domain"].includes(path);
      expect((await ask(`${closed.url}${where}`)).status, path).toBe(open ? 200 : 401);
    }
    expect((await ask(`${closed.url}/v1/events`)).status).toBe(401);
    for (const client of [closed.client(A), closed.owner]) {
      expect((await client.head()).seq).toBe(0);
      for await (const event of client.events()) {
        expect(event.type).toBe("begin");
        break;
      }
    }
    expect((await ask(`${closed.url}/openapi.json`)).status).toBe(200);
  });

  test("tells why the server is not ready", async () => {
    served.operator.halted = "the disk is full";
    const response = await fetch(`${served.url}/health`);
    served.operator.halted = null;
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ live: true, ready: false, why: "the disk is full" });
  });
});
