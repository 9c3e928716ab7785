import { existsSync } from "node:fs";
import { Option } from "commander";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { UsageError } from "../lib/failure.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { count, EMPTY, pairs } from "../lib/output.ts";
import { secondsArgument, seedArgument } from "../lib/rpc.ts";
import { BUILT_IN_NAMES, continuationOf, scenarioOf } from "../lib/scenarios.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options {
  out?: string;
  continue?: string;
  force?: boolean;
  at?: number;
  authority?: string[];
  closed?: boolean;
  seed?: number;
}

/** `run`: programs run, and every transition is traced. */
export function run() {
  const command = verb("run", "run a scenario and keep its trace, or go on with a run")
    .argument(
      "<scenario>",
      `one of: ${BUILT_IN_NAMES.join(", ")}; or a .ts or .js file whose default export is a scenario`,
    )
    .option("--out <dir>", "directory to write, which holds no run yet")
    .addOption(
      new Option("--continue <dir>", "run directory to go on with: the scenario begins where it ends").conflicts([
        "out",
        "force",
      ]),
    )
    .option("--force", "replace a run that is there, unless it has proofs, signatures or a map on a chain")
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
  return does<Options>(command, async ({ args: [name = ""], options, progress }) => {
    const { at, closed, authority = [], out, force, seed } = options;
    const dir = options.continue ?? out;
    if (dir === undefined)
      throw new UsageError("give a directory: --out DIR for a new run, --continue DIR to go on with one");
    const { authoritiesOf } = await import("../lib/authorityOption.ts");
    const asked = { at, closed, authorities: await authoritiesOf(authority), seed };
    const { runFacts, traceInto, traceOnto } = await import("../lib/traceRun.ts");
    const { voidText } = await import("../../prover/continue.ts");
    if (options.continue !== undefined) {
      const scenario = await continuationOf(name);
      progress.say(`going on with ${scenario.name}`);
      whenInterrupted(() => `${dir} is as it was before; run the same command again`);
      const { tracer, before, cut, voidSignatures } = await traceOnto(dir, scenario, asked);
      const facts = { ...runFacts(dir, tracer), before, cut, voidSignatures, notes: tracer.manifest.notes };
      const added = facts.transitions - before;
      const lines = [
        `${scenario.name}: ${count(added, "transition")} after the ${before} of before; ` +
          `${count(facts.transitions, "transition")} now, ${count(facts.programs, "program")}`,
        ...(cut === 0
          ? []
          : [`${count(cut, "transition")} of an unfinished group at the end of the trace was cut off`]),
        ...linesOf(facts),
        ...voidSignatures.map(voidText),
        ...pairs([
          ["root", facts.root],
          ["appended to", dir],
        ]),
      ];
      return { facts, lines };
    }
    const scenario = await scenarioOf(name);
    progress.say(`running ${scenario.name}`);
    let traced = 0;
    const replaces = force === true && existsSync(pathIn(dir, "genesis"));
    whenInterrupted(() => keptText(dir, replaces ? undefined : traced));
    const onGroup = (group: readonly unknown[]) => {
      traced += group.length;
    };
    const tracer = await traceInto(dir, scenario, { ...asked, force, onGroup });
    const facts = runFacts(dir, tracer);
    const lines = [
      `${scenario.name}: ${count(facts.transitions, "transition")} in ${count(facts.groups, "group")}, ` +
        `${count(facts.programs, "program")}`,
      ...(facts.transitions === 0 ? [EMPTY] : []),
      ...linesOf(facts),
      ...pairs([
        ["root", facts.root],
        ["written to", dir],
      ]),
    ];
    return { facts: { ...facts, notes: tracer.manifest.notes }, lines };
  });
}

/** What is worth knowing of a run before it is proven. */
function linesOf({ profiles, open }: { profiles: readonly string[]; open: readonly number[] }): string[] {
  return [
    ...(profiles.length === 0 ? ["no profile has a map of this size, so it cannot be proven"] : []),
    ...(open.length === 0
      ? ["no program is open: each signs for itself before the run is proven"]
      : [`${count(open.length, "program")} open, in whose name whoever runs the map may act`]),
  ];
}

/**
 * What an interruption leaves.
 * @param traced transitions that are on disk; undefined where an old run is there still
 */
function keptText(dir: string, traced: number | undefined): string {
  if (traced === undefined) return `what was in ${dir} before is there still; run the same command again`;
  const next = `go on with run --continue ${dir}, or run again with --force`;
  return traced === 0
    ? `nothing was traced yet; run again with --force`
    : `${count(traced, "transition")} kept in ${dir}; ${next}`;
}
