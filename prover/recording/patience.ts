/** Asking a node that may be away for a while. */
import { EnvironmentError } from "../../trace/errors.ts";
import { AskFailure } from "../../trace/import/node/ask.ts";
import { NoSuchBlockError } from "../../trace/import/node/chainNode.ts";

/** How long a node is waited for, and who hears of it. */
export interface PatienceOptions {
  /** Longest time without an answer, in milliseconds. */
  patienceMs: number;
  /** Wait after the first failure, in milliseconds. It doubles with each, up to half a minute. */
  backoffMs: number;
  signal?: AbortSignal | undefined;
  /** Called when an answer is missing, and once when there is one again (null). */
  onAway?: ((why: string | null, waitMs: number) => void) | undefined;
}

const LONGEST_WAIT = 30_000;

/** The work was stopped by its signal. */
export class StoppedError extends Error {}

export class Patience {
  readonly #options: PatienceOptions;
  /** Whether the node has ever answered: a wrong URL is told at once. */
  #answered = false;
  /** When the node was first away, and how many times it was asked since; null while it answers. */
  #away: { since: number; tries: number } | null = null;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /**
   * Asks until there is an answer. The signal ends the wait at once.
   * @throws EnvironmentError "rpc" if the node refuses, or does not answer for too long; StoppedError if it is stopped
   */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        const answer = await question();
        this.#came();
        return answer;
      } catch (error) {
        await this.#wait(error);
      }
    }
  }

  /** Waits, unless it is stopped meanwhile. @throws StoppedError */
  async sleep(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await this.orStopped(
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, ms);
        }),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  /** The answer, unless it is stopped before. @throws StoppedError */
  async orStopped<T>(answer: Promise<T>): Promise<T> {
    const { signal } = this.#options;
    if (signal === undefined) return await answer;
    answer.catch(() => undefined);
    if (signal.aborted) throw new StoppedError();
    let stop = (): void => undefined;
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(new StoppedError());
      signal.addEventListener("abort", stop, { once: true });
    });
    try {
      return await Promise.race([answer, stopped]);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  #came(): void {
    this.#answered = true;
    if (this.#away === null) return;
    this.#away = null;
    this.#options.onAway?.(null, 0);
  }

  async #wait(error: unknown): Promise<void> {
    const { patienceMs, backoffMs, onAway } = this.#options;
    if (!isAway(error) || !this.#answered) throw error;
    this.#away ??= { since: performance.now(), tries: 0 };
    const { since, tries } = this.#away;
    const left = since + patienceMs - performance.now();
    if (left <= 0) {
      throw new EnvironmentError(
        "rpc",
        `${error.message}; no answer for ${Math.round(patienceMs / 1000)} s: what is recorded stays, run the same command ` +
          `again to go on`,
        { cause: error },
      );
    }
    const waitMs = Math.min(LONGEST_WAIT, backoffMs * 2 ** tries, left);
    this.#away.tries++;
    onAway?.(error.message, waitMs);
    await this.sleep(waitMs);
  }
}

/** Whether a later answer may be another. One node of several may lag behind the others. */
function isAway(error: unknown): error is Error {
  return error instanceof AskFailure || error instanceof NoSuchBlockError;
}
