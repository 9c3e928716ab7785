/** Errors of programs written in layers. Each names the place and the next step. */
import { TimeBanditsError } from "../errors.ts";
import type { Held } from "./requests.ts";

/** A resource was used by a task that no longer owns it, or never did. */
export class UseAfterMoveError extends TimeBanditsError {
  /** Where it was given away, and where it was used: file and line, or "elsewhere". */
  readonly movedAt: string;
  readonly usedAt: string;
  constructor(what: string, movedAt: string, usedAt: string) {
    super(
      "use-after-move",
      `${what} was given away at ${movedAt} and is used at ${usedAt}: use it before, or let its new owner send it back`,
    );
    this.movedAt = movedAt;
    this.usedAt = usedAt;
  }
}

/** A task used another program's resource, for example one captured by a closure. */
export class NotOwnedError extends TimeBanditsError {
  constructor(what: string, owner: string, user: string) {
    super("not-owned", `${what} is ${owner}'s, not ${user}'s: send it, or pass it to spawn`);
  }
}

/** A waiting task, and what it waits for. */
export interface Wait {
  /** Name of the waiting task, and number of its program. */
  task: string;
  program: number;
  /** What it waits for, as in "the lock till". */
  what: string;
  /** Names of the tasks that could end the wait, where known. */
  on: readonly string[];
}

/** All tasks wait, and none can go on. */
export class DeadlockError extends TimeBanditsError {
  readonly waits: readonly Wait[];
  /** Names of tasks, each waiting for the next and the last for the first; empty if no task can end the waits. */
  readonly cycle: readonly string[];
  constructor(waits: readonly Wait[], cycle: readonly string[]) {
    const told = waits.map(
      ({ task, what, on }) => `${task} waits for ${what}${on.length > 0 ? ` (${on.join(", ")})` : ""}`,
    );
    const circle = cycle.length > 0 ? `${[...cycle, cycle[0]].join(" → ")}: ` : "";
    super(
      "deadlock",
      `${circle}${told.join("; ")}. ${cycle.length > 0 ? "Take locks in one order everywhere" : "Close channels that get no more messages, or wait with a time-out"}`,
    );
    this.waits = waits;
    this.cycle = cycle;
  }
}

/** A joined or awaited task failed; `cause` is its error. */
export class TaskFailedError extends TimeBanditsError {
  /** The failed call's resources that the actor still had. */
  returned: readonly Held[] = [];
  constructor(task: string, cause: unknown) {
    super("task-failed", `${task} failed: ${cause instanceof Error ? cause.message : String(cause)}`, 1, { cause });
  }
}

/** A channel is closed: it takes or gives no more values. */
export class ChannelClosedError extends TimeBanditsError {
  constructor(channel: string, asked: "send" | "recv") {
    const told = asked === "send" ? "takes nothing more" : "has nothing more";
    super("channel-closed", `the channel ${channel} is closed and ${told}; a loop with for await ends by itself`);
  }
}

/** A call has no answer: it was cancelled, or the actor stopped. */
export class CancelledError extends TimeBanditsError {
  /** The call's resources. */
  returned: readonly Held[] = [];
  constructor(call: string, why: string) {
    super("cancelled", `${call} was not done: ${why}; its resources have come back`);
  }
}

/** A caller or a function broke the function's contract. */
export class ContractError extends TimeBanditsError {
  readonly part: "requires" | "ensures";
  readonly clause: string;
  constructor(name: string, part: "requires" | "ensures", clause: string) {
    const whose = part === "requires" ? "the caller's to mend" : "the function's own fault";
    super("contract", `${name} ${part} "${clause}", which does not hold: ${whose}`);
    this.part = part;
    this.clause = clause;
  }
}

/** A layer was misused. */
export class RuntimeUseError extends TimeBanditsError {
  constructor(message: string) {
    super("runtime", message);
  }
}
