/**
 * Tasks to start, as numbers in shared memory. Each host has a queue, and other hosts take what it has not started yet.
 */
import { Deque } from "../../pool/deque.ts";

/** Most worker threads of a run. */
export const MOST_HOSTS = 8;
/** Tasks that a queue holds, a power of two. */
const MOST_STARTS = 256;

export class Starts {
  readonly #queues: readonly Deque[];

  /** @param memory from {@link Starts.memory}; the kernel owns all its queues */
  constructor(memory: SharedArrayBuffer) {
    const bytes = Deque.bytes(MOST_STARTS);
    this.#queues = Array.from({ length: MOST_HOSTS }, (_, index) => new Deque(memory, index * bytes, MOST_STARTS));
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(MOST_HOSTS * Deque.bytes(MOST_STARTS));
  }

  /** Puts a task into a host's queue. Only the kernel calls this. False if the queue is full. */
  offer(host: number, start: number): boolean {
    return this.#queues[host]?.push(start) ?? false;
  }

  /**
   * The next task for a host: first from its own queue, then from the fullest other queue. Undefined if no task is
   * left.
   */
  take(host: number): number | undefined {
    const own = this.#queues[host]?.take();
    if (own !== undefined) return own;
    for (;;) {
      const victim = this.#queues.reduce((a, b) => (b.size > a.size ? b : a));
      if (victim.size === 0) return undefined;
      const start = victim.steal();
      if (typeof start === "number") return start;
    }
  }
}
