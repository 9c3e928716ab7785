import { existsSync } from "node:fs";
import { Option } from "commander";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { UsageError } from "../lib/failure.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { seqArgument } from "../lib/numberArgument.ts";
import { count, EMPTY, pairs } from "../lib/output.ts";
import { secondsArgument, seedArgument } from "../lib/rpc.ts";
import { BUILT_IN_NAMES, continuationOf, scenarioOf } from "../lib/scenarios.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options {
  out?: string;
  continue?: string;
  force?: boolean;
  at?: number;
  commitEvery?: number;
  authority?: string[];
  closed?: boolean;
  moored?: boolean;
  seed?: number;
}

/** `run`: runs programs and traces every transition. */
export function run() {
  const command = verb("run", "run a scenario and write its trace, or continue a run")
    .argument(
      "<scenario>",
      `one of: ${BUILT_IN_NAMES.join(", ")}; or a .ts or .js file whose default export is a scenario`,
    )
    .option("--out <dir>", "directory to write; it must not hold a run")
    .addOption(
      new Option("--continue <dir>", "run directory to continue: the scenario begins where that run ends").conflicts([
        "out",
        "force",
      ]),
    )
    .option("--force", "replace the run in that directory, unless it has proofs, signatures or a map on a chain")
    .option(
      "--authority <name=key>",
      "key that signs for the programs of this name: an authority (number) or a key file; repeatable",
      collected,
    )
    .option("--closed", "refuse programs without an authority")
    .addOption(
      new Option("--moored", "publish every row of the map on its chain, so that anyone can rebuild the run").conflicts(
        ["continue"],
      ),
    )
    .option(
      "--seed <number>",
      "seed of the interleaving of concurrent programs; default: the scenario's own",
      seedArgument,
    )
    .addOption(
      new Option(
        "--commit-every <transitions>",
        "write that many transitions at once, with one checkpoint after them; default: each group is on disk before the next",
      )
        .argParser(seqArgument)
        .conflicts(["continue"]),
    )
    .option(
      "--at <seconds>",
      "time of each effect that the scenario leaves open, in seconds since 1970",
      secondsArgument,
    );
  return does<Options>(command, async ({ args: [name = ""], options, progress }) => {
    const { at, closed, commitEvery, authority = [], out, force, moored, seed } = options;
    const dir = options.continue ?? out;
    if (dir === undefined)
      throw new UsageError("give a directory: --out DIR for a new run, --continue DIR to continue one");
    const { authoritiesOf } = await import("../lib/authorityOption.ts");
    const asked = { at, closed, authorities: await authoritiesOf(authority), seed };
    const { runFacts } = await import("../lib/traceRun.ts");
    const { recordDirectory, tracing } = await import("../../prover/recording/record.ts");
    const { continueDirectory, voidText } = await import("../../prover/continue.ts");
    if (options.continue !== undefined) {
      const scenario = await continuationOf(name);
      progress.say(`going on with ${scenario.name}`);
      whenInterrupted(() => `${dir} is unchanged; run the same command again`);
      const { tracer, groups, before, cut, voidSignatures } = await continueDirectory(dir, scenario, {
        ...tracing(asked),
        store: { onNotice: storeNotice },
      });
      const facts = { ...runFacts(dir, tracer, groups), before, cut, voidSignatures, notes: tracer.manifest.notes };
      const added = facts.transitions - before;
      const lines = [
        `${scenario.name}: ${count(added, "transition")} after the first ${before}; ` +
          `${count(facts.transitions, "transition")} now, ${count(facts.programs, "program")}`,
        ...(cut === 0 ? [] : [`${count(cut, "transition")} of an unfinished group cut off at the end of the trace`]),
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
    let [written, groups] = [0, 0];
    const replaces = force === true && existsSync(pathIn(dir, "genesis"));
    whenInterrupted(() => keptText(dir, replaces ? undefined : written));
    const onCommit = (seq: number): void => {
      written = seq;
    };
    const onGroup = (): void => {
      groups++;
    };
    const tracer = await recordDirectory(dir, scenario, { ...asked, commitEvery, force, moored, onCommit, onGroup });
    const facts = runFacts(dir, tracer, groups);
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

/** What a user should know about a run before proving it. */
function linesOf({ profiles, open }: { profiles: readonly string[]; open: readonly number[] }): string[] {
  return [
    ...(profiles.length === 0 ? ["no profile has a map of this size, so the run cannot be proven"] : []),
    ...(open.length === 0
      ? ["no program is open: each one signs before the run is proven"]
      : [`${count(open.length, "program")} open: the operator of the map may act in their name`]),
  ];
}

/**
 * What remains after an interruption.
 * @param written transitions on disk; undefined if the old run is still there
 */
function keptText(dir: string, written: number | undefined): string {
  if (written === undefined) return `the old run in ${dir} is unchanged; run the same command again`;
  const next = `continue with run --continue ${dir}, or run again with --force`;
  return written === 0
    ? `no transition is on disk yet; run again with --force`
    : `${count(written, "transition")} kept in ${dir}; ${next}`;
}
