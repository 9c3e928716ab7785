/**
 * Shares jobs among threads, without a dispatcher. Jobs are numbers in shared memory. The producer owns two queues,
 * urgent and ordinary, and puts each job into one. A thread takes its next job from the first of these that has one:
 * the urgent queue; the thread's own deque of kept jobs; the ordinary queue, of which it takes a share and keeps the
 * rest of that share; the longest deque of another thread, at the end that its owner would do last. If there is no job,
 * the thread sleeps.
 */
import { Deque } from "./deque.ts";

/** Most open jobs of each kind, urgent or not; a power of two. With this bound no queue overflows. */
export const MOST_JOBS = 4096;
/**
 * A thread takes 1/SHARE_PART of its equal part of the ordinary queue: at least one job, at most MOST_SHARE. So threads
 * take few jobs one by one, in their order.
 */
const SHARE_PART = 4;
const MOST_SHARE = 8;

/**
 * 32-bit words before the deques: a counter of changes to the queues; the number of stolen jobs; the first open job.
 */
const SIGNAL = 0;
const STEALS = 1;
const FIRST = 2;
const HEADER = 4 * 4;

/** Memory for this number of threads. */
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

  /** Wakes up to `sleepers` threads. A thread about to sleep sees the changed signal and stays awake. */
  protected signal(sleepers: number): void {
    Atomics.add(this.words, SIGNAL, 1);
    Atomics.notify(this.words, SIGNAL, sleepers);
  }
}

/** The side that gives out jobs. */
export class JobProducer extends Side {
  /** Gives out a job; at most {@link MOST_JOBS} of its kind may be open. */
  give(job: number, urgent: boolean): void {
    (urgent ? this.urgent : this.ordinary).push(job);
    this.signal(1);
  }

  /** Marks all jobs below this number as done. */
  done(first: number): void {
    Atomics.store(this.words, FIRST, first);
  }

  /** Wakes all threads briefly, so that they drop the messages of jobs that others have done. */
  rest(): void {
    this.signal(this.own.length);
  }

  /** Number of stolen jobs: kept by one thread, and done by another. */
  get steals(): number {
    return Atomics.load(this.words, STEALS);
  }
}

/** The side of one thread. */
export class JobConsumer extends Side {
  readonly #kept: Deque;

  /** @param index the thread's number */
  constructor(memory: SharedArrayBuffer, index: number) {
    super(memory);
    this.#kept = this.own[index] as Deque;
  }

  /** All jobs below this number are done. */
  get first(): number {
    return Atomics.load(this.words, FIRST);
  }

  /** The next job. Sleeps while there is none; calls `hear` before it sleeps or returns. */
  next(hear: () => void): number {
    for (;;) {
      // Reads the signal before it looks for jobs: a job added later changes the signal, and the thread does not sleep.
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
    // Pushes the last job first, so that pops follow the order in which jobs were given out.
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
