/** A registry for tests of operators. */
import type { AtHead, BorderSource, Dismissal, Waiting } from "../../../../service/operator/borderSource.ts";
import type { OpenRequest } from "../../../../trace/crossing/entries.ts";
import { EnvironmentError } from "../../../../trace/errors.ts";
import { dismissReason, EntitledError } from "../../../../verifier/exits/dismissReason.ts";
import type { StandInChain } from "./served.ts";

/** A registry that says what the test puts there. */
export class StandInRegistry implements BorderSource {
  now: Waiting = { head: 0, deposits: [], requests: [] };
  away = false;
  asked = 0;

  async waiting(): Promise<Waiting> {
    this.asked++;
    if (this.away) throw new EnvironmentError("rpc", "no Ethereum node answers");
    return this.now;
  }
}

/** One that dismisses by the state at a chain's head, and goes on saying that all of it waits. */
export class DismissingRegistry extends StandInRegistry {
  readonly dismissed: bigint[] = [];
  /** How often a request was to be dismissed, by its name. */
  readonly tries = new Map<bigint, number>();
  /** Requests of which the registry takes no dismissal. */
  readonly refused = new Set<bigint>();
  readonly #chain: StandInChain;

  constructor(chain: StandInChain) {
    super();
    this.#chain = chain;
  }

  async dismiss(request: OpenRequest, atHead: AtHead): Promise<Dismissal> {
    const name = request.request;
    this.tries.set(name, (this.tries.get(name) ?? 0) + 1);
    if (this.away) throw new EnvironmentError("rpc", "no Ethereum node answers");
    if (this.dismissed.includes(name)) return { end: "not open" };
    if (this.refused.has(name)) throw new Error("ExitProofRejected()");
    try {
      const { reason } = await atHead(await this.#chain.head(), async (map) => dismissReason(map, request));
      this.dismissed.push(name);
      return { end: "dismissed", reason, transaction: `0x${this.dismissed.length}` };
    } catch (error) {
      if (error instanceof EntitledError) return { end: "entitled" };
      throw error;
    }
  }
}
