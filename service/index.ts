/**
 * Time Bandits, served: a map that stays up, takes effects from many parties, and has them proven on many machines; and
 * its clients. Serving and working need Node 22.13 or newer. The client runs on Node 20, too.
 *
 *     import { MapClient } from "time-bandits/service";
 *
 *     const client = new MapClient("https://map.example", { program: 7, secret });
 *     const { state } = await client.propose([{ effect: "Issue", kind, quantity: 100n, slot: 1 }]);
 *
 * @module
 */
export type { ClientEvent, EventOptions } from "./client/events.ts";
export type { LogPoint, ShownEffect } from "./client/logWalk.ts";
export {
  type GroupPart,
  MapClient,
  type Proposed,
  type ProposeOptions,
  type SignatureJson,
} from "./client/mapClient.ts";
export { type VerifiedCell, verifyOpening } from "./client/opening.ts";
export { SignedLogs, signedLogsOf } from "./client/signedLogs.ts";
export {
  type KnownLog,
  prepareSigning,
  type WireBatch,
  type WireReport,
  type WireSigning,
  type WireSigningOptions,
} from "./client/signing.ts";
export { type ClientOptions, ServerRefusal } from "./client/transport.ts";
export { type ExploreOptions, type Exploring, exploreDirectory } from "./explorer/explore.ts";
export { type WrittenSite, writeSite } from "./explorer/writeSite.ts";
export { type FleetOptions, type OpenFleet, openFleet } from "./fleet/openFleet.ts";
export type { ProofCounts, ProofListener, ProofSource, WantedProof } from "./fleet/proofSource.ts";
export { type WorkerRoutes, workerRoutes } from "./fleet/routes.ts";
export { type Limits, USUAL_LIMITS } from "./http/limits.ts";
export type { NameTable, ServedMap } from "./http/servedMap.ts";
export { type MapServer, type ServerOptions, startServer } from "./http/server.ts";
export { tokenIn } from "./http/tokenFile.ts";
export type { AtHead, BorderSource, Dismissal, Waiting } from "./operator/borderSource.ts";
export { type ChainBorderOptions, openChainBorder } from "./operator/chainBorder.ts";
export { openChainSubmitter } from "./operator/chainSubmitter.ts";
export { type OwnOperator, openOperator } from "./operator/operator.ts";
export type { OperatorOptions, SignedBatch, WorkOf } from "./operator/options.ts";
export { packedWork } from "./operator/packedWork.ts";
export type { Submitter } from "./operator/submitter.ts";
export type {
  BatchReport,
  BatchStage,
  Caller,
  LogToSign,
  OpenPage,
  Operator,
  OperatorEvent,
  OperatorStatus,
  Proposal,
  ProposalReport,
  ProposalStatus,
} from "./operator/types.ts";
export { type Served, type ServeOptions, serveDirectory } from "./serve.ts";
export { servedDirectory } from "./served/servedDirectory.ts";
export { type EffectJson, effectFromJson, effectToJson } from "./wire/effectJson.ts";
export { type ProposalJson, proposalDigest, proposalText } from "./wire/proposalDigest.ts";
export { runWorker, SentAwayError, type WorkerEvent, type WorkerOptions } from "./worker/runWorker.ts";
