/** The trace of a scenario while it runs: each group on disk before the next begins, or many of them at once. */
import { InvalidInputError } from "../errors.ts";
import type { Transition } from "../machine/transition.ts";
import type { TraceWriter } from "../run/traceWriter.ts";
import type { Tracer } from "./tracer.ts";

/** When a scenario's groups are on disk. */
export interface CommitOptions {
  /**
   * Writes the groups of this many transitions at once, with one checkpoint after them. After a crash, or if the
   * process is ended, the run ends with the last of these commits, or with some of the groups of the next one. Default:
   * each group is on disk before the next begins.
   */
  commitEvery?: number;
  /** Called with the number of the last transition each time more of them are on disk. */
  onCommit?: (seq: number) => void;
}

/** @throws InvalidInputError if the number of transitions between commits is none */
export function requireCommitEvery(every: number | undefined): void {
  if (every === undefined || (Number.isSafeInteger(every) && every >= 1)) return;
  throw new InvalidInputError("commitEvery", `${every} is not a number of transitions: give a whole number from 1 on`);
}

/** Takes the groups of a scenario, and writes them. */
export class ScenarioTrace {
  readonly #writer: TraceWriter;
  readonly #options: CommitOptions;
  #pending: (readonly Transition[])[] = [];
  #waiting = 0;

  constructor(writer: TraceWriter, options: CommitOptions) {
    this.#writer = writer;
    this.#options = options;
  }

  /** Takes a group that has just happened. @throws EnvironmentError if the disk refuses */
  add(group: readonly Transition[], tracer: Tracer): void {
    const { commitEvery } = this.#options;
    if (commitEvery === undefined) {
      this.#writer.append(group, () => tracer.root(), tracer.triggers);
      this.#options.onCommit?.(tracer.seq);
      return;
    }
    this.#pending.push(group);
    this.#waiting += group.length;
    if (this.#waiting >= commitEvery) this.commit(tracer);
  }

  /** Writes the groups that wait. @throws EnvironmentError if the disk refuses */
  commit(tracer: Tracer): void {
    const groups = this.#pending;
    if (groups.length === 0) return;
    // They are written once, even if that fails: part of them may be there then.
    this.#pending = [];
    this.#waiting = 0;
    this.#writer.appendAll(groups, () => tracer.root(), tracer.triggers);
    this.#options.onCommit?.(groups.at(-1)?.at(-1)?.seq ?? 0);
  }

  /** Ends the trace. */
  close(tracer: Tracer): void {
    try {
      this.commit(tracer);
    } finally {
      this.#writer.close(() => tracer.root());
    }
  }
}
