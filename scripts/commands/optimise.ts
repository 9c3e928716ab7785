import type { Cost } from "../../prover/optimise/cost.ts";
import { wholeOrNothing } from "../../prover/recording/newRun.ts";
import { wholeNumber } from "../lib/numberArgument.ts";
import { count, pairs, table } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  out: string;
  profile?: string;
  retime?: number;
}

/** `optimise`: traces a run again in an order that costs less to prove. */
export function optimise() {
  const command = verb("optimise", "trace a run again in an order that needs fewer or smaller proofs")
    .argument("<dir>", "run directory; it is not changed")
    .requiredOption(
      "--out <dir>",
      "directory to write; it must not hold a run; nothing is written if there is no better order",
    )
    .addOption(profileOption("plan with this profile only; give prove the same"))
    .option(
      "--retime <seconds>",
      "let groups be recorded up to this much later than they happened, never earlier",
      whole,
    );
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { optimiseDirectory } = await import("../../prover/optimise/optimise.ts");
    progress.say("looking for a better order");
    const { out, profile, retime } = options;
    const onProgress = progress.onProgress;
    const report = await wholeOrNothing(out, () => optimiseDirectory(dir, { out, profile, later: retime, onProgress }));
    return { facts: { ...report, dir, out: report.gained ? out : null }, lines: linesOf(report, out) };
  });
}

type Report = Awaited<ReturnType<typeof import("../../prover/optimise/optimise.ts").optimiseDirectory>>;

function linesOf(report: Report, out: string): string[] {
  const { gained, groups, fixed, moved, retimed, before, after, bundles, signatures } = report;
  const advice = adviceOf(report);
  if (!gained) {
    return [
      `nothing to gain: no better order of the ${count(groups, "group")} was found (${fixed} of them cannot move); nothing was written`,
      ...costs(["as it is", before]),
      ...advice,
    ];
  }
  const taken = [count(bundles, "bundle"), count(signatures, "signature")].join(", ");
  return [
    `${moved} of ${count(groups, "group")} moved${retimed > 0 ? `, ${retimed} to a later time` : ""}; ${fixed} could not move`,
    ...costs(["before", before], ["now", after]),
    `saves about ${(before.seconds - after.seconds).toFixed(0)} s of ${before.seconds.toFixed(0)} s of proving`,
    ...advice,
    ...(bundles + signatures > 0 ? [`copied: ${taken}`] : []),
    ...pairs([["written to", out]]),
  ];
}

/** What a larger profile would save in addition. */
function adviceOf({ after, alone }: Report): string[] {
  const [cheapest] = Object.entries(alone).sort(([, a], [, b]) => a.constraints - b.constraints);
  if (cheapest === undefined || cheapest[1].constraints >= after.constraints) return [];
  const [name, { batches, seconds }] = cheapest;
  return [
    `prove --profile ${name}: ${count(batches, "batch")}, about ${seconds.toFixed(0)} s instead of ${after.seconds.toFixed(0)} s`,
  ];
}

/** A line for each order. */
function costs(...orders: (readonly [string, Cost])[]): string[] {
  const names = [...new Set(orders.flatMap(([, { profiles }]) => Object.keys(profiles)))].sort();
  return table([
    ["", ...names, "tree nodes", "constraints"],
    ...orders.map(([name, { profiles, nodes, constraints }]) => [
      name,
      ...names.map((profile) => String(profiles[profile] ?? 0)),
      nodes.toLocaleString("en-US"),
      constraints.toLocaleString("en-US"),
    ]),
  ]);
}

function whole(text: string): number {
  return wholeNumber(text, [0, 1e10 - 1], "Give whole seconds.");
}
