/**
 * The border of a moored map: what waits at the registry is let in and taken out, as transitions of the chain's
 * program. The registry says what waits. What the run has taken in already, and the registry does not know yet, is in
 * the transitions behind its head.
 */
import { isQuiet, remaining } from "../../trace/crossing/remaining.ts";
import { type LeftWaiting, takeIn } from "../../trace/crossing/takeIn.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import type { BorderSource } from "./borderSource.ts";
import type { Request } from "./commit.ts";
import type { OperatorEvent } from "./types.ts";

/** Seconds between two questions to the registry, and the longest pause after failures. */
const EVERY = 4;
const LONGEST_PAUSE = 300;

/** What the border needs of the operator. */
export interface BorderHost {
  readonly source: BorderSource;
  readonly clock: () => number;
  readonly ask: <T>(run: Request<T>) => Promise<T>;
  /** Transitions on disk, in order. */
  readonly records: (firstSeq: number) => readonly TraceRecord[];
  readonly tell: (...events: OperatorEvent[]) => void;
}

/** Asks what waits, and takes it in. */
export class Border {
  readonly #host: BorderHost;
  #running: Promise<void> | undefined;
  #next = 0;
  #failures = 0;
  /** What could not be taken in when it was last tried, and why. */
  waiting: readonly LeftWaiting[] = [];
  /** Why nothing is taken in; null if nothing is wrong. */
  trouble: string | null = null;

  constructor(host: BorderHost) {
    this.#host = host;
  }

  /** Asks, if it is time. Returns when what waits is taken in. */
  pump(): Promise<void> {
    this.#running ??= this.#pump().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** The work under way. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  async #pump(): Promise<void> {
    const { clock, tell } = this.#host;
    if (clock() < this.#next) return;
    try {
      await this.#takeIn();
      this.#failures = 0;
      this.trouble = null;
      this.#next = clock() + EVERY;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#next = clock() + Math.min(LONGEST_PAUSE, EVERY * 2 ** Math.min(this.#failures++, 20));
      if (this.trouble !== why) tell({ type: "halted", why });
      this.trouble = why;
      if (!(error instanceof EnvironmentError)) throw error;
    }
  }

  async #takeIn(): Promise<void> {
    const { source, ask, records } = this.#host;
    const { head, ...all } = await source.waiting();
    if (isQuiet(all)) {
      this.waiting = [];
      return;
    }
    const border = remaining(all, records(head + 1));
    if (isQuiet(border)) return;
    const { waiting } = await ask(({ run }, now) => ({ value: takeIn(run.tracer, border, now), lines: [] }));
    this.waiting = waiting;
  }
}
