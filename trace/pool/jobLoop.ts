/** The loop of a stealing pool's thread. */
import { parentPort, receiveMessageOnPort, type Transferable, workerData } from "node:worker_threads";
import { JobConsumer } from "./stealing.ts";

/** A thread's data at its start. */
export interface StealingSetup {
  readonly memory: SharedArrayBuffer;
  readonly index: number;
  readonly setup: unknown;
}
/** A job, as sent to every thread. */
export interface JobMessage<Task> {
  readonly job: number;
  readonly task: Task;
}
export interface AnswerMessage<Answer> {
  readonly job: number;
  readonly answer: Answer;
}

/**
 * Does jobs, one after the other, until the pool ends the thread. Without jobs the thread sleeps, and nothing else
 * happens in it.
 * @param prepare makes the task function from the pool's data for its threads; an error in it ends the thread and the
 *   pool
 * @param transfer lists an answer's buffers that move to the pool; the thread loses them
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
  // Every thread gets a job's message before the job is given out. Messages of jobs that others have done are dropped.
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
