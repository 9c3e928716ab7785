/**
 * Time Bandits, trace: programs ask for effects, the reference state machine applies them to a time map, and every
 * cross-program transition is recorded.
 *
 *     import { Tracer } from "time-bandits";
 *
 *     const tracer = Tracer.from(genesis);
 *     const a = tracer.program(1);
 *     const escrowed = a.escrowToProgram({ from: 1, to: 2 });
 *     a.delegateCapability({ grantee: 3, rights: ["claim"], scope: escrowed });
 *     tracer.program(3).claimFromProgram({ from: escrowed, by: … });
 *
 * @module
 */

export { MOST_LAG, type RowWords, type TimedRow, valueAt, wordsOf } from "./commitment/channel.ts";
export {
  type Commitment,
  commitTo,
  localDomain,
  PUBLIC_INPUTS,
  type PublicInputs,
  packSpan,
  type RowHash,
  type Span,
  unpackSpan,
} from "./commitment/commit.ts";
export { packRows, unpackRows } from "./commitment/rowBytes.ts";
export { type PublishedGroup, publishedGroups } from "./commitment/rowsFromWords.ts";
export { isEntitled } from "./crossing/entitled.ts";
export { Names, type NameTables, type ProgramRef } from "./describe/names.ts";
export { type NamesInUse, namesInUse, type OwnNames, parseNames, readNames } from "./describe/ownNames.ts";
export { sentenceOf } from "./describe/sentence.ts";
export type {
  AtomicBatch,
  ClaimFromProgram,
  Clear,
  CreateProgram,
  DeclareEntry,
  DelegateCapability,
  Effect,
  EscrowToProgram,
  InvokeProgram,
  Issue,
  JoinWith,
  MemorySlot,
  Merge,
  Place,
  ProgramId,
  Retire,
  RevokeCapability,
  RevokeResource,
  RotateAuthority,
  Single,
  Split,
  Unwatch,
  WatchResource,
} from "./effects/effects.ts";
export { placeAddress } from "./effects/found.ts";
export { lower, lowerAll } from "./effects/lower.ts";
export { selectorOf } from "./effects/selector.ts";
export {
  EnvironmentError,
  INVARIANTS,
  InvalidInputError,
  type Invariant,
  RefusedError,
  TimeBanditsError,
} from "./errors.ts";
export { type EvmImport, type EvmImportOptions, importEvmCalls } from "./import/evm.ts";
export { type Ask, askForCalls, type NodeAnswer } from "./import/evmNode.ts";
export type { EvmReport } from "./import/evmReport.ts";
export { textOfFile } from "./import/fileText.ts";
export {
  type Answered,
  AskFailure,
  type AskMany,
  type FailureKind,
  type Refusal,
  type Request,
} from "./import/node/ask.ts";
export type { AskerOptions } from "./import/node/asker.ts";
export {
  type BlockHeader,
  type BlockRecord,
  type BlockTransaction,
  ChainNode,
  NoSuchBlockError,
  type TokenDescription,
} from "./import/node/chainNode.ts";
export {
  address,
  BITS,
  CONDITION,
  type Condition,
  FIELD,
  GRACE,
  idOf,
  isData,
  issuerOf,
  kindOf,
  makerOf,
  OP,
  OPS,
  type Op,
  PROTOCOL_VERSION,
  programOf,
  RIGHT,
  type Right,
  SLOTS,
  slotOf,
  TAG,
  WATCHES,
} from "./layout.ts";
export { Group, groupDigest, triggerDigest } from "./machine/group.ts";
export { Machine } from "./machine/machine.ts";
export { checkShape, isEffect, opensPeer, rowOf, SHAPES } from "./machine/rowShape.ts";
export {
  type Argument,
  COLUMNS,
  type Columns,
  effectHash,
  logLaneOf,
  type Opened,
  opOf,
  packRow,
  type Row,
  type RowName,
  type Transition,
} from "./machine/transition.ts";
export { hash, hashLanes } from "./poseidon/index.ts";
export {
  type AllowedUse,
  type CapabilityAnswer,
  type CapabilityReport,
  type CellDifference,
  capabilityAt,
  differenceOf,
  historyOf,
  type ProgramAnswer,
  passesFilter,
  programAt,
  type ResourceAnswer,
  type ResourceReport,
  type RunDifference,
  type RunHistory,
  resourceAt,
  type Snapshot,
  type StateReport,
  snapshotOf,
  stateAt,
  type TransitionAnswer,
  type TransitionFilter,
  transitionAt,
  transitionFilter,
  type WatchAnswer,
  type WatchReport,
  watchAt,
} from "./query/index.ts";
export {
  type Replayable,
  type Replayed,
  type ReplayOptions,
  replay,
  replayDirectory,
  snapshotAt,
} from "./replay/replay.ts";
export { parseGenesis, writeGenesis } from "./run/genesisFile.ts";
export { type ChainEntry, emptyManifest, type Manifest, parseManifest, writeManifest } from "./run/manifest.ts";
export { createRun, FILES, pathIn, type Run, readRun, saveManifest } from "./run/runDirectory.ts";
export { type Checkpoint, recordLine, recordOf, type TraceHeader, type TraceRecord } from "./run/traceLines.ts";
export { parseTrace, type Trace } from "./run/traceReader.ts";
export { CHECKPOINT_EVERY, type TraceTail, TraceWriter } from "./run/traceWriter.ts";
export type { LogSignature, LogStatement } from "./signing/signature.ts";
export { isAuthority } from "./state/authority.ts";
export {
  type CapabilityCell,
  type Cell,
  type EmptyCell,
  type EntryCell,
  emptyCell,
  type ProgramCell,
  packCell,
  type ResourceCell,
  unpackCell,
  type WatchCell,
  type Words,
} from "./state/cells.ts";
export {
  checkGenesis,
  type Genesis,
  type GenesisCell,
  isClosed,
  keyedPrograms,
  mapOf,
  openPrograms,
  programsOf,
  watchesOf,
} from "./state/genesis.ts";
export { Overlay, TimeMap, type View } from "./state/timeMap.ts";
export { ARITY, MAX_LEVELS, type NodeName, nodeDigest, nodeKey, pathOf } from "./state/tree.ts";
export {
  createRunStream,
  type OpenRun,
  type OpenRunOptions,
  openRun,
  type RunStreamOptions,
} from "./tracer/appendRun.ts";
export { type Authorities, keyedGenesis } from "./tracer/authorities.ts";
export { type Continued, type ContinueOptions, continueRun } from "./tracer/continueRun.ts";
export { type ProfileBound, sizeOf } from "./tracer/groupSize.ts";
export { ProgramHandle } from "./tracer/programHandle.ts";
export { noteText, type RunOptions, runScenario } from "./tracer/runScenario.ts";
export type { Continuation, Scenario } from "./tracer/scenario.ts";
export { Tracer } from "./tracer/tracer.ts";
export type { Note, TracerOptions } from "./tracer/tracerOptions.ts";
