/**
 * Threads, channels, locks, actors and contracts over a time map. Programs that use them are traced and provable as
 * written. @module
 */
export { type ActorClass, type ActorOptions, type ActorRef, actor, Future, stop } from "./actor.ts";
export { Capability, type Terms } from "./capability.ts";
export { type Case, channel, give, otherwise, Receiver, Sender, select, sendEach, timeout, when } from "./channel.ts";
export { type Clauses, type Contracts, contract, type Ensures, type Requires } from "./contract.ts";
export { adopt, claim, claimAll, holdings, issue, perform, reserve, revoke, self, unreserve } from "./effects.ts";
export { declare, Entry, type EntryTerms } from "./entry.ts";
export {
  CancelledError,
  ChannelClosedError,
  ContractError,
  DeadlockError,
  NotOwnedError,
  RuntimeUseError,
  TaskFailedError,
  UseAfterMoveError,
  type Wait,
} from "./errors.ts";
export { Exchange, type Wanted } from "./exchange.ts";
export { lend } from "./lending.ts";
export { Barrier, Guard, Mutex, ReadWriteLock, ResourceGuard, Semaphore, ValueGuard, Vault } from "./lock.ts";
export { Owned } from "./owned.ts";
export { type ParallelOptions, parallel } from "./parallel.ts";
export type { Data, Supervision, WatchState } from "./requests.ts";
export { type ConcurrentOptions, concurrent } from "./scenario.ts";
export { go, type ModuleExport, now, resume, sleep, spawn, spawnWorker, Thread } from "./thread.ts";
export { Watch, type WatchTerms, watch } from "./watching.ts";
