/**
 * Who does which job, without a dispatcher: jobs are numbers in shared memory. Whoever gives them out puts them into
 * one of two queues that it owns, urgent or not. A thread takes an urgent one if there is any; else what it has kept in
 * a deque of its own; else its share of what has been given out, of which it keeps what it cannot do at once; else what
 * the one that has kept most would have done last. If there is nothing anywhere, it sleeps.
 */
import { Deque } from "./deque.ts";

/** Jobs of each kind, urgent or not, that may be under way at once, a power of two: no queue can be overfull then. */
export const MOST_JOBS = 4096;
/**
 * A thread takes at once this part of what would be each thread's, and no more than so many: few jobs are begun in
 * their order, one by one.
 */
const SHARE_PART = 4;
const MOST_SHARE = 8;

/**
 * 32-bit words before the deques: how often something was put somewhere; how many jobs were stolen; the first job that
 * is not done.
 */
const SIGNAL = 0;
const STEALS = 1;
const FIRST = 2;
const HEADER = 4 * 4;

/** Memory for so many threads. */
export function stealingMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER + (threads + 2) * Deque.bytes(MOST_JOBS));
}

abstract class Side {
  protected readonly words: Int32Array;
  protected readonly own: readonly Deque[];
  protected readonly ordinary: Deque;
  protected readonly urgent: Deque;

  constructor(memory: SharedArrayBuffer) {
    this.words = new Int32Array(memory, 0, HEADER / 4);
    const count = Math.floor((memory.byteLength - HEADER) / Deque.bytes(MOST_JOBS));
    const all = Array.from(
      { length: count },
      (_, i) => new Deque(memory, HEADER + i * Deque.bytes(MOST_JOBS), MOST_JOBS),
    );
    this.own = all.slice(0, count - 2);
    [this.ordinary, this.urgent] = all.slice(count - 2) as [Deque, Deque];
  }

  /** Wakes so many sleepers. Who is about to sleep sees that the signal has changed. */
  protected signal(sleepers: number): void {
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL, sleepers);
  }
}

/** The side that gives out jobs. */
export class JobProducer extends Side {
  /** Gives out a job; no more than {@link MOST_JOBS} of its kind may be under way. */
  give(job: number, urgent: boolean): void {
    (urgent ? this.urgent : this.ordinary).push(job);
    this.signal(1);
  }

  /** Says that all jobs below this number are done. */
  done(first: number): void {
    Atomics.store(this.words, FIRST, first);
  }

  /** Wakes all threads for a moment, so that they let go of what they were told of and others have done. */
  rest(): void {
    this.signal(this.own.length);
  }

  /** How many jobs were done by another thread than the one that had kept them. */
  get steals(): number {
    return Atomics.load(this.words, STEALS);
  }
}

/** The side of one thread. */
export class JobConsumer extends Side {
  readonly #kept: Deque;

  /** @param index of the thread */
  constructor(memory: SharedArrayBuffer, index: number) {
    super(memory);
    this.#kept = this.own[index] as Deque;
  }

  /** All jobs below this number are done. */
  get first(): number {
    return Atomics.load(this.words, FIRST);
  }

  /** The next job. Sleeps as long as there is none; before it sleeps or returns, `hear` is called. */
  next(hear: () => void): number {
    for (;;) {
      // Read before looking: what is put somewhere afterwards changes it, and there is no sleep.
      const signal = Atomics.load(this.words, SIGNAL);
      const job = this.take();
      hear();
      if (job !== undefined) return job;
      Atomics.wait(this.words, SIGNAL, signal);
    }
  }

  /** The next job, if there is one. */
  take(): number | undefined {
    return this.urgent.take() ?? this.#kept.pop() ?? this.#share() ?? this.#steal();
  }

  #share(): number | undefined {
    const share = Math.min(MOST_SHARE, Math.floor(this.ordinary.size / (SHARE_PART * this.own.length)));
    const jobs: number[] = [];
    while (jobs.length < Math.max(1, share)) {
      const job = this.ordinary.take();
      if (job === undefined) break;
      jobs.push(job);
    }
    // The last one first, so that they come off in the order in which they were given out.
    for (let i = jobs.length - 1; i > 0; i--) this.#kept.push(jobs[i] as number);
    if (jobs.length > 1) this.signal(jobs.length - 1);
    return jobs[0];
  }

  #steal(): number | undefined {
    for (;;) {
      const victim = this.own.reduce((a, b) => (b.size > a.size ? b : a));
      if (victim.size === 0) return undefined;
      const job = victim.steal();
      if (typeof job !== "number") continue;
      Atomics.add(this.words, STEALS, 1);
      return job;
    }
  }
}
