/** Asks many requests: in batches, several round trips at a time, again after failures, and fewer at once if needed. */
import { EnvironmentError } from "../../errors.ts";
import { type Answered, AskFailure, type AskMany, type Request } from "./ask.ts";
import { isBusy, isTooMuch } from "./words.ts";

export interface AskerOptions {
  /** Most requests in one round trip (default 20). It shrinks if the node refuses so many. */
  batch?: number;
  /** Most round trips at a time (default 4). */
  parallel?: number;
  /** Further tries after a failure (default 4). */
  retries?: number;
  /** Wait before the first further try, in milliseconds (default 250). It doubles with each. */
  backoffMs?: number;
  /** Waits; a test need not. */
  wait?: (ms: number) => Promise<void>;
}

/** Longest wait between two tries, in milliseconds. */
const LONGEST_WAIT = 30_000;
/** Further tries of a single request whose answer came too late: each takes the whole time limit. */
const LATE_RETRIES = 1;
const ANY_FAILURE: Pick<AskFailure, "kind" | "afterMs"> = { kind: "again", afterMs: 0 };

export class Asker {
  readonly #ask: AskMany;
  readonly #parallel: number;
  readonly #retries: number;
  readonly #backoffMs: number;
  readonly #wait: (ms: number) => Promise<void>;
  #batch: number;

  constructor(ask: AskMany, options: AskerOptions = {}) {
    this.#ask = ask;
    this.#batch = Math.max(1, Math.floor(options.batch ?? 20));
    this.#parallel = Math.max(1, Math.floor(options.parallel ?? 4));
    this.#retries = Math.max(0, Math.floor(options.retries ?? 4));
    this.#backoffMs = options.backoffMs ?? 250;
    this.#wait = options.wait ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  }

  /** Most requests in one round trip at present. */
  get batch(): number {
    return this.#batch;
  }

  /**
   * Asks one request. @returns the answer, which may be the node's refusal
   * @throws EnvironmentError "rpc" if the node does not answer
   */
  async one(method: string, params: readonly unknown[]): Promise<Answered> {
    const [answer] = await this.#tries([{ method, params }]);
    return answer as Answered;
  }

  /**
   * Asks all requests. Each answer stands at its request's index; it may be the node's refusal.
   * @throws EnvironmentError "rpc" if the node does not answer
   */
  async all(requests: readonly Request[]): Promise<Answered[]> {
    const answers: Answered[] = new Array(requests.length);
    let next = 0;
    let failed = false;
    const work = async (): Promise<void> => {
      while (next < requests.length && !failed) {
        const from = next;
        next = Math.min(requests.length, from + this.#batch);
        try {
          const some = await this.#tries(requests.slice(from, next));
          some.forEach((answer, i) => {
            answers[from + i] = answer;
          });
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    const workers = Math.min(this.#parallel, Math.ceil(requests.length / this.#batch));
    await Promise.all(Array.from({ length: workers }, work));
    return answers;
  }

  /** One round trip, with further tries for what failed or was put off. */
  async #tries(requests: readonly Request[]): Promise<Answered[]> {
    const answers: Answered[] = new Array(requests.length);
    let open = requests.map((_, i) => i);
    for (let tried = 0; ; tried++) {
      const asked = open.map((i) => requests[i] as Request);
      let pause = 0;
      let words = "";
      try {
        const got = await this.#ask(asked);
        if (got.length !== asked.length) {
          throw new AskFailure("again", `the node gives ${got.length} answers to ${asked.length} requests`);
        }
        open.forEach((at, i) => {
          answers[at] = got[i] as Answered;
        });
        const refused = (i: number, test: (answer: Answered) => boolean) => test(answers[i] as Answered);
        const crowded = asked.length > 1 ? open.filter((i) => refused(i, isCrowded)) : [];
        if (crowded.length > 0) {
          const again = await this.#fewer(crowded.map((i) => requests[i] as Request));
          crowded.forEach((at, i) => {
            answers[at] = again[i] as Answered;
          });
        }
        open = open.filter((i) => refused(i, isPutOff));
        if (open.length === 0) return answers;
        words = wordsOf(answers[open[0] as number] as Answered);
        if (tried >= this.#retries) throw limited(words);
      } catch (error) {
        if (!(error instanceof EnvironmentError)) throw error;
        const { kind, afterMs } = error instanceof AskFailure ? error : ANY_FAILURE;
        if (asked.length > 1 && (kind === "fewer" || kind === "late")) {
          const some = await this.#fewer(asked);
          open.forEach((at, i) => {
            answers[at] = some[i] as Answered;
          });
          return answers;
        }
        const tries = { again: this.#retries, late: Math.min(this.#retries, LATE_RETRIES), fewer: 0, never: 0 };
        if (tried >= tries[kind]) throw error;
        pause = afterMs;
      }
      await this.#wait(Math.min(LONGEST_WAIT, Math.max(pause, this.#backoffMs * 2 ** tried)));
    }
  }

  /** Asks in two halves, and so from now on. */
  async #fewer(requests: readonly Request[]): Promise<Answered[]> {
    const half = Math.max(1, Math.ceil(requests.length / 2));
    if (requests.length > 1) this.#batch = Math.min(this.#batch, half);
    const answers: Answered[] = [];
    while (answers.length < requests.length) {
      // The first half may have shown that even fewer are taken.
      const size = Math.min(half, this.#batch);
      answers.push(...(await this.#tries(requests.slice(answers.length, answers.length + size))));
    }
    return answers;
  }
}

const wordsOf = (answer: Answered): string => ("error" in answer ? answer.error : "");
const isPutOff = (answer: Answered): boolean =>
  "error" in answer && (answer.busy === true || isBusy(answer.error)) && !isTooMuch(answer.error);
const isCrowded = (answer: Answered): boolean => "error" in answer && isTooMuch(answer.error);

function limited(words: string): AskFailure {
  return new AskFailure("never", `the node puts the requests off: ${words}; wait, or use another node`);
}
