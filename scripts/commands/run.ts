import { count, EMPTY, pairs } from "../lib/output.ts";
import { secondsArgument } from "../lib/rpc.ts";
import { BUILT_IN_NAMES, scenarioOf } from "../lib/scenarios.ts";
import { does, verb } from "../lib/verb.ts";

/** `run`: programs run, and every transition is traced. */
export function run() {
  const command = verb("run", "run a scenario and keep its trace")
    .argument(
      "<scenario>",
      `one of: ${BUILT_IN_NAMES.join(", ")}; or a .ts or .js file whose default export is a scenario`,
    )
    .requiredOption("--out <dir>", "directory to write, which holds no run yet")
    .option("--at <seconds>", "time of every effect to which the scenario gives none, since 1970", secondsArgument);
  return does<{ out: string; at?: number }>(command, async ({ args, options, progress }) => {
    const { runFacts, traceInto } = await import("../lib/traceRun.ts");
    const scenario = await scenarioOf(args[0] ?? "");
    progress.say(`running ${scenario.name}`);
    const tracer = await traceInto(options.out, scenario, options.at);
    const facts = runFacts(options.out, tracer);
    const lines = [
      `${scenario.name}: ${count(facts.transitions, "transition")} in ${count(facts.groups, "group")}, ${count(facts.programs, "program")}`,
      ...(facts.transitions === 0 ? [EMPTY] : []),
      ...(facts.profiles.length === 0 ? ["no profile has a map of this size, so it cannot be proven"] : []),
      ...pairs([
        ["root", facts.root],
        ["written to", options.out],
      ]),
    ];
    return { facts: { ...facts, notes: tracer.manifest.notes }, lines };
  });
}
