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
export { isAuthority } from "./authority.ts";
export * from "./cells.ts";
export * from "./commit.ts";
export type * from "./effects.ts";
export * from "./errors.ts";
export { createRun, FILES, pathIn, type Run, readRun, saveManifest } from "./files.ts";
export { placeAddress } from "./found.ts";
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
} from "./genesis.ts";
export { parseGenesis, writeGenesis } from "./genesis-file.ts";
export { Group, groupDigest, triggerDigest } from "./group.ts";
export { type Checkpoint, recordLine, recordOf, type TraceHeader, type TraceRecord } from "./jsonl.ts";
export { type Authorities, keyedGenesis } from "./keyed.ts";
export * from "./layout.ts";
export { lower, lowerAll } from "./lower.ts";
export { Machine } from "./machine.ts";
export { emptyManifest, type Manifest, parseManifest, writeManifest } from "./manifest.ts";
export { selectorOf } from "./names.ts";
export { hash, hashLanes } from "./poseidon.ts";
export { ProgramHandle } from "./program.ts";
export { parseTrace, type Trace } from "./reader.ts";
export * from "./record.ts";
export { type Replayable, type Replayed, type ReplayOptions, replay, replayDirectory, snapshotAt } from "./replay.ts";
export { checkShape, isEffect, opensPeer, rowOf, SHAPES } from "./rows.ts";
export { noteText, type RunOptions, runScenario } from "./run.ts";
export type { Scenario } from "./scenario.ts";
export { Overlay, TimeMap, type View } from "./state.ts";
export { type Note, type ProfileBound, sizeOf, Tracer, type TracerOptions } from "./tracer.ts";
export * from "./tree.ts";
export { CHECKPOINT_EVERY, TraceWriter } from "./writer.ts";
