/** Asks many requests: in batches, several round trips at a time, again after failures, and fewer at once if needed. */
import { EnvironmentError } from "../../errors.ts";
import { type Answered, AskFailure, type AskMany, type Request } from "./ask.ts";
import { isBusy, isTooMuch } from "./words.ts";

/** How a node is asked: how much at once, and how often again. */
export interface AskerOptions {
  /** Most requests in one round trip (default 20). It shrinks if the node refuses so many. */
  batch?: number;
  /** Most round trips at a time (default 4), also if several callers ask at once. */
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
  #running = 0;
  readonly #queue: (() => void)[] = [];

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

  /** The answers to some requests, with further tries for what failed or was put off. */
  async #tries(requests: readonly Request[]): Promise<Answered[]> {
    const answers: Answered[] = new Array(requests.length);
    const requestsAt = (places: readonly number[]) => places.map((i) => requests[i] as Request);
    const put = (places: readonly number[], some: readonly Answered[]): void => {
      places.forEach((at, i) => {
        answers[at] = some[i] as Answered;
      });
    };
    const answeredBy = (test: (answer: Answered) => boolean) => (i: number) => test(answers[i] as Answered);
    let open = requests.map((_, i) => i);
    for (let tried = 0; ; tried++) {
      const got = await this.#attempt(requestsAt(open));
      if (got instanceof EnvironmentError) {
        const { kind, afterMs } = got instanceof AskFailure ? got : ANY_FAILURE;
        if (open.length > 1 && (kind === "fewer" || kind === "late")) {
          put(open, await this.#fewer(requestsAt(open)));
          return answers;
        }
        const tries = { again: this.#retries, late: Math.min(this.#retries, LATE_RETRIES), fewer: 0, never: 0 };
        if (tried >= tries[kind]) throw got;
        await this.#pause(tried, afterMs);
        continue;
      }
      put(open, got);
      const crowded = open.length > 1 ? open.filter(answeredBy(isCrowded)) : [];
      if (crowded.length > 0) put(crowded, await this.#fewer(requestsAt(crowded)));
      open = open.filter(answeredBy(isPutOff));
      const [first] = open;
      if (first === undefined) return answers;
      if (tried >= this.#retries) throw limited(wordsOf(answers[first] as Answered));
      await this.#pause(tried, 0);
    }
  }

  async #pause(tried: number, afterMs: number): Promise<void> {
    await this.#wait(Math.min(LONGEST_WAIT, Math.max(afterMs, this.#backoffMs * 2 ** tried)));
  }

  /** One round trip: its answers, or why there are none. */
  async #attempt(requests: readonly Request[]): Promise<readonly Answered[] | EnvironmentError> {
    try {
      const got = await this.#roundTrip(requests);
      if (got.length === requests.length) return got;
      return new AskFailure("again", `the node gives ${got.length} answers to ${requests.length} requests; ask again`);
    } catch (error) {
      if (error instanceof EnvironmentError) return error;
      throw error;
    }
  }

  /** One round trip, as soon as fewer than `parallel` are under way. */
  async #roundTrip(requests: readonly Request[]): Promise<readonly Answered[]> {
    while (this.#running >= this.#parallel) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#running++;
    try {
      return await this.#ask(requests);
    } finally {
      this.#running--;
      this.#queue.shift()?.();
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
