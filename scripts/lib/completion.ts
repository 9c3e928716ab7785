/** Completion for shells: verbs, options and the values that an option takes. */
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** The verb that prints the script for a shell. */
const VERB = "completion";

/**
 * Adds `completion SHELL`, which prints a script, and the hidden verb that the script asks for words. The scripts come
 * from @bomb.sh/tab. Shells complete file names where it has no words.
 */
export function withCompletion(program: Command): void {
  tab(program, { completionCommandName: VERB });
  const verb = program.commands.find((each) => each.name() === VERB);
  verb?.summary("print the completion script of a shell").helpGroup("This machine:");
}
