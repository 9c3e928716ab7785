/** Worker threads as the kernel sees them: they start tasks, and ask for them. */
import { Worker } from "node:worker_threads";
import type { Arrived } from "../asks.ts";
import type { Host, Submit } from "../kernel/localHost.ts";
import type { Task } from "../kernel/task.ts";
import { type Asked, askedFrom, type BodyRef, errorData, errorFrom, type Orders, toBytes } from "./packets.ts";
import { Ring, ringMemory } from "./ring.ts";
import type { WorkerSetup } from "./worker.ts";

/** What a host tells the kernel. */
export interface Listener {
  /** Something a task asks; `settle` where an answer is waited for. */
  submit: Submit;
  /** All its tasks wait, whether they have asked for anything new or not. */
  heard(): void;
  /** The thread was lost: so are its tasks. */
  lost(error: Error): void;
}

export class WorkerHost implements Host {
  readonly #worker: Worker;
  readonly #orders: Ring;
  readonly #asks: Ring;
  readonly #listener: Listener;
  #next: Orders = { starts: [], answers: [] };
  #busy = false;
  #closed = false;

  constructor(listener: Listener) {
    this.#listener = listener;
    const setup: WorkerSetup = { orders: ringMemory(), asks: ringMemory() };
    this.#orders = new Ring(setup.orders);
    this.#asks = new Ring(setup.asks);
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup, execArgv: [] });
    this.#worker.on("error", (error) => listener.lost(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", (code) => {
      if (!this.#closed) listener.lost(new Error(`it left with code ${code}`));
    });
  }

  /** Whether all of its tasks wait, as far as they have been told. */
  get quiet(): boolean {
    return !this.#busy;
  }

  /** Starts a task at the end of the round. */
  start({ handle, name, program }: Task, body: BodyRef, given: Arrived): void {
    this.#next.starts.push({ task: handle, name, program, body, given });
  }

  /** Sends what has come together in a round, if anything has. */
  flush(): void {
    const { starts, answers } = this.#next;
    if (starts.length === 0 && answers.length === 0) return;
    this.#next = { starts: [], answers: [] };
    this.#busy = true;
    this.#orders.write(toBytes({ starts, answers }));
    void this.#receive();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  async #receive(): Promise<void> {
    await this.#asks.readable();
    const packet = askedFrom(this.#asks.read());
    this.#busy = false;
    for (const asked of packet) this.#submit(asked);
    this.#listener.heard();
  }

  #submit({ task, ask, id }: Asked): void {
    const answer = (result: { value?: unknown; error?: ReturnType<typeof errorData> }): void => {
      if (id !== undefined) this.#next.answers.push({ id, ...result });
    };
    // Errors have crossed as data.
    const revived = "error" in ask && ask.error !== undefined ? { ...ask, error: errorFrom(ask.error as never) } : ask;
    this.#listener.submit(
      task,
      revived,
      id === undefined
        ? undefined
        : {
            resolve: (value) => answer({ value }),
            reject: (error) => answer({ error: errorData(error) }),
          },
    );
  }
}
