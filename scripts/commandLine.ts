/** All verbs of the command line, `timebandits`. */
import { Command } from "commander";
import { ownVersion } from "../prover/storage/packageFile.ts";
import { accept } from "./commands/accept.ts";
import { allow } from "./commands/allow.ts";
import { audit } from "./commands/audit.ts";
import { ceremony } from "./commands/ceremony.ts";
import { check } from "./commands/check.ts";
import { create } from "./commands/create.ts";
import { deploy } from "./commands/deploy.ts";
import { disable } from "./commands/disable.ts";
import { disallow } from "./commands/disallow.ts";
import { graph } from "./commands/graph.ts";
import { importCommand } from "./commands/import.ts";
import { keys } from "./commands/keys.ts";
import { map } from "./commands/map.ts";
import { optimise } from "./commands/optimise.ts";
import { propose } from "./commands/propose.ts";
import { prove } from "./commands/prove.ts";
import { replay } from "./commands/replay.ts";
import { run } from "./commands/run.ts";
import { setup } from "./commands/setup.ts";
import { sign } from "./commands/sign.ts";
import { submit } from "./commands/submit.ts";
import { transfer } from "./commands/transfer.ts";
import { verify } from "./commands/verify.ts";
import { withdraw } from "./commands/withdraw.ts";

/** The command line, yet to be given arguments. What it does not understand it throws. */
export function commandLine(): Command {
  const program = new Command("timebandits")
    .description("traces what programs do to each other, proves it, and lets a contract accept it")
    .version(ownVersion());
  const verbs = [
    ...[keys(), run(), importCommand(), replay(), setup(), ceremony(), create(), sign(), withdraw(), optimise()],
    ...[prove(), verify(), audit(), graph(), check(), deploy(), submit(), map()],
    ...[propose(), disable(), allow(), disallow(), transfer(), accept()],
  ];
  for (const verb of verbs) program.addCommand(verb);
  quiet(program);
  return program;
}

/** Lets errors come back to us, so that they are reported in one way. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  if (command.commands.length > 0) command.helpCommand(false);
  for (const inner of command.commands) quiet(inner);
}
