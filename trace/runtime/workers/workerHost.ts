/** A worker thread as the kernel sees it: it starts tasks, and asks for them. */
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

/** What a host tells the kernel. */
export interface Listener {
  /** Something a task asks; `settle` where an answer is waited for. */
  submit: Submit;
  /** A task was started, maybe by another host than it was meant for. */
  began(task: Handle, host: Host): void;
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
  #next: Omit<Orders, "offers"> = { starts: [], answers: [] };
  /** Tasks that any host may start. */
  #free: Start[] = [];
  #busy = false;
  #closed = false;

  /**
   * @param starts memory of what is to start anywhere
   * @param index of this host in it
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

  /** Whether all of its tasks wait, as far as they have been told. */
  get quiet(): boolean {
    return !this.#busy;
  }

  /**
   * Starts a task at the end of the round. A function lives where its task was made; a module's may be started by
   * another host.
   */
  start({ handle, name, program }: Task, body: BodyRef, given: Arrived): void {
    const start = { task: handle, name, program, body, given };
    (typeof body === "number" ? this.#next.starts : this.#free).push(start);
  }

  /** What it was to start and another may start instead. */
  free(): Start[] {
    return this.#free.splice(0);
  }

  /** It starts that one itself. */
  keep(start: Start): void {
    this.#next.starts.push(start);
  }

  /**
   * Sends what has come together in a round, if anything has.
   * @param offers what it may start, in the queues that all hosts share
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
