/**
 * The border of a moored map: what waits at the registry is let in and taken out, as transitions of the chain's
 * program. The registry says what waits. What the run has taken in already, and the registry does not know yet, is in
 * the transitions behind its head.
 */
import type { Observation, OpenDeposit, OpenRequest } from "../../trace/crossing/entries.ts";
import { requestOf } from "../../trace/crossing/requestName.ts";
import { type LeftWaiting, type Showing, takeIn } from "../../trace/crossing/takeIn.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { ENTRY_ID } from "../../trace/layout.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import type { Request } from "./commit.ts";
import type { OperatorEvent } from "./types.ts";

/** Seconds between two questions to the registry, and the longest pause after failures. */
const EVERY = 4;
const LONGEST_PAUSE = 300;

/** What waits at the registry. */
export interface Waiting {
  /** Last transition that the registry has. */
  readonly head: number;
  readonly deposits: readonly OpenDeposit[];
  readonly requests: readonly OpenRequest[];
  /** The newest observation of each feed, and the windows in which it is to be shown. */
  readonly showings?: readonly Showing[];
}

/** Where an operator asks what waits. Errors of the node are EnvironmentErrors: it asks again later. */
export interface BorderSource {
  waiting(): Promise<Waiting>;
}

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
    const { head, deposits, requests, showings = [] } = await source.waiting();
    if (deposits.length + requests.length + showings.length === 0) {
      this.waiting = [];
      return;
    }
    const done = takenIn(records(head + 1));
    const border = {
      deposits: deposits.filter(({ number }) => !done.entered.has(ENTRY_ID + number)),
      requests: requests.filter(({ request }) => !done.ejected.has(request)),
      showings: showings.filter(({ observation }) => isNews(observation, done.entered)),
    };
    if (border.deposits.length + border.requests.length + border.showings.length === 0) return;
    const { waiting } = await ask(({ run }, now) => ({ value: takeIn(run.tracer, border, now), lines: [] }));
    this.waiting = waiting;
  }
}

function isNews({ number }: Observation, entered: ReadonlySet<bigint>): boolean {
  return !entered.has(ENTRY_ID + number);
}

/** Ids that entered, and the requests that were answered, in transitions that the registry does not have. */
export function takenIn(records: readonly TraceRecord[]): { entered: Set<bigint>; ejected: Set<bigint> } {
  const [entered, ejected] = [new Set<bigint>(), new Set<bigint>()];
  for (const record of records) {
    if (record.effect === "Enter") entered.add(record.resource);
    if (record.effect === "Eject")
      ejected.add(requestOf(record.source, record.peer, record.argument.peerAuthority ?? 0n));
  }
  return { entered, ejected };
}
