/**
 * Programs that let batches lapse. Each lapse makes the others sign again, so nobody may do it again and again. After
 * the n-th lapse in a row, a program may propose nothing for `signWithin · 2^(n-1)` seconds, at most for
 * `mostSuspended`. The count ends once the program has signed a batch that was cut after its suspension, or after ten
 * times `mostSuspended` without another lapse.
 */
import { RefusedError } from "../../trace/errors.ts";
import type { JournalLine, Lapse } from "./journalLines.ts";
import type { Rules } from "./options.ts";

/** A program may propose nothing for a time: it let a batch lapse. */
export class SuspendedError extends RefusedError {
  readonly program: number;
  /** When it may propose again, in seconds since 1970. */
  readonly until: number;

  constructor({ program, times, until }: Lapse) {
    const often = times === 1 ? "a batch" : `${times} batches in a row`;
    super(
      "log-signed",
      `program ${program} did not sign ${often} in time, and its effects were taken out; it is suspended until ` +
        `${until}; ask again then, and sign`,
    );
    this.program = program;
    this.until = until;
  }
}

export class Suspensions {
  readonly #rules: Pick<Rules, "signWithin" | "mostSuspended">;
  readonly #lapses = new Map<number, Lapse>();

  constructor(rules: Pick<Rules, "signWithin" | "mostSuspended">) {
    this.#rules = rules;
  }

  put(lapse: Lapse): void {
    if (lapse.times === 0) this.#lapses.delete(lapse.program);
    else this.#lapses.set(lapse.program, lapse);
  }

  /** The lapse that a program would have now. */
  next(program: number, now: number): Lapse {
    const { signWithin, mostSuspended } = this.#rules;
    const times = 1 + (this.#lapses.get(program)?.times ?? 0);
    // The exponent is bounded, so the product is a whole number.
    return { program, times, until: now + Math.min(mostSuspended, signWithin * 2 ** Math.min(times - 1, 20)) };
  }

  /** @throws SuspendedError if one of the programs is suspended */
  requireNone(programs: readonly number[], now: number): void {
    for (const program of programs) {
      const lapse = this.#lapses.get(program);
      if (lapse !== undefined && now < lapse.until) throw new SuspendedError(lapse);
    }
  }

  /**
   * The lines that end the counts of programs that signed a batch.
   * @param cutAt when the batch was cut
   */
  signed(programs: readonly number[], cutAt: number): JournalLine[] {
    return programs.flatMap((program) => {
      const lapse = this.#lapses.get(program);
      return lapse === undefined || cutAt < lapse.until ? [] : [{ lapse: { program, times: 0, until: 0 } }];
    });
  }

  /** Forgets what is long past. */
  forget(now: number): void {
    for (const [program, { until }] of this.#lapses)
      if (until + 10 * this.#rules.mostSuspended < now) this.#lapses.delete(program);
  }

  lines(): JournalLine[] {
    return [...this.#lapses.values()].map((lapse) => ({ lapse }));
  }
}
