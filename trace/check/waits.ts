/** Actual deadlocks: which tasks waited for which when the run ended because none could go on. */
import { cyclesOf } from "./cycles.ts";
import { type Checked, type Finding, inOrder, Telling } from "./finding.ts";

/** A task that waits at the end of a run. A task that waits for any of several has one entry for each. */
export interface Wait {
  program: number;
  task: string;
  waitsFor: {
    /** Absent: no program in particular. */
    program?: number;
    /** Absent: any task of the program. */
    task?: string;
    /** "the lock accounts", "a message in jobs" */
    what: string;
  };
}

const keyOf = (program: number, task: string): string => `${program} ${task}`;

/**
 * @param manifest for the names of programs
 * @param groups the run's groups; a finding shows the last transition of each of its programs
 */
export function findDeadlocks(
  waits: readonly Wait[],
  { manifest, groups }: Pick<Checked, "manifest" | "groups">,
): Finding[] {
  if (waits.length === 0) return [];
  const telling = new Telling(manifest);
  const last = new Map(groups.flat().map((t) => [t.actor, t.seq]));
  const about = (programs: readonly number[]) => ({
    transitions: inOrder(programs.flatMap((program) => last.get(program) ?? [])),
    programs: inOrder(programs),
  });
  const name = (program: number, task: string): string => {
    const where = telling.names.program(program);
    return where === task ? task : `${task} of ${where}`;
  };
  const tasks = [...new Set(waits.map(({ program, task }) => keyOf(program, task)))];
  const of = new Map(tasks.map((task) => [task, waits.filter((wait) => keyOf(wait.program, wait.task) === task)]));
  const targets = ({ waitsFor: { program, task } }: Wait): string[] => {
    if (program === undefined) return [];
    if (task !== undefined) return [keyOf(program, task)].filter((key) => of.has(key));
    return tasks.filter((key) => key.startsWith(`${program} `));
  };
  const found: Finding[] = [];
  for (const circle of cyclesOf(tasks, (task) => (of.get(task) ?? []).flatMap(targets))) {
    const links = circle.flatMap((task, i) => {
      const next = circle[(i + 1) % circle.length] ?? "";
      return (of.get(task) ?? []).filter((wait) => targets(wait).includes(next)).slice(0, 1);
    });
    const told = links.map(({ program, task, waitsFor }, i) => {
      const next = links[(i + 1) % links.length];
      return `${name(program, task)} waits for ${waitsFor.what}${next === undefined ? "" : `, which is up to ${links.length === 1 ? "itself" : name(next.program, next.task)}`}`;
    });
    found.push({
      id: links.length === 1 ? "self-wait" : "deadlock",
      severity: "error",
      message: told.join("; "),
      ...about(links.map(({ program }) => program)),
      suggestion:
        links.length === 1
          ? "Let it give back its hold before it asks for the same again."
          : "Let all of them acquire in the same order, or give back their holds before they wait.",
    });
  }
  for (const wait of waits) {
    const { program, task, waitsFor } = wait;
    if (targets(wait).length > 0) continue;
    const ended = waitsFor.program !== undefined;
    const other =
      waitsFor.task === undefined
        ? telling.names.program(waitsFor.program ?? 0)
        : name(waitsFor.program ?? 0, waitsFor.task);
    found.push({
      id: ended ? "wait-ended" : "wait-nobody",
      severity: "error",
      message: `${name(program, task)} waits for ${waitsFor.what}, ${ended ? `but ${other} has ended` : "and no task is left that could give it"}`,
      ...about([program, ...(waitsFor.program === undefined ? [] : [waitsFor.program])]),
      suggestion: ended
        ? "Let the other one give it before it ends, or close the channel, so that the waiting one learns that nothing more comes."
        : "Close the channel after the last message, or give the wait a default.",
    });
  }
  return found;
}
