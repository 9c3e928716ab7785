/** The HTTP routes for workers, as a plugin of fastify. */
import { createHash, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { Type } from "typebox";
import { EnvironmentError, TimeBanditsError } from "../../trace/errors.ts";
import { addressParty } from "../http/limits.ts";
import type { ArtifactFiles } from "./artifactFiles.ts";
import type { Dispatcher } from "./dispatcher.ts";
import {
  BatchId,
  BeatAnswer,
  BeatRequest,
  FailureRequest,
  ProofAnswer,
  ProofRequest,
  RefusalAnswer,
  TakeAnswer,
  TakeRequest,
} from "./messages.ts";
import { type RefusalCode, WorkerRefusedError } from "./refusals.ts";
import { OWN_WORKER } from "./workers.ts";

/** What the server refuses before a route is reached. */
interface Refusal {
  readonly statusCode: number;
  readonly retryAfter: number;
}

/** What the routes serve. */
export interface WorkerRoutes {
  readonly dispatcher: Dispatcher;
  readonly files: ArtifactFiles;
  /** Workers must show it, as `Authorization: Bearer TOKEN`. Without one, everybody may work. */
  readonly token?: string | undefined;
}

const STATUS: Readonly<Record<RefusalCode, number>> = {
  badWorker: 400,
  otherVersion: 409,
  otherCircuit: 409,
  setAside: 403,
  tooManyLeases: 429,
  wrongProof: 422,
  malformed: 422,
};
/** Most bytes of a request: a bundle has about two thousand. */
const MOST_BODY = 16_384;
/** A worker beats so often within the time of its lease. */
const BEATS_PER_LEASE = 4;

const Params = Type.Object({ id: BatchId });
const refusals = Object.fromEntries([400, 401, 403, 409, 422, 429, 503].map((code) => [code, RefusalAnswer]));

/**
 * The routes below `/v1/work` and `/v1/artifacts`.
 *
 *     await server.register(workerRoutes({ dispatcher: fleet.dispatcher, files, token }));
 */
export function workerRoutes({ dispatcher, files, token }: WorkerRoutes): FastifyPluginAsyncTypebox {
  return async (server) => {
    server.addHook("onRequest", async ({ headers }, reply) => {
      if (token === undefined || isToken(token, headers.authorization)) return;
      const message = "workers of this server need its worker token; start the worker with --token";
      await reply.code(401).send({ code: "token", message });
    });
    server.setErrorHandler((error, _request, reply) => {
      if (error instanceof WorkerRefusedError) {
        return reply.code(STATUS[error.reason]).send({ code: error.reason, message: error.message });
      }
      if (error instanceof EnvironmentError) {
        return reply.code(503).header("retry-after", "1").send({ code: "away", message: error.message });
      }
      const { statusCode = 500, message, retryAfter } = error as Partial<Refusal> & { message: string };
      if (retryAfter !== undefined) reply.header("retry-after", `${retryAfter}`);
      const known = error instanceof TimeBanditsError || statusCode < 500;
      if (!known) server.log.error(error);
      return reply.code(known && statusCode >= 500 ? 400 : statusCode).send({
        code: "request",
        message: known ? message : "the server failed at this request; its log tells more",
      });
    });

    const take = { body: TakeRequest, response: { 200: TakeAnswer, 204: Type.Null(), ...refusals } };
    const about = { tags: ["workers"] };
    server.post("/v1/work/take", { bodyLimit: MOST_BODY, schema: { ...about, ...take } }, async (request, reply) => {
      const { waitSeconds, ...hello } = request.body;
      requireOther(hello.worker);
      const gone = new AbortController();
      const leave = (): void => gone.abort();
      reply.raw.once("close", leave);
      const offer = await dispatcher.take(hello, addressParty(request.ip), 1_000 * waitSeconds, gone.signal);
      reply.raw.off("close", leave);
      if (offer === undefined) return reply.code(204).send(null);
      const { batch, lease } = offer;
      if (gone.signal.aborted) {
        await dispatcher.fail(batch.id, lease, hello.worker, addressParty(request.ip));
        return reply.code(204).send(null);
      }
      const { id, firstSeq, lastSeq, profile, work } = batch;
      const artifacts = await files.names(profile);
      const beatSeconds = dispatcher.leaseSeconds / BEATS_PER_LEASE;
      const base64 = Buffer.from(work).toString("base64");
      return { id, lease, firstSeq, lastSeq, profile, beatSeconds, artifacts, work: base64 };
    });

    const beat = { params: Params, body: BeatRequest, response: { 200: BeatAnswer, ...refusals } };
    server.post("/v1/work/:id/beat", { bodyLimit: MOST_BODY, schema: { ...about, ...beat } }, async (request) => {
      const { worker, lease } = request.body;
      requireOther(worker);
      return { held: await dispatcher.beat(request.params.id, lease, worker, addressParty(request.ip)) };
    });

    const proof = { params: Params, body: ProofRequest, response: { 200: ProofAnswer, ...refusals } };
    server.post("/v1/work/:id/proof", { bodyLimit: MOST_BODY, schema: { ...about, ...proof } }, async (request) => {
      const { worker, lease, bundle } = request.body;
      requireOther(worker);
      return { result: await dispatcher.handIn(request.params.id, lease, worker, addressParty(request.ip), bundle) };
    });

    const failure = { params: Params, body: FailureRequest, response: { 204: Type.Null(), ...refusals } };
    server.post(
      "/v1/work/:id/failure",
      { bodyLimit: MOST_BODY, schema: { ...about, ...failure } },
      async (request, reply) => {
        const { worker, lease, reason } = request.body;
        requireOther(worker);
        await dispatcher.fail(request.params.id, lease, worker, addressParty(request.ip), reason);
        return reply.code(204).send(null);
      },
    );

    const artifact = { params: Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) }) };
    server.get("/v1/artifacts/:sha256", { schema: { ...about, ...artifact } }, async (request, reply) => {
      const path = files.path(request.params.sha256);
      if (path === undefined) {
        return reply.code(404).send({ code: "unknown", message: "no circuit and no key here has that hash" });
      }
      const { size } = await stat(path);
      reply.header("content-type", "application/octet-stream").header("content-length", size);
      reply.header("cache-control", "public, max-age=31536000, immutable");
      return reply.send(createReadStream(path));
    });
  };
}

/** The name of this process's own worker is trusted, so nobody else may use it. */
function requireOther(worker: string): void {
  if (worker === OWN_WORKER) throw new WorkerRefusedError("badWorker", `the name ${OWN_WORKER} is taken`);
}

function isToken(token: string, header: string | undefined): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(`Bearer ${token}`), digest(header ?? ""));
}
