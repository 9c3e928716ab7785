/** All verbs of the command line, `timebandits`. */
import { Command } from "commander";
import { ownVersion } from "../prover/storage/packageFile.ts";
import { accept } from "./commands/accept.ts";
import { allow } from "./commands/allow.ts";
import { audit } from "./commands/audit.ts";
import { cache } from "./commands/cache.ts";
import { ceremony } from "./commands/ceremony.ts";
import { check } from "./commands/check.ts";
import { create } from "./commands/create.ts";
import { deploy } from "./commands/deploy.ts";
import { deposit } from "./commands/deposit.ts";
import { diff } from "./commands/diff.ts";
import { disable } from "./commands/disable.ts";
import { disallow } from "./commands/disallow.ts";
import { dismiss } from "./commands/dismiss.ts";
import { exit } from "./commands/exit.ts";
import { explore } from "./commands/explore.ts";
import { exportCommand } from "./commands/export.ts";
import { follow } from "./commands/follow.ts";
import { freeze, reclaim } from "./commands/freeze.ts";
import { graph } from "./commands/graph.ts";
import { importCommand } from "./commands/import.ts";
import { keys } from "./commands/keys.ts";
import { letOut } from "./commands/letOut.ts";
import { listTokenCommand } from "./commands/listToken.ts";
import { map } from "./commands/map.ts";
import { observe } from "./commands/observe.ts";
import { optimise } from "./commands/optimise.ts";
import { propose } from "./commands/propose.ts";
import { prove } from "./commands/prove.ts";
import { proveRecordCommand } from "./commands/proveRecord.ts";
import { rebuild } from "./commands/rebuild.ts";
import { refund } from "./commands/refund.ts";
import { replay } from "./commands/replay.ts";
import { run } from "./commands/run.ts";
import { serve } from "./commands/serve.ts";
import { setup } from "./commands/setup.ts";
import { show } from "./commands/show.ts";
import { sign } from "./commands/sign.ts";
import { submit } from "./commands/submit.ts";
import { takeIn } from "./commands/takeIn.ts";
import { timeline } from "./commands/timeline.ts";
import { transfer } from "./commands/transfer.ts";
import { verify } from "./commands/verify.ts";
import { verifyRecordCommand } from "./commands/verifyRecord.ts";
import { withdraw } from "./commands/withdraw.ts";
import { withdrawFundsCommand } from "./commands/withdrawFunds.ts";
import { worker } from "./commands/worker.ts";
import { withCompletion } from "./lib/completion.ts";
import { applyConfig } from "./lib/configFile.ts";
import { UsageError } from "./lib/failure.ts";

/** All verbs, in the order in which people meet them. */
const GROUPS: readonly (readonly [string, readonly (() => Command)[]])[] = [
  ["Runs:", [run, importCommand, follow, replay, show, diff, optimise, check, graph, timeline, explore]],
  ["Signatures:", [keys, sign, withdraw]],
  ["Proofs:", [setup, ceremony, prove, verify, audit, proveRecordCommand, verifyRecordCommand, exportCommand]],
  ["A server:", [serve, worker]],
  ["A map on a chain:", [deploy, create, takeIn, submit, map, rebuild]],
  ["Into and out of a moored map:", [listTokenCommand, deposit, refund, withdrawFundsCommand, observe, exit]],
  ["If a moored map is late:", [letOut, dismiss, freeze, reclaim]],
  ["For a map's owner:", [propose, disable, allow, disallow, transfer, accept]],
  ["This machine:", [cache]],
];

/**
 * The command line, yet to be given arguments. What it does not understand it throws.
 * @param argv what it will be given; a configuration file is looked for only where none is named there
 */
export function commandLine(argv: readonly string[] = []): Command {
  const program = new Command("timebandits")
    .description("traces what programs do to each other, proves it, and lets a contract accept it")
    .version(ownVersion());
  for (const [group, verbs] of GROUPS) {
    for (const make of verbs) program.addCommand(make().helpGroup(group));
  }
  program.addCommand(help(program).helpGroup("This machine:")).helpCommand(false);
  program.hook("preSubcommand", (_, verb) => applyConfig(verb, argv));
  withCompletion(program);
  quiet(program);
  return program;
}

/** `help VERB`, the same as `VERB --help`. */
function help(program: Command): Command {
  return new Command("help")
    .description("what a verb does, and its options")
    .argument("[verb...]", "the verb")
    .action((names: string[]) => {
      let found = program;
      for (const name of names) {
        const next = found.commands.find((each) => each.name() === name);
        if (next === undefined) throw new UsageError(`there is no verb "${name}"; "timebandits help" lists them`);
        found = next;
      }
      found.outputHelp();
    });
}

/** Lets errors come back to us, so that they are reported in one way. */
function quiet(command: Command): void {
  command.exitOverride().configureOutput({ outputError: () => undefined });
  if (command.commands.length > 0) command.helpCommand(false);
  for (const inner of command.commands) quiet(inner);
}
