/** Servers for tests: on this machine, any free port, over the fake operator. */
import { MapClient } from "../../../service/client/mapClient.ts";
import type { ClientOptions } from "../../../service/client/transport.ts";
import { type MapServer, type ServerOptions, startServer } from "../../../service/http/server.ts";
import { secretOf } from "../../lib/authorities.ts";
import { type FakeOperator, fakeMap } from "./fakeOperator.ts";

export const TOKEN = "the-token-of-the-operator-in-tests";

export interface Served extends AsyncDisposable {
  readonly operator: FakeOperator;
  readonly server: MapServer;
  readonly url: string;
  readonly failures: unknown[];
  /** A client of the n-th program, with the n-th test key. */
  client(program: number, options?: ClientOptions): MapClient;
  readonly owner: MapClient;
  readonly reader: MapClient;
}

export async function serveFake(options: Partial<ServerOptions> = {}, map = fakeMap()): Promise<Served> {
  const failures: unknown[] = [];
  const server = await startServer(map, { token: TOKEN, onFailure: (error) => failures.push(error), ...options });
  const { url } = server;
  return {
    ...{ operator: map.operator, server, url, failures },
    client: (program, more = {}) => new MapClient(url, { program, secret: secretOf(program), ...more }),
    owner: new MapClient(url, { token: TOKEN }),
    reader: new MapClient(url),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
