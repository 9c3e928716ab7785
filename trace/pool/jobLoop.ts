/** A thread of a stealing pool, from the inside. */
import { parentPort, receiveMessageOnPort, type Transferable, workerData } from "node:worker_threads";
import { JobConsumer } from "./stealing.ts";

/** What a thread is started with. */
export interface StealingSetup {
  readonly memory: SharedArrayBuffer;
  readonly index: number;
  readonly setup: unknown;
}
/** A job as every thread hears of it. */
export interface JobMessage<Task> {
  readonly job: number;
  readonly task: Task;
}
export interface AnswerMessage<Answer> {
  readonly job: number;
  readonly answer: Answer;
}

/**
 * Does jobs, one after the other, until the pool ends the thread. While there are none the thread sleeps, and nothing
 * else happens in it.
 * @param prepare from what the pool was given for its threads to what does a task; what that throws ends the thread,
 *   and the pool
 * @param transfer buffers of an answer that the thread does without from then on
 */
export async function serve<Setup, Task, Answer>(
  prepare: (setup: Setup) => (task: Task) => Answer | Promise<Answer>,
  transfer: (answer: Answer) => readonly Transferable[] = () => [],
): Promise<never> {
  const port = parentPort;
  if (port === null) throw new Error("this is for the threads of a pool");
  const { memory, index, setup } = workerData as StealingSetup;
  const taker = new JobConsumer(memory, index);
  const tasks = new Map<number, Task>();
  const work = prepare(setup as Setup);
  // Every thread is told of a job before it is given out. What others have done by now is of no use any more.
  const hear = (): void => {
    for (let told = receiveMessageOnPort(port); told !== undefined; told = receiveMessageOnPort(port)) {
      const { job: number, task } = told.message as JobMessage<Task>;
      tasks.set(number, task);
    }
    const { first } = taker;
    for (const number of tasks.keys()) {
      if (number >= first) break;
      tasks.delete(number);
    }
  };
  for (;;) {
    const job = taker.next(hear);
    const task = tasks.get(job) as Task;
    tasks.delete(job);
    const answer = await work(task);
    port.postMessage({ job, answer } satisfies AnswerMessage<Answer>, [...transfer(answer)]);
  }
}
