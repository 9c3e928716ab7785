/**
 * Programs that let batches lapse. Each lapse makes the others sign again, so nobody may do it again and again. After
 * the n-th lapse, a program may propose nothing for `signWithin · 2^(n-1)` seconds, at most for `mostSuspended`. The
 * count goes down by one when the program has signed a batch with an effect that it made after its suspension, but at
 * most once a day: so one signed batch does not pay for the next lapse. It ends after ten times `mostSuspended` without
 * another lapse.
 */
import { RefusedError } from "../../trace/errors.ts";
import type { JournalLine, Lapse } from "./journalLines.ts";
import type { Rules } from "./options.ts";

/** Seconds in which a count goes down by one at most. */
const LOWERED_EVERY = 86_400;

/** A program may propose nothing for a time: it let a batch lapse. */
export class SuspendedError extends RefusedError {
  readonly program: number;
  /** When it may propose again, in seconds since 1970. */
  readonly until: number;

  constructor({ program, times, until }: Lapse) {
    const often = times === 1 ? "a batch" : `batches, by now ${times},`;
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
    this.#lapses.set(lapse.program, lapse);
  }

  /** All lapses as they are once some programs have let a batch lapse now. */
  after(programs: Iterable<number>, now: number): Lapse[] {
    const all = new Map(this.#lapses);
    for (const program of programs) all.set(program, this.#next(program, now));
    return [...all.values()];
  }

  /** @throws SuspendedError if one of the programs is suspended */
  requireNone(programs: readonly number[], now: number): void {
    for (const program of programs) {
      const lapse = this.#lapses.get(program);
      if (lapse !== undefined && now < lapse.until) throw new SuspendedError(lapse);
    }
  }

  /**
   * Takes in that a program has signed a batch.
   * @param acted the time of its last effect there
   * @returns the line that lowers its count, if that does
   */
  signed(program: number, acted: number, now: number): JournalLine[] {
    const before = this.#lapses.get(program);
    if (before === undefined || before.times === 0 || acted < before.until) return [];
    if (before.lowered !== undefined && now < before.lowered + LOWERED_EVERY) return [];
    const lapse = { ...before, times: before.times - 1, lowered: now };
    this.put(lapse);
    return [{ lapse }];
  }

  /** Forgets what is long past. */
  forget(now: number): void {
    for (const [program, { times, until, lowered }] of this.#lapses) {
      const counts = times > 0 && now <= until + 10 * this.#rules.mostSuspended;
      const today = lowered !== undefined && now <= lowered + LOWERED_EVERY;
      if (!counts && !today) this.#lapses.delete(program);
    }
  }

  lines(): JournalLine[] {
    return [...this.#lapses.values()].map((lapse) => ({ lapse }));
  }

  #next(program: number, now: number): Lapse {
    const { signWithin, mostSuspended } = this.#rules;
    const before = this.#lapses.get(program);
    const times = 1 + (before?.times ?? 0);
    // The exponent is bounded, so the product is a whole number.
    const until = now + Math.min(mostSuspended, signWithin * 2 ** Math.min(times - 1, 20));
    return { ...before, program, times, until };
  }
}
