/**
 * A job market of actors. Clients post jobs with a bounty. A failed job is offered to the next worker. The worker that
 * does the job gets its bounty. An actor that fails restarts, and the resources that it was given are returned.
 */
import {
  type ActorRef,
  actor,
  concurrent,
  issue,
  type Owned,
  spawn,
  stop,
  TaskFailedError,
} from "../trace/runtime/index.ts";

type Bounty = Owned<"Bounty">;

/** A job. */
interface Job {
  name: string;
  difficulty: number;
}

/** Does jobs up to its skill and fails at others. Keeps its earnings. */
class Worker {
  readonly #skill: number;
  #earned = 0n;

  constructor(skill: number) {
    this.#skill = skill;
  }
  /** Does a job for its bounty. */
  async work(job: Job, bounty: Bounty): Promise<string> {
    if (job.difficulty > this.#skill) throw new Error(`${job.name} is beyond me`);
    this.#earned += bounty.quantity;
    await bounty.retire();
    return `${job.name} done`;
  }
  earned(): bigint {
    return this.#earned;
  }
}

/** Gives a job to the first worker that can do it. That worker gets the bounty. */
async function assign(job: Job, bounty: Bounty, workers: Record<string, ActorRef<Worker>>): Promise<string> {
  for (const [name, worker] of Object.entries(workers)) {
    try {
      return `${await worker.work(job, bounty)} by ${name}`;
    } catch (error) {
      // The failure returned the bounty.
      if (!(error instanceof TaskFailedError)) throw error;
    }
  }
  await bounty.retire();
  return `${job.name} not done`;
}

/** Result of each job. */
export const outcomes: string[] = [];

export default concurrent({
  name: "job-market",
  description: "clients offer jobs to worker actors; the worker that does a job gets its bounty",
  program: "Guild",
  async main() {
    const client = async (jobs: readonly Job[]): Promise<string[]> => {
      // Each client hires its own apprentice and master.
      const workers = {
        apprentice: actor(Worker, { name: "Apprentice", supervision: { restarts: 5 } }, 1),
        master: actor(Worker, { name: "Master", supervision: { strategy: "stop" } }, 3),
      };
      const done: string[] = [];
      for (const job of jobs) {
        const bounty = await issue("Bounty", BigInt(10 * job.difficulty));
        done.push(await assign(job, bounty, workers));
      }
      for (const worker of Object.values(workers)) stop(worker);
      return done;
    };
    const clients = [
      spawn("Mill", () =>
        client([
          { name: "sweep", difficulty: 1 },
          { name: "repair", difficulty: 3 },
        ]),
      ),
      spawn("Castle", () => client([{ name: "siege", difficulty: 9 }])),
    ];
    outcomes.length = 0;
    for (const each of clients) outcomes.push(...(await each.join()));
  },
});
