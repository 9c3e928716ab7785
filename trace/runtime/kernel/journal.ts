/**
 * The record that a run in layers keeps beside its trace, for auditors: tasks, contracts, failures, and the tasks that
 * waited at its end.
 */
import type { RuntimeRecord } from "../../run/runtimeRecord.ts";
import type { ContractCheck } from "../requests.ts";
import type { Task } from "./task.ts";

export class Journal {
  readonly #seed: number;
  /** Tasks from before the run continued. */
  readonly #tasks: RuntimeRecord["tasks"];
  readonly #contracts: RuntimeRecord["contracts"];
  readonly #failures: RuntimeRecord["failures"];
  #waits: RuntimeRecord["waits"] = [];

  /** @param past the record of a continued run: its seed and entries stay, except the tasks that waited at its end */
  constructor(seed: number, past?: RuntimeRecord) {
    this.#seed = past?.seed ?? seed;
    this.#tasks = past?.tasks ?? [];
    this.#contracts = [...(past?.contracts ?? [])];
    this.#failures = [...(past?.failures ?? [])];
  }

  /** @param seq number of the last transition then */
  contract({ program, name: task }: Task, seq: number, check: ContractCheck): void {
    this.#contracts.push({ seq, program, task, ...check });
  }

  failure({ program, name: task }: Task, seq: number, error: unknown, consequence: string): void {
    this.#failures.push({
      seq,
      program,
      task,
      reason: error instanceof Error ? error.message : String(error),
      consequence,
    });
  }

  waits(tasks: readonly Task[]): void {
    this.#waits = tasks.flatMap(({ name: task, program, pending }) =>
      [...pending].flatMap(({ waits }) => {
        const what = waits?.what ?? "an answer";
        const on = waits?.on() ?? [];
        if (on.length === 0) return [{ program, task, waitsFor: { what } }];
        return on.map((other) => ({ program, task, waitsFor: { program: other.program, task: other.name, what } }));
      }),
    );
  }

  record(tasks: readonly Task[]): RuntimeRecord {
    return {
      seed: this.#seed,
      tasks: [...this.#tasks, ...tasks.map(({ name, program }) => ({ name, program }))],
      contracts: this.#contracts,
      failures: this.#failures,
      waits: this.#waits,
    };
  }
}
