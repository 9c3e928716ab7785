/**
 * The border of a moored map: what waits at the registry is let in and taken out, as transitions of the chain's
 * program. The registry says what waits. What the run has taken in already, and the registry does not know yet, is in
 * the transitions behind its head.
 */

import type { OpenRequest } from "../../trace/crossing/entries.ts";
import { isQuiet, remaining } from "../../trace/crossing/remaining.ts";
import { type LeftWaiting, takeIn } from "../../trace/crossing/takeIn.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import type { BorderSource } from "./borderSource.ts";
import type { Request } from "./commit.ts";
import { Pump } from "./pump.ts";
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
export class Border extends Pump {
  readonly #host: BorderHost;
  /** What could not be taken in when it was last tried, and why. */
  waiting: readonly LeftWaiting[] = [];
  /** The requests among it. */
  requests: readonly OpenRequest[] = [];

  constructor(host: BorderHost) {
    const onTrouble = (why: string): void => host.tell({ type: "halted", why });
    super({ clock: host.clock, pause: EVERY, longestPause: LONGEST_PAUSE, onTrouble });
    this.#host = host;
  }

  protected override async work(): Promise<number> {
    await this.#takeIn();
    return EVERY;
  }

  async #takeIn(): Promise<void> {
    const { source, ask, records } = this.#host;
    const { head, ...all } = await source.waiting();
    const border = isQuiet(all) ? all : remaining(all, records(head + 1));
    const waiting = isQuiet(border)
      ? []
      : (await ask(({ run }, now) => ({ value: takeIn(run.tracer, border, now), lines: [] }))).waiting;
    const left = new Set(waiting.flatMap(({ what, name }) => (what === "request" ? [name] : [])));
    this.waiting = waiting;
    this.requests = border.requests.filter(({ request }) => left.has(request));
  }
}
