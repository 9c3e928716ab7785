/** What all verbs have in common: `--json`, progress, and how they end. */
import { Command } from "commander";
import { beginVerb } from "./interruption.ts";
import { type Done, printDone } from "./output.ts";
import { type Progress, startProgress } from "./progress.ts";

/** Whatever `opts()` gives, before a verb says what its own options are. */
type Options = Readonly<Record<string, unknown>>;

export interface Call<Given> {
  args: readonly string[];
  options: Given;
  progress: Progress;
}

/** A new verb with its options yet to be added. */
export function verb(name: string, summary: string): Command {
  return new Command(name).description(summary).option("--json", "print one JSON object");
}

/** Says what the verb does. `Given` is what its options amount to, in commander's names. */
export function does<Given extends object>(command: Command, work: (call: Call<Given>) => Promise<Done>): Command {
  return command.action(async () => {
    const options = command.opts<Options>();
    const json = options.json === true;
    beginVerb(command.name());
    const progress = await startProgress(!json);
    let done: Done;
    try {
      done = await work({ args: command.args, options: options as Given, progress });
    } finally {
      progress.stop();
    }
    if (done.ok === false) process.exitCode = 1;
    printDone(done, json);
  });
}

/** For options that may be given any number of times: adds a value to those before it. */
export function collected(value: string, others: string[] = []): string[] {
  return [...others, value];
}
