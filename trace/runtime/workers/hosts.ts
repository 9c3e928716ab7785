/**
 * The worker threads of a run. Tasks are meant for each thread in turn; an idle thread starts tasks that another has
 * not started yet. The trace does not show where a task runs: the order of asks follows from the tasks' numbers.
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

  /** The host for the next task. There are as many hosts as cores. */
  next(): WorkerHost {
    const index = this.#turn++ % Math.min(availableParallelism(), MOST_HOSTS);
    const host = this.#hosts[index] ?? new WorkerHost(this.#listener, this.#memory, index);
    this.#hosts[index] = host;
    return host;
  }

  /** Whether all tasks of all hosts wait. */
  get quiet(): boolean {
    return this.#hosts.every(({ quiet }) => quiet);
  }

  /** Sends the orders of a round. All hosts wait, so an idle one comes for the offered tasks. */
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
