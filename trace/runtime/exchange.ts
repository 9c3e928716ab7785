/** Swaps without anybody in between. */

import { ask, current, post } from "./context.ts";
import { sending, unpack } from "./message.ts";
import type { Owned } from "./owned.ts";
import type { Handle } from "./requests.ts";
import { checkTrade } from "./terms.ts";

/** What one side of an exchange insists on. */
export interface Wanted {
  /** The kind itself, not its name: anybody may call something Gold. See {@link Owned.kindNumber}. */
  readonly kind: bigint;
  /** Neither less nor more. */
  readonly quantity: bigint;
}

/**
 * A place where two programs hand over to each other at once: both calls are one group, which each of them signs whole,
 * so neither can have the other's thing and keep its own.
 */
export class Exchange {
  readonly #handle: Handle;

  /** @param name what the exchange is called in entries and errors */
  constructor(name: string) {
    this.#handle = current().newHandle();
    post("exchange", { handle: this.#handle, name });
  }

  /**
   * Offers something, and waits for the other side.
   * @param options.wants what it must be; without it, whatever comes is taken
   * @param options.seconds how long to wait
   * @returns what the other side gave
   * @throws CancelledError if nobody came in time or one side wants something else; RefusedError if the rules refuse
   *   it. What was offered is where it was then
   */
  async trade<T = Owned>(value: unknown, options: { wants?: Wanted; seconds?: number } = {}): Promise<T> {
    checkTrade(options);
    const { wants, seconds } = options;
    return await sending(value, async (message) => {
      return unpack(await ask("trade", { exchange: this.#handle, message, wants, seconds })) as T;
    });
  }
}
