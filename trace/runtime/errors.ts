/** What can go wrong in programs written in layers; each says where, and what to do. */
import { TimeBanditsError } from "../errors.ts";
import type { Held } from "./requests.ts";

/** A resource was used by who does not have it any more, or never had it. */
export class UseAfterMoveError extends TimeBanditsError {
  /** Where it was given away, and where it was used: file and line, or "elsewhere". */
  readonly movedAt: string;
  readonly usedAt: string;
  constructor(what: string, movedAt: string, usedAt: string) {
    super(
      "use-after-move",
      `${what} was given away at ${movedAt} and is used at ${usedAt}: use it before, or let whoever has it now send it back`,
    );
    this.movedAt = movedAt;
    this.usedAt = usedAt;
  }
}

/** A task used what another program owns: captured by a closure, say. */
export class NotOwnedError extends TimeBanditsError {
  constructor(what: string, owner: string, user: string) {
    super("not-owned", `${what} is ${owner}'s, not ${user}'s: send it, or pass it to spawn`);
  }
}

/** Somebody who waits, and for what. */
export interface Wait {
  /** Name of the task that waits, and number of its program. */
  task: string;
  program: number;
  /** What it waits for, as in "the lock till". */
  what: string;
  /** Tasks that could end the wait, by name, where that is known. */
  on: readonly string[];
}

/** All tasks wait, each for another. */
export class DeadlockError extends TimeBanditsError {
  readonly waits: readonly Wait[];
  /**
   * Names of tasks, each waiting for the next and the last for the first; empty if they wait for what nobody will do.
   */
  readonly cycle: readonly string[];
  constructor(waits: readonly Wait[], cycle: readonly string[]) {
    const told = waits.map(
      ({ task, what, on }) => `${task} waits for ${what}${on.length > 0 ? ` (${on.join(", ")})` : ""}`,
    );
    const circle = cycle.length > 0 ? `${[...cycle, cycle[0]].join(" → ")}: ` : "";
    super(
      "deadlock",
      `${circle}${told.join("; ")}. ${cycle.length > 0 ? "Take locks in one order everywhere" : "Close channels that nobody sends to any more, or wait with a time-out"}`,
    );
    this.waits = waits;
    this.cycle = cycle;
  }
}

/** A task that was joined or awaited had failed; the cause is its error. */
export class TaskFailedError extends TimeBanditsError {
  /** What a failed call was given and the actor still had. */
  returned: readonly Held[] = [];
  constructor(task: string, cause: unknown) {
    super("task-failed", `${task} failed: ${cause instanceof Error ? cause.message : String(cause)}`, 1, { cause });
  }
}

/** Nothing more comes out of a channel, or goes into it. */
export class ChannelClosedError extends TimeBanditsError {
  constructor(channel: string, asked: "send" | "recv") {
    const told = asked === "send" ? "takes nothing more" : "has nothing more";
    super("channel-closed", `the channel ${channel} is closed and ${told}; a loop with for await ends by itself`);
  }
}

/** An answer that will not come: its call was cancelled, or the actor stopped. */
export class CancelledError extends TimeBanditsError {
  /** What the call was given. */
  returned: readonly Held[] = [];
  constructor(call: string, why: string) {
    super("cancelled", `${call} was not done: ${why}; what it was given has come back`);
  }
}

/** A function was called against its contract, or broke it. */
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

/** A layer was used in a way that it is not made for. */
export class RuntimeUseError extends TimeBanditsError {
  constructor(message: string) {
    super("runtime", message);
  }
}
