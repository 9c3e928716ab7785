/**
 * Which tasks are to start, as numbers in shared memory: a queue for each host, from which others take what it has not
 * come to.
 */
import { Deque } from "../../pool/deque.ts";

/** Worker threads of a run, at most. */
export const MOST_HOSTS = 8;
/** Tasks that a queue holds, a power of two. */
const MOST_STARTS = 256;

export class Starts {
  readonly #queues: readonly Deque[];

  /** @param memory from {@link Starts.memory}; the kernel owns all queues in it */
  constructor(memory: SharedArrayBuffer) {
    const bytes = Deque.bytes(MOST_STARTS);
    this.#queues = Array.from({ length: MOST_HOSTS }, (_, index) => new Deque(memory, index * bytes, MOST_STARTS));
  }

  static memory(): SharedArrayBuffer {
    return new SharedArrayBuffer(MOST_HOSTS * Deque.bytes(MOST_STARTS));
  }

  /** Meant for that host. The kernel's. False if its queue is full. */
  offer(host: number, start: number): boolean {
    return this.#queues[host]?.push(start) ?? false;
  }

  /**
   * What that host starts next: its own first, then of whoever has most left. Undefined if there is nothing to start
   * any more.
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
