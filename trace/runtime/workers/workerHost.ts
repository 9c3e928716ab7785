/** A worker thread as the kernel sees it: it starts tasks and passes on their asks. */
import { Worker } from "node:worker_threads";
import { Ring, ringMemory } from "../../pool/ring.ts";
import type { Host, Submit, Task } from "../kernel/task.ts";
import type { Arrived, BodyRef, Handle } from "../requests.ts";
import {
  type Asked,
  errorData,
  errorFrom,
  type Orders,
  reportFrom,
  type Start,
  toBytes,
  type WorkerSetup,
} from "./packets.ts";

/** A host's messages to the kernel. */
export interface Listener {
  /** A task's ask; `settle` where the task waits for an answer. */
  submit: Submit;
  /** This host started a task, perhaps one meant for another host. */
  began(task: Handle, host: Host): void;
  /** All its tasks wait, with or without new asks. */
  heard(): void;
  /** The thread was lost, and its tasks with it. */
  lost(error: Error): void;
}

export class WorkerHost implements Host {
  readonly #worker: Worker;
  readonly #orders: Ring;
  readonly #asks: Ring;
  readonly #listener: Listener;
  #next: Omit<Orders, "offers"> = { starts: [], answers: [] };
  /** Tasks that any host can start. */
  #free: Start[] = [];
  #busy = false;
  #closed = false;

  /**
   * @param starts memory of the tasks that any host can start
   * @param index this host's number in it
   */
  constructor(listener: Listener, starts: SharedArrayBuffer, index: number) {
    this.#listener = listener;
    const setup: WorkerSetup = { orders: ringMemory(), asks: ringMemory(), starts, index };
    this.#orders = new Ring(setup.orders);
    this.#asks = new Ring(setup.asks);
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: setup, execArgv: [] });
    this.#worker.on("error", (error) => listener.lost(error instanceof Error ? error : new Error(String(error))));
    this.#worker.on("exit", (code) => {
      if (!this.#closed) listener.lost(new Error(`it left with code ${code}`));
    });
  }

  /** Whether all of its tasks wait, after the last order. */
  get quiet(): boolean {
    return !this.#busy;
  }

  /**
   * Starts a task at the end of the round. A function stays in the thread of its spawner; another host can start a
   * module's export.
   */
  start({ handle, name, program }: Task, body: BodyRef, given: Arrived): void {
    const start = { task: handle, name, program, body, given };
    (typeof body === "number" ? this.#next.starts : this.#free).push(start);
  }

  /** Takes its tasks that another host can start instead. */
  free(): Start[] {
    return this.#free.splice(0);
  }

  /** Starts a task on this host. */
  keep(start: Start): void {
    this.#next.starts.push(start);
  }

  /**
   * Sends the orders of a round, if there are any.
   * @param offers tasks that it can start, from the queues that all hosts share
   */
  flush(offers: Orders["offers"]): void {
    const { starts, answers } = this.#next;
    if (starts.length === 0 && answers.length === 0 && offers.length === 0) return;
    this.#next = { starts: [], answers: [] };
    this.#busy = true;
    this.#orders.write(toBytes({ starts, offers, answers }));
    void this.#receive();
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#worker.terminate();
  }

  async #receive(): Promise<void> {
    await this.#asks.readable();
    const { began, asked } = reportFrom(this.#asks.read());
    this.#busy = false;
    for (const task of began) this.#listener.began(task, this);
    for (const each of asked) this.#submit(each);
    this.#listener.heard();
  }

  #submit({ task, ask, id }: Asked): void {
    const answer = (result: { value?: unknown; error?: ReturnType<typeof errorData> }): void => {
      if (id !== undefined) this.#next.answers.push({ id, ...result });
    };
    // Errors arrive as data.
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
