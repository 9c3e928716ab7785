/**
 * When the operator is there for those who sign. The time in which nobody can sign does not count towards deadlines: so
 * a deadline moves by as long as the operator was away, and by no more, however often it starts again. The journal
 * keeps how long it was away in all, and when it was last there: at every load, and then while a signature is missing,
 * first after a second, later every {@link ALIVE_EVERY} seconds. After a kill, the time since the last line counts as
 * away: at most half of the time that it was there, or ten seconds.
 */
import type { Alive, Cut, JournalLine } from "./journalLines.ts";

/** Most seconds between two lines in the journal that the operator is there. */
export const ALIVE_EVERY = 10;

/**
 * Seconds without a look at the clock after which the operator was away: it was stopped, its machine slept, or its
 * clock was set.
 */
const STALLED_AFTER = 10;

export class Presence {
  #at: number;
  #away: number;
  /** The time that is on disk, and since when the operator is there. */
  #kept: number;
  #since: number;

  /** @param since what the journal has; the first operator of a run has never been away */
  constructor({ at, away }: Alive) {
    this.#at = at;
    this.#away = away;
    this.#kept = at;
    this.#since = at;
  }

  /** Seconds in which nobody could sign, since the map was first served. */
  get away(): number {
    return this.#away;
  }

  /** Whether it is time for a line in the journal. */
  get due(): boolean {
    const pause = Math.min(ALIVE_EVERY, Math.max(1, this.#kept - this.#since));
    return this.#at >= this.#kept + pause;
  }

  /** What is known. */
  get alive(): Alive {
    return { at: this.#at, away: this.#away };
  }

  /** Whether the operator has not looked at the clock for long. @param every seconds between two looks */
  stalled(now: number, every: number): boolean {
    return now - this.#at > STALLED_AFTER + every;
  }

  /** Takes in that the operator was there all the time until now. */
  there(now: number): void {
    this.#at = Math.max(this.#at, now);
  }

  /** Takes in that nobody could sign from the last time until now. @returns whether time has passed */
  back(now: number): boolean {
    if (now <= this.#at) return false;
    this.#away += now - this.#at;
    this.#at = now;
    this.#since = now;
    return true;
  }

  /** When a batch goes on without those who have not signed it. */
  deadline({ at, away = 0 }: Pick<Cut, "at" | "away">, signWithin: number): number {
    return at + signWithin + this.#away - away;
  }

  /** The line for the journal. It counts as on disk from now on. */
  line(): JournalLine {
    this.#kept = this.#at;
    return { alive: this.alive };
  }
}

/**
 * The presence at a load.
 * @param lines of the journal; without a line of this sort, the operator was there until now
 * @param seen further times at which it was there
 */
export function presenceIn(lines: readonly JournalLine[], seen: readonly number[], now: number): Presence {
  const alive = lines.findLast((line) => "alive" in line);
  if (alive === undefined || !("alive" in alive)) return new Presence({ at: now, away: 0 });
  const presence = new Presence(alive.alive);
  for (const line of lines) if ("cut" in line) presence.there(line.cut.at);
  for (const at of seen) presence.there(at);
  presence.back(now);
  return presence;
}
