/**
 * Time Bandits, verifier: verifies proofs, audits runs, publishes them on a chain and looks at what is there.
 *
 *     import { auditDirectory, renderAudit, verifyDirectory } from "time-bandits/verifier";
 *
 *     if (!(await verifyDirectory("demo-run")).ok) throw new Error("the proofs do not hold");
 *     console.log(renderAudit(await auditDirectory("demo-run")));
 *
 * @module
 */
export { type AbiFunctions, readAbiFolder } from "./abi/abiFolder.ts";
export { type AuditOptions, type AuditReport, auditAndKeep, auditDirectory } from "./audit/audit.ts";
export type { ChainReport } from "./audit/chain.ts";
export { type EarlierAudit, readEarlier, writeEarlier } from "./audit/earlier.ts";
export { type InclusionProof, proveInclusion, verifyInclusion } from "./audit/inclusion.ts";
export { renderAudit } from "./audit/render.ts";
export type { ProgramReport, SignatureReport } from "./audit/signatures.ts";
export type { TransitionReport } from "./audit/transitionReport.ts";
export type { Problem } from "./bundleSequence.ts";
export { askManyAt } from "./chain/askMany.ts";
export type { Transaction } from "./chain/connect.ts";
export { type CodeMatch, lookAtRegistry, RegistryVersionError } from "./chain/contract.ts";
export {
  type Asset,
  allowance,
  approvals,
  approveCall,
  assetNamed,
  assetOf,
  assetText,
  type BorderOptions,
  balance,
  type Clocks,
  type Credit,
  type CrossingHistory,
  crossingHistory,
  type Deposit,
  type DepositWait,
  type DepositWish,
  deposit,
  depositCall,
  depositCalls,
  depositWait,
  dismiss,
  dismissCall,
  ETHER,
  type Exit,
  type ExitRequest,
  factLabel,
  findRequest,
  freeze,
  freezeCall,
  isOpenDeposit,
  labelOf,
  leastFee,
  leaveCall,
  leaveFrozen,
  listCall,
  listToken,
  NotMooredError,
  type Observation,
  type Observed,
  observations,
  observe,
  observeCall,
  openDeposits,
  openRequests,
  owed,
  parseFeeds,
  presentFee,
  purse,
  type RequestStage,
  reclaim,
  reclaimCall,
  refund,
  refundCall,
  requestCall,
  requestExit,
  requestOf,
  requestPlace,
  requestStage,
  requireMooring,
  type ShownCell,
  type Solvency,
  solvency,
  type TakeInOptions,
  type TakenInRun,
  TokenError,
  takeInRun,
  tokenOf,
  type Waiting,
  type Window,
  waitingAtBorder,
  withdrawCall,
  withdrawFunds,
} from "./chain/crossing/index.ts";
export { type Intention, readIntention } from "./chain/mapIntention.ts";
export { type MooringOptions, USUAL_LAG } from "./chain/mooredTerms.ts";
export { type CreatedMap, type CreateOptions, createOnChain, NotCreatedError } from "./chain/publish.ts";
export type { OnBatch } from "./chain/publishedRun.ts";
export { NotPublishedError, type RebuildOptions, type Rebuilt, rebuildRun } from "./chain/rebuild.ts";
export {
  type AdvancedEvent,
  acceptCall,
  acceptOwnership,
  advance,
  advanceCall,
  advancedEvents,
  awaitConfirmed,
  type BatchSubmission,
  type Chain,
  ChainRefusal,
  type Confirmations,
  type ConnectOptions,
  CrossingRefusal,
  connect,
  createMap,
  type DataPolicy,
  deployRegistry,
  disableCall,
  disableVerifier,
  type Feed,
  findMap,
  historyOf,
  isLocalChain,
  isSubmitter,
  keyCall,
  keyHash,
  LostMapError,
  type MapHistory,
  type MapState,
  type MapTerms,
  type MapVerifier,
  MOORED_LAG,
  MOORED_VERIFIER_DELAY,
  type Mooring,
  type MooringState,
  mapDomain,
  mapIdOf,
  openRegistry,
  PATIENCE_BOUNDS,
  type PrintedCall,
  printedCall,
  proofWords,
  proposeCall,
  proposeVerifier,
  type Registry,
  type RegistryCall,
  readMap,
  rehearse,
  requireMap,
  sendCall,
  setSubmitter,
  storeKey,
  submitterCall,
  transferCall,
  transferOwnership,
  USUAL_PATIENCE,
  usualConfirmations,
  type VerificationKey,
} from "./chain/registry.ts";
export type { SendingOptions } from "./chain/sendingChain.ts";
export { LocalProofError, type SubmitOptions, type Submitted, submitRun } from "./chain/submitRun.ts";
export { AnotherTraceError, type Head } from "./chain/traceRoots.ts";
export { type HeadState, headStateOf, rebuiltHeadState } from "./exits/headState.ts";
export { type DismissReason, EntitledError, planDismissal } from "./exits/planDismissal.ts";
export { type AssetCell, assetsOf, type ExitPlan, type PlannedExit, planExit } from "./exits/planExit.ts";
export { type LetOutPlan, type PlannedLetOut, planLetOut } from "./exits/planLetOut.ts";
export { keysOfMap } from "./keyReports.ts";
export { type CrossingReport, crossingReport, type OpenDeposit, type OpenRequest } from "./map/crossingReport.ts";
export { crossingLines } from "./map/crossingText.ts";
export { lookAtMap, type MapLook } from "./map/lookAtMap.ts";
export type { MapReport, MooringReport, TermsReport, VerifierReport } from "./map/mapReport.ts";
export { mapLines } from "./map/mapText.ts";
export { ForeignKeyError, requireOwnKeys } from "./map/ownKeys.ts";
export { type DepositPlan, type PlannedDeposit, planDeposit, USUAL_DEPOSIT_TIME } from "./map/planDeposit.ts";
export type { Acceptance } from "./records/acceptance.ts";
export { parseRecordFile, RecordError, type RecordFile, readRecord, recordText } from "./records/recordFile.ts";
export { type RecordReport, recordLines, recordReport } from "./records/recordReport.ts";
export { proveRecord, type RecordOptions, type VerifiedRecord, verifyRecord } from "./records/records.ts";
export {
  type ExportedBatch,
  type ExportOptions,
  exportDirectory,
  SNARKJS_FILES,
  type SnarkjsFiles,
  snarkjsFiles,
} from "./snarkjsFiles.ts";
export { type BatchReport, type VerifyReport, verifyDirectory } from "./verify.ts";
