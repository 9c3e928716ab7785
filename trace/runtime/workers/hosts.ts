/**
 * The worker threads of a run. Tasks are meant for each in turn; one that has nothing to do starts what another was to
 * start and has not come to. Where a task runs shows nowhere in the trace: what it asks is carried out in an order that
 * follows from the tasks' own numbers.
 */
import { availableParallelism } from "node:os";
import type { Orders } from "./packets.ts";
import { MOST_HOSTS, Starts } from "./startQueue.ts";
import { type Listener, WorkerHost } from "./workerHost.ts";

export class Hosts {
  readonly #listener: Listener;
  readonly #memory = Starts.memory();
  readonly #starts = new Starts(this.#memory);
  readonly #hosts: WorkerHost[] = [];
  #turn = 0;
  #offered = 0;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** The host that the next task is meant for. There are as many as cores. */
  next(): WorkerHost {
    const index = this.#turn++ % Math.min(availableParallelism(), MOST_HOSTS);
    const host = this.#hosts[index] ?? new WorkerHost(this.#listener, this.#memory, index);
    this.#hosts[index] = host;
    return host;
  }

  /** Whether all tasks in all of them wait. */
  get quiet(): boolean {
    return this.#hosts.every(({ quiet }) => quiet);
  }

  /**
   * Sends what has come together in a round. All hosts wait, so whoever gets nothing else to do comes for what is
   * offered.
   */
  flush(): void {
    const offers: Orders["offers"] = [];
    for (const [index, host] of this.#hosts.entries()) {
      for (const start of host.free()) {
        const number = this.#offered++;
        if (this.#starts.offer(index, number)) offers.push({ number, start });
        else host.keep(start);
      }
    }
    for (const host of this.#hosts) host.flush(offers);
  }

  async close(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.close()));
  }
}
