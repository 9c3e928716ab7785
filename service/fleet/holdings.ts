/** Who has had which batch without proving it, and for how long it was with workers. In memory, until it is proven. */
import type { TakenBatch } from "./workQueue.ts";

/** A lease that ended. */
interface Ended {
  readonly token: string;
  readonly batch: TakenBatch;
  readonly worker: string;
  readonly address: string;
}

/** How often a worker, or an address, has had a batch in vain, and until when. */
interface Past {
  readonly times: number;
  readonly ended: number;
}

interface Holding {
  /** Milliseconds that somebody had the batch, up to the end of the last lease. */
  heldMs: number;
  /** Since when somebody has it now. */
  since: number | undefined;
  /** The queue's own lease of the batch, if it is over. It must not come back by a heartbeat. */
  over: string | undefined;
  /** By worker, and by address. */
  readonly past: Map<string, Past>;
}

/** More are not kept for one batch: a stranger can invent as many names as it likes. */
const MOST_PAST = 256;

export class Holdings {
  readonly #byBatch = new Map<string, Holding>();

  /** A lease of a batch that nobody had begins. */
  begin(id: string, now: number): void {
    const holding = this.#byBatch.get(id) ?? { heldMs: 0, since: undefined, over: undefined, past: new Map() };
    holding.since ??= now;
    this.#byBatch.set(id, holding);
  }

  /** A lease ends without a proof. @param last whether nobody has the batch now */
  end({ token, batch, worker, address }: Ended, last: boolean, now: number): void {
    const holding = this.#byBatch.get(batch.id);
    if (holding === undefined) return;
    if (token === batch.lease) holding.over = token;
    if (last && holding.since !== undefined) {
      holding.heldMs += now - holding.since;
      holding.since = undefined;
    }
    const { past } = holding;
    for (const who of [worker, address]) {
      const times = (past.get(who)?.times ?? 0) + 1;
      past.delete(who);
      past.set(who, { times, ended: now });
    }
    for (const oldest of past.keys()) {
      if (past.size <= MOST_PAST) break;
      past.delete(oldest);
    }
  }

  /** The batch is proven, or not wanted any more. */
  drop(id: string): void {
    this.#byBatch.delete(id);
  }

  /** Milliseconds that the batch was with workers, whoever they were. */
  heldMs(id: string, now: number): number {
    const holding = this.#byBatch.get(id);
    if (holding === undefined) return 0;
    return holding.heldMs + (holding.since === undefined ? 0 : now - holding.since);
  }

  /** How often a worker, or an address, has had the batch in vain. */
  times(id: string, who: string): number {
    return this.#byBatch.get(id)?.past.get(who)?.times ?? 0;
  }

  /** When the last of these leases ended. */
  ended(id: string, who: string): number {
    return this.#byBatch.get(id)?.past.get(who)?.ended ?? 0;
  }

  /** Whether a lease of the queue was ended here. */
  isOver(id: string, token: string): boolean {
    return this.#byBatch.get(id)?.over === token;
  }
}
