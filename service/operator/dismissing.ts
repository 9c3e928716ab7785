/**
 * Closes requests to leave whose makers are not entitled, by proofs against the chain's head. What the run has behind
 * the head may say that somebody is not entitled who is by the head. Such a request waits until the head is there.
 */
import type { OpenRequest } from "../../trace/crossing/entries.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { dismissReason, EntitledError } from "../../verifier/exits/dismissReason.ts";
import type { AtHead, BorderSource } from "./borderSource.ts";
import type { Loaded } from "./loaded.ts";
import { Pump } from "./pump.ts";
import { withStateAt } from "./stateAt.ts";
import type { OperatorEvent } from "./types.ts";

/** Seconds between two tries, and the longest pause after failures. */
const EVERY = 12;
const PAUSE = 4;
const LONGEST_PAUSE = 300;

/** Most requests that are dismissed before the operator looks at everything else again. Each waits for a block. */
const MOST = 4;

/** What dismissing needs of the operator. */
export interface DismissingHost {
  readonly dir: string;
  readonly dismiss: NonNullable<BorderSource["dismiss"]>;
  readonly clock: () => number;
  /** Whether the run's store may be used. */
  readonly useStore: boolean;
  readonly loaded: () => Loaded | undefined;
  /** The requests that no Eject answers. */
  readonly requests: () => readonly OpenRequest[];
  readonly tell: (...events: OperatorEvent[]) => void;
}

/** Dismisses what may be dismissed, one request after the other. */
export class Dismissing extends Pump {
  readonly #host: DismissingHost;
  /** By the name of a request, when it was asked and the last root by which its maker was entitled. */
  readonly #entitled = new Map<bigint, { readonly time: number; readonly root: bigint }>();

  constructor(host: DismissingHost) {
    const onTrouble = (why: string): void => host.tell({ type: "halted", why });
    super({ clock: host.clock, pause: PAUSE, longestPause: LONGEST_PAUSE, onTrouble });
    this.#host = host;
  }

  protected override async work(): Promise<number> {
    const { requests: open, loaded } = this.#host;
    const requests = open();
    const names = new Set(requests.map(({ request }) => request));
    for (const name of this.#entitled.keys()) if (!names.has(name)) this.#entitled.delete(name);
    if (requests.length === 0) return 0;
    let failure: Error | undefined;
    let dismissed = 0;
    for (const request of requests) {
      const map = loaded()?.run.tracer.map;
      // The operator is closed, or reads the run from the disk.
      if (map === undefined) return 0;
      if (!mayBeDismissed(map, request)) continue;
      try {
        if (await this.#dismiss(request)) dismissed++;
        if (dismissed === MOST) return 0;
      } catch (error) {
        if (error instanceof EnvironmentError) throw error;
        const why = error instanceof Error ? error.message : String(error);
        failure ??= new Error(`request ${request.request} is not dismissed: ${why}`, { cause: error });
      }
    }
    if (failure !== undefined) throw failure;
    return EVERY;
  }

  /** @returns whether the request is dismissed */
  async #dismiss(request: OpenRequest): Promise<boolean> {
    const { dir, dismiss, useStore, tell } = this.#host;
    const { request: name, time } = request;
    let root: bigint | undefined;
    const atHead: AtHead = async (head, work) => {
      const known = this.#entitled.get(name);
      if (known?.root === head.root && known.time === time) throw new EntitledError(request);
      root = head.root;
      return await withStateAt(dir, head, useStore, work);
    };
    const done = await dismiss(request, atHead);
    if (done.end === "entitled" && root !== undefined) this.#entitled.set(name, { time, root });
    if (done.end !== "dismissed") return false;
    tell({ type: "dismissed", request: name, reason: done.reason, transaction: done.transaction });
    return true;
  }
}

/** Whether a state shows that the maker of a request is not entitled. */
function mayBeDismissed(map: TimeMap, request: OpenRequest): boolean {
  try {
    dismissReason(map, request);
    return true;
  } catch (error) {
    if (error instanceof EntitledError) return false;
    throw error;
  }
}
