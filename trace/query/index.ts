/**
 * Queries on a replayed run: its state after any transition; one program, resource, capability, watch or transition;
 * the difference of two runs. Nothing here reads a file or replays.
 *
 *     const run = replayDirectory("my-run");
 *     const history = historyOf(run, run.manifest);
 *     programAt(snapshotOf(history, 12), "A").program.owns
 *
 * @module
 */
export type { AllowedUse } from "./allowed.ts";
export { type CapabilityAnswer, type CapabilityUse, capabilityAt } from "./capability.ts";
export type { CapabilityReport, CapabilityStatus } from "./capabilityReport.ts";
export type { CellFacts, FieldDifference } from "./cellFacts.ts";
export { differenceOf, type RunDifference, type TransitionDifference } from "./diff.ts";
export type { CellDifference, StateDifference } from "./diffState.ts";
export { type Filterable, type FilterWords, passesFilter, type TransitionFilter, transitionFilter } from "./filter.ts";
export type { KindRef, SlotRef } from "./refs.ts";
export { type Claimant, type ResourceAnswer, type ResourceEvent, resourceAt } from "./resource.ts";
export type { EscrowRight, ResourceReport } from "./resourceReport.ts";
export { type HistorySource, historyOf, type RunHistory, type Snapshot, snapshotOf } from "./runHistory.ts";
export {
  type EntryReport,
  type Holdings,
  type Moment,
  type ProgramAnswer,
  type ProgramState,
  programAt,
  type StateReport,
  stateAt,
  stateOfProgram,
} from "./state.ts";
export { type OpenedCell, type TransitionAnswer, transitionAt } from "./transition.ts";
export { type WatchAnswer, watchAt } from "./watch.ts";
export type { WatchReport, WatchStatus } from "./watchReport.ts";
