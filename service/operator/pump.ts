/** Work of an operator that comes up again and again: one at a time, and more and more rarely while it fails. */

/** Doublings of a pause after which it grows no more. */
const MOST_DOUBLINGS = 20;

/** When the work is tried again after a failure, in seconds of a clock. */
export interface Pauses {
  readonly clock: () => number;
  /** The pause after a failure. Each further failure doubles it, up to the longest. */
  readonly pause: number;
  readonly longestPause: number;
  /** Told why the work fails, once for each reason. */
  readonly onTrouble: (why: string) => void;
}

/**
 * Does its work whenever it is asked to and the work is due.
 *
 *     class Looking extends Pump {
 *       protected override async work(): Promise<number> {
 *         await look();
 *         return 30;
 *       }
 *     }
 *     await new Looking({ clock, pause: 1, longestPause: 300, onTrouble }).pump();
 */
export abstract class Pump {
  readonly #pauses: Pauses;
  #running: Promise<void> | undefined;
  #asked = false;
  #sooner = false;
  #next = 0;
  #failures = 0;
  #trouble: string | null = null;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
  }

  /** Does what is due. @returns seconds for which nothing is due by itself; 0 for none */
  protected abstract work(): Promise<number>;

  /** Why the work fails; null if it does not. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** The work under way. */
  get running(): Promise<void> | undefined {
    return this.#running;
  }

  /**
   * Works, if it is due. If it is asked for during the work, it looks again afterwards.
   * @param sooner whether it is due now: there is new work. A pause after a failure lasts all the same.
   * @returns when the work is done for now, or a pause begins
   */
  pump(sooner = false): Promise<void> {
    this.#asked = true;
    this.#sooner ||= sooner;
    if (this.#running !== undefined) return this.#running;
    let begin = (): void => undefined;
    const running = new Promise<void>((resolve) => {
      begin = () => resolve(this.#run());
    }).finally(() => {
      this.#running = undefined;
    });
    // Before it begins: work that asks for itself finds that it is under way.
    this.#running = running;
    begin();
    return running;
  }

  async #run(): Promise<void> {
    const { clock, pause, longestPause, onTrouble } = this.#pauses;
    while (this.#asked) {
      const sooner = this.#sooner && this.#failures === 0;
      this.#asked = false;
      this.#sooner = false;
      if (clock() < this.#next && !sooner) return;
      try {
        const rest = await this.work();
        this.#next = rest === 0 ? 0 : clock() + rest;
        this.#failures = 0;
        this.#trouble = null;
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        this.#next = clock() + Math.min(longestPause, pause * 2 ** Math.min(this.#failures++, MOST_DOUBLINGS));
        if (this.#trouble !== why) onTrouble(why);
        this.#trouble = why;
      }
    }
  }
}
