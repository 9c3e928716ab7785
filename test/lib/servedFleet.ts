/** A fleet behind a server of its own, for tests with real workers. */
import fastify from "fastify";
import { openFleet } from "../../service/fleet/openFleet.ts";
import { workerRoutes } from "../../service/fleet/routes.ts";
import { PROFILE } from "./profile.ts";

/**
 * A fleet with a server, and without a worker of its own.
 * @param open takes what is to be closed, the last one first
 * @param database without it, batches wait in memory
 */
export async function servedFleet(open: AsyncDisposable[], domain: bigint, database?: string) {
  const fleet = await openFleet({ profiles: [PROFILE], domain, database, prove: false });
  open.push(fleet.source);
  const http = fastify({ forceCloseConnections: true });
  await http.register(workerRoutes(fleet.routes));
  const server = await http.listen({ host: "127.0.0.1", port: 0 });
  open.push({ [Symbol.asyncDispose]: () => http.close() });
  return { fleet, server };
}
