/** Deadlocks: which task waits for which, when none can go on. */
import type { Wait } from "../errors.ts";
import type { Task } from "./task.ts";

/** The tasks that a task waits for; a task with several asks at once waits for any of them. */
function others(task: Task): Task[] {
  return [...task.pending].flatMap(({ waits }) => waits?.on() ?? []);
}

/** The tasks' waits, in words. */
export function waitsOf(tasks: readonly Task[]): Wait[] {
  return tasks.map((task) => {
    const what = [...task.pending].map(({ waits }) => waits?.what ?? "an answer").join(" or ");
    return { task: task.name, program: task.program, what, on: others(task).map(({ name }) => name) };
  });
}

/** Tasks that wait for each other in a cycle: each for the next, the last for the first. Empty if there is no cycle. */
export function cycleOf(tasks: readonly Task[]): Task[] {
  for (const first of tasks) {
    // Breadth first, so the cycle through this task is a shortest one.
    const before = new Map<Task, Task>();
    const queue = [first];
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) {
      for (const next of others(task)) {
        if (next === first) {
          const circle = [task];
          for (let at = task; at !== first; at = circle[0] as Task) circle.unshift(before.get(at) as Task);
          return circle;
        }
        if (before.has(next)) continue;
        before.set(next, task);
        queue.push(next);
      }
    }
  }
  return [];
}
