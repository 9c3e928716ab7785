/**
 * Time Bandits, service: a map that stays up. A server takes effects from many parties, asks for signatures, and has
 * batches proven by workers; a client proposes, reads and signs.
 *
 *     import { MapClient } from "time-bandits/service";
 *
 *     const client = new MapClient("http://127.0.0.1:8080", { program: 7, secret });
 *     await client.propose([{ effect: "Issue", kind, quantity: 100n, slot: 1 }]);
 *
 * The client runs on every Node that the package runs on. The server and the workers need Node 22.13.
 *
 * @module
 */
export type {
  BatchesAnswer,
  CellAnswer,
  GenesisAnswer,
  HeadAnswer,
  LogAnswer,
  NamesAnswer,
  OpeningAnswer,
  ProgramAnswer,
  ProposalAnswer,
  RangeAnswer,
  RecordsAnswer,
  RightsAnswer,
  StatusAnswer,
  ToSignAnswer,
} from "./client/answers.ts";
export type { ClientEvent, EventOptions } from "./client/events.ts";
export type { LogPoint, ShownEffect } from "./client/logWalk.ts";
export { type GroupPart, MapClient, type Proposed, type ProposeOptions } from "./client/mapClient.ts";
export { type VerifiedCell, verifyOpening } from "./client/opening.ts";
export {
  type KnownLog,
  prepareSigning,
  type WireBatch,
  type WireReport,
  type WireSigning,
  type WireSigningOptions,
} from "./client/signing.ts";
export { type ClientOptions, ServerRefusal } from "./client/transport.ts";
export type { ProofCounts, ProofListener, ProofSource, SetAside, WantedProof } from "./fleet/proofSource.ts";
export type { Limits } from "./http/limits.ts";
export type { ServerOptions } from "./http/server.ts";
export type { ChainHead, Submitter } from "./operator/submitter.ts";
export type {
  BatchReport,
  BatchStage,
  LogToSign,
  Operator,
  OperatorEvent,
  OperatorStatus,
  Proposal,
  ProposalReport,
  ProposalStatus,
} from "./operator/types.ts";
export { type Served, type ServeOptions, serveDirectory } from "./serve.ts";
export { type ProposalJson, proposalDigest } from "./wire/proposalDigest.ts";
export { runWorker, type WorkerEvent, type WorkerOptions } from "./worker/runWorker.ts";
