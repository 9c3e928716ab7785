/**
 * Time Bandits, trace: programs ask for effects, the reference state machine applies them to a time map, and every
 * cross-program transition is recorded.
 *
 *     const tracer = Tracer.from(genesis);
 *     const a = tracer.program(1);
 *     const escrowed = a.escrowToProgram({ from: 1, to: 2 });
 *     a.delegateCapability({ grantee: 3, rights: ["claim"], scope: escrowed });
 *     tracer.program(3).claimFromProgram({ from: escrowed, by: … });
 *
 * @module
 */

export * from "./commitment/commit.ts";
export type * from "./effects/effects.ts";
export { placeAddress } from "./effects/found.ts";
export { lower, lowerAll } from "./effects/lower.ts";
export { selectorOf } from "./effects/selector.ts";
export * from "./errors.ts";
export * from "./layout.ts";
export { Group, groupDigest, triggerDigest } from "./machine/group.ts";
export { Machine } from "./machine/machine.ts";
export { checkShape, isEffect, opensPeer, rowOf, SHAPES } from "./machine/rowShape.ts";
export * from "./machine/transition.ts";
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
export { emptyManifest, type Manifest, parseManifest, writeManifest } from "./run/manifest.ts";
export { createRun, FILES, pathIn, type Run, readRun, saveManifest } from "./run/runDirectory.ts";
export { type Checkpoint, recordLine, recordOf, type TraceHeader, type TraceRecord } from "./run/traceLines.ts";
export { parseTrace, type Trace } from "./run/traceReader.ts";
export { CHECKPOINT_EVERY, TraceWriter } from "./run/traceWriter.ts";
export { isAuthority } from "./state/authority.ts";
export * from "./state/cells.ts";
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
export * from "./state/tree.ts";
export { type Authorities, keyedGenesis } from "./tracer/authorities.ts";
export { type Continued, type ContinueOptions, continueRun } from "./tracer/continueRun.ts";
export { type ProfileBound, sizeOf } from "./tracer/groupSize.ts";
export { ProgramHandle } from "./tracer/programHandle.ts";
export { noteText, type RunOptions, runScenario } from "./tracer/runScenario.ts";
export type { Continuation, Scenario } from "./tracer/scenario.ts";
export { type Note, Tracer, type TracerOptions } from "./tracer/tracer.ts";
