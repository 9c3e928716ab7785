/** A server of a run directory: operator, proofs, chain, HTTP and the page, put together. */
import type { FastifyInstance } from "fastify";
import { artifactsOf } from "../prover/artifacts.ts";
import { profilesFor, runDomain } from "../prover/batches/plan.ts";
import type { OnProgress } from "../prover/circuit/build.ts";
import type { Engine } from "../prover/engines/engine.ts";
import { refuseDevelopmentKeyOn } from "../prover/keys/check.ts";
import { headerIn } from "../trace/replay/replayFile.ts";
import { pathIn, readManifest } from "../trace/run/runDirectory.ts";
import { pageFolder } from "./explorer/explore.ts";
import { readPage } from "./explorer/pageFiles.ts";
import { explorerRoutes, readOnce } from "./explorer/routes.ts";
import { openFleet } from "./fleet/openFleet.ts";
import { workerRoutes } from "./fleet/routes.ts";
import { type ServerOptions, startServer } from "./http/server.ts";
import type { BorderSource } from "./operator/borderSource.ts";
import { openOperator } from "./operator/operator.ts";
import type { OperatorOptions } from "./operator/options.ts";
import { packedWork } from "./operator/packedWork.ts";
import type { Submitter } from "./operator/submitter.ts";
import type { Operator } from "./operator/types.ts";
import { servedDirectory } from "./served/servedDirectory.ts";

/** How a map is served. */
export interface ServeOptions {
  readonly http: Omit<ServerOptions, "plugins" | "reading">;
  /** The folder of the page at `/`, asked for when somebody first wants it; by default the package's. */
  readonly page?: (() => Promise<string>) | undefined;
  /** Times and bounds of the operator. */
  readonly rules?: Partial<
    Pick<OperatorOptions, "batchAge" | "signWithin" | "groupWithin" | "mostOpen" | "mostOpenEach">
  >;
  /** The only profile to use; by default those of the map. */
  readonly profile?: string | undefined;
  /** `postgres://…`; without it, this process proves by itself. */
  readonly database?: string | undefined;
  /** Whether this process proves; by default only without a database. */
  readonly prove?: boolean | undefined;
  readonly engine?: string | Engine | undefined;
  readonly jobs?: number | undefined;
  /** Workers must show it; without one, everybody may work. */
  readonly workerToken?: string | undefined;
  /** Submits proven batches; without one, nothing is submitted. */
  readonly submitter?: Submitter | undefined;
  /** Says what waits at the registry of a moored map; without one, nothing is let in or taken out. */
  readonly border?: BorderSource | undefined;
  readonly onProgress?: OnProgress | undefined;
}

/** A map that is served. */
export interface Served extends AsyncDisposable {
  readonly url: string;
  readonly operator: Operator;
}

/**
 * Serves the map of a run directory, until it is disposed of: then requests are answered, and what is open is closed.
 *
 *     await using served = await serveDirectory("shop", { http: { token, port: 8080 } });
 *     console.log(served.url);
 *
 * @throws InvalidInputError if the run does not replay
 * @throws EnvironmentError if another process writes to the run or serves its map, or the address is taken
 */
export async function serveDirectory(dir: string, options: ServeOptions): Promise<Served> {
  const header = headerIn(pathIn(dir, "trace"));
  const manifest = readManifest(dir, header.profiles);
  const profiles = profilesFor(header.levels, header.profiles, options.profile);
  const { profile, database, prove, engine, jobs, onProgress, submitter, border, rules, http, workerToken } = options;
  const open: (Disposable | AsyncDisposable)[] = [];
  const close = async (): Promise<void> => {
    for (const each of open.splice(0).reverse()) {
      if (Symbol.asyncDispose in each) await each[Symbol.asyncDispose]();
      else each[Symbol.dispose]();
    }
  };
  try {
    const domain = runDomain(manifest, header.genesisRoot);
    const fleet = await openFleet({ profiles, domain, database, prove, engine, jobs, onProgress });
    open.push(fleet.source);
    const workOf = packedWork(async (each) => {
      const artifacts = await artifactsOf(each, { onProgress });
      // Before anything is proven: the chain would refuse it.
      refuseDevelopmentKeyOn(manifest.chain?.chainId, artifacts.key.kind);
      return artifacts;
    });
    const operator = await openOperator(dir, { ...rules, proofs: fleet.source, workOf, profile, submitter, border });
    open.push(operator);
    const map = servedDirectory(dir, operator);
    open.push(map);
    const routes = workerRoutes({ ...fleet.routes, token: workerToken });
    const page = readOnce(async () => readPage(pageFolder(await options.page?.())));
    const server = await startServer(map, {
      ...http,
      plugins: [async (app) => void (await app.register(routes))],
      reading: (app, limiter) =>
        explorerRoutes(app as unknown as FastifyInstance, { dir, page, onLongRead: ({ ip }) => limiter.heavy(ip) }),
    });
    open.push(server);
    return { url: server.url, operator, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
