/** Swaps without an intermediary. */

import { ask, current, post } from "./context.ts";
import { sending, unpack } from "./message.ts";
import type { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";
import { checkTrade } from "./terms.ts";

/** One side's demand in an exchange. */
export interface Wanted {
  /** The kind's number, not its name: any program can name a kind Gold. See {@link Owned.kindNumber}. */
  readonly kind: bigint;
  /** The exact quantity. */
  readonly quantity: bigint;
}

/**
 * A place where two programs hand over to each other at once. Both calls form one group, and each program signs the
 * whole group, so neither can take without giving.
 */
export class Exchange {
  readonly #handle: Handle;

  /** @param name the exchange's name in entries and errors */
  constructor(name: string) {
    this.#handle = current().newHandle();
    post("exchange", { handle: this.#handle, name });
  }

  /**
   * Offers a value, and waits for the other side.
   * @param options.wants the demand on the other side's offer; without it, any offer is accepted
   * @param options.seconds how long to wait
   * @returns the other side's value
   * @throws CancelledError if no other side came in time or one side wants something else; RefusedError if the rules
   *   refuse it. The offer then stays with its owner
   */
  async trade<T = Owned>(value: unknown, options: { wants?: Wanted; seconds?: number } = {}): Promise<T> {
    checkTrade(options);
    const { wants, seconds } = options;
    return await sending(value, async (message) => {
      return unpack(await ask("trade", { exchange: this.#handle, message, wants, seconds })) as T;
    });
  }
}
