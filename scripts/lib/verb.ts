/** Shared code of all verbs: `--json`, progress, and exit codes. */
import { Command } from "commander";
import { inOneLine } from "../../trace/errors.ts";
import { configUsed } from "./configFile.ts";
import { beginVerb } from "./interruption.ts";
import { type Done, printDone } from "./output.ts";
import { type Progress, startProgress } from "./progress.ts";

/** The result of `opts()`, before a verb states its own options. */
type Options = Readonly<Record<string, unknown>>;

export interface Call<Given> {
  args: readonly string[];
  options: Given;
  progress: Progress;
}

/** A new verb with its options yet to be added. */
export function verb(name: string, summary: string): Command {
  return new Command(name)
    .description(summary)
    .option("--json", "print one JSON object")
    .option("--quiet", "print only the result: no progress, no remarks");
}

/** Sets the verb's action. `Given` is the type of its options, in commander's names. */
export function does<Given extends object>(command: Command, work: (call: Call<Given>) => Promise<Done>): Command {
  return command.action(async () => {
    const options = command.opts<Options>();
    const json = options.json === true;
    const silent = json || options.quiet === true;
    const config = configUsed(command);
    if (config !== undefined && !silent) remark(`${listed(config.options)} from ${config.file}`);
    beginVerb(command.name());
    const progress = await startProgress(!silent);
    let done: Done;
    try {
      done = await work({ args: command.args, options: options as Given, progress });
    } finally {
      progress.stop();
    }
    if (done.ok === false) process.exitCode = 1;
    if (done.printed === true) return;
    printDone(config === undefined ? done : { ...done, facts: { ...done.facts, config } }, json);
  });
}

/** Prints a remark for the user on stderr. */
export function remark(text: string): void {
  process.stderr.write(`timebandits: ${inOneLine(text)}\n`);
}

/** `rpc`, `rpc and registry`, `rpc, registry and key`. */
function listed(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(names);
}

/** For repeatable options: adds a value to those before it. */
export function collected(value: string, others: string[] = []): string[] {
  return [...others, value];
}
