import { span } from "../../trace/describe/count.ts";
import { whenInterrupted } from "../lib/interruption.ts";
import { wholeNumber } from "../lib/numberArgument.ts";
import { count, EMPTY, pairs, seconds } from "../lib/output.ts";
import { engineOption, profileOption } from "../lib/profileOption.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

/** `prove`: proves every batch that has no valid proof. */
export function prove() {
  const command = verb("prove", "prove every batch of a run that has no valid proof yet")
    .argument("<dir>", "run directory")
    .addOption(profileOption("use this profile only; default: for each batch the smallest that holds it"))
    .addOption(engineOption())
    .option(
      "--jobs <n>",
      "batches in work at the same time; 1 uses the least memory; default: 2 on a machine with two or more cores",
      jobsArgument,
    );
  return does<{ profile?: string; engine?: string; jobs?: number }>(command, async ({ args, options, progress }) => {
    const { proveDirectory } = await import("../../prover/prove.ts");
    progress.say("replaying");
    const { profile, engine, jobs } = options;
    let [done, all] = [0, 0];
    whenInterrupted(() => {
      if (all === 0) return "no batch is proven yet; run the same command again";
      return `${done} of ${count(all, "batch")} proven and kept; run the same command again for the rest`;
    });
    const onProgress: typeof progress.onProgress = (stage, at, total, pace) => {
      if (stage === "prove") [done, all] = [at, total];
      progress.onProgress(stage, at, total, pace);
    };
    const report = await proveDirectory(args[0] ?? "", {
      ...{ profile, engine, jobs, onProgress },
      store: { onNotice: storeNotice },
    });
    const { transitions, rebuilt, batches, proven, skipped, stale, keys, profiles } = report;
    const onChain =
      rebuilt === 0 ? [] : [`the chain had ${span("transition", 1, rebuilt)} when this run was made from it`];
    const lines =
      batches === 0
        ? [...onChain, `nothing to prove: ${rebuilt === 0 ? EMPTY : "the trace has no more"}`]
        : [
            ...onChain,
            `${count(transitions - rebuilt, "transition")} in ${count(batches, "batch")} of ${profiles.join(" and ")}: ${proven} proven, ${skipped} proven before`,
            ...(stale.length === 0
              ? []
              : [`${count(stale.length, "bundle")} did not belong to this trace; moved to proofs/stale`]),
            ...pairs([
              ...keys.map(({ hash, kind }) => ["key", `${hash} (${kind})`] as const),
              ["witness", seconds(report.seconds.witness)],
              ["prove", `${seconds(report.seconds.prove)} with ${report.engine}`],
              ["verify", seconds(report.seconds.verify)],
              ["in all", `${seconds(report.seconds.total)} with ${count(report.jobs, "job")}`],
            ]),
          ];
    return { facts: { dir: args[0], ...report }, lines };
  });
}

/** More jobs only keep more witnesses in memory. */
const MOST_JOBS = 8;

/** Batches in work at the same time. */
export function jobsArgument(text: string): number {
  return wholeNumber(text, [1, MOST_JOBS], `It is a whole number from 1 to ${MOST_JOBS}.`);
}
