/** Old headers, looked up in a thread of their own: nobody else waits for it. */
import { Worker } from "node:worker_threads";
import { EnvironmentError } from "../../trace/errors.ts";
import type { ProgramCell } from "../../trace/state/cells.ts";
import type { HistoryAnswer, HistoryRequest } from "./historyWorker.ts";

/** Questions that may wait. More would only wait longer. */
const MOST_WAITING = 256;

interface Waiting {
  readonly resolve: (header: ProgramCell | undefined) => void;
  readonly reject: (error: Error) => void;
}

/** The headers of a run's programs, of all times. The thread begins with the first question. */
export class HistoryThread implements AsyncDisposable {
  readonly #dir: string;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #next = 0;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * A program's header after a transition; undefined if the program did not exist.
   * @throws EnvironmentError if too many wait already, or the run cannot be read
   */
  at(program: number, seq: number): Promise<ProgramCell | undefined> {
    if (this.#waiting.size >= MOST_WAITING)
      return Promise.reject(busy("too many questions about the past wait; ask again"));
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ id, program, seq });
    });
  }

  /** The trace was cut: what is known of it is forgotten. */
  clear(): void {
    if (this.#worker !== undefined) this.#post("clear");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    this.#end(busy("the server is stopping"));
    await worker?.terminate();
  }

  #post(request: HistoryRequest): void {
    this.#worker ??= this.#begin();
    this.#worker.postMessage(request);
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./historyWorker.ts", import.meta.url), { workerData: this.#dir });
    worker.unref();
    worker.on("message", (answer: HistoryAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ("error" in answer) waiting?.reject(busy(answer.error));
      else waiting?.resolve(answer.header);
    });
    // The next question begins another thread.
    const ended = (): void => {
      if (this.#worker === worker) this.#end(busy("the past could not be read; ask again"));
    };
    worker.on("error", ended);
    worker.on("exit", ended);
    return worker;
  }

  #end(error: Error): void {
    this.#worker = undefined;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

function busy(why: string): EnvironmentError {
  return new EnvironmentError("history", why);
}
