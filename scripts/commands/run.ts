import { count, EMPTY, pairs } from "../lib/output.ts";
import { secondsArgument, seedArgument } from "../lib/rpc.ts";
import { BUILT_IN_NAMES, scenarioOf } from "../lib/scenarios.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options {
  out: string;
  at?: number;
  authority?: string[];
  closed?: boolean;
  seed?: number;
}

/** `run`: programs run, and every transition is traced. */
export function run() {
  const command = verb("run", "run a scenario and keep its trace")
    .argument(
      "<scenario>",
      `one of: ${BUILT_IN_NAMES.join(", ")}; or a .ts or .js file whose default export is a scenario`,
    )
    .requiredOption("--out <dir>", "directory to write, which holds no run yet")
    .option(
      "--authority <name=key>",
      "who signs for the programs of a name: an authority or a key file; any number",
      collected,
    )
    .option("--closed", "refuse programs without an authority")
    .option(
      "--seed <number>",
      "decides the interleaving of concurrent programs; by default the scenario's own",
      seedArgument,
    )
    .option("--at <seconds>", "time of every effect to which the scenario gives none, since 1970", secondsArgument);
  return does<Options>(command, async ({ args, options, progress }) => {
    const { at, closed, authority = [], out, seed } = options;
    const { authoritiesOf } = await import("../lib/authorityOption.ts");
    const authorities = await authoritiesOf(authority);
    const { runFacts, traceInto } = await import("../lib/traceRun.ts");
    const scenario = await scenarioOf(args[0] ?? "");
    progress.say(`running ${scenario.name}`);
    const tracer = await traceInto(out, scenario, { at, closed, authorities, seed });
    const facts = runFacts(out, tracer);
    const lines = [
      `${scenario.name}: ${count(facts.transitions, "transition")} in ${count(facts.groups, "group")}, ${count(facts.programs, "program")}`,
      ...(facts.transitions === 0 ? [EMPTY] : []),
      ...(facts.profiles.length === 0 ? ["no profile has a map of this size, so it cannot be proven"] : []),
      ...(facts.open.length === 0
        ? ["no program is open: each signs for itself before the run is proven"]
        : [`${count(facts.open.length, "program")} open, in whose name whoever runs the map may act`]),
      ...pairs([
        ["root", facts.root],
        ["written to", out],
      ]),
    ];
    return { facts: { ...facts, notes: tracer.manifest.notes }, lines };
  });
}
