/** Errors of the store. */
import { EnvironmentError } from "../errors.ts";

/**
 * The store does not hold what it says. It is only a cache, so callers remove it and replay the trace. Where that is
 * not possible any more, the work has to begin again.
 */
export class DamagedStoreError extends EnvironmentError {
  /** @param what the part that is wrong, and how, without the next step */
  constructor(what: string, options?: ErrorOptions) {
    super("store", `${what}; the store is only a cache: remove store.sqlite, and run the command again`, options);
  }
}
