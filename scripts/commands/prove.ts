import { count, EMPTY, pairs, seconds } from "../lib/output.ts";
import { engineOption, profileOption } from "../lib/profileOption.ts";
import { does, verb } from "../lib/verb.ts";

/** `prove`: a proof for every batch that has none. */
export function prove() {
  const command = verb("prove", "prove every batch of a trace that has no valid proof yet")
    .argument("<dir>", "run directory")
    .addOption(profileOption("the only size of batches to use; by default each has the smallest that holds it"))
    .addOption(engineOption());
  return does<{ profile?: string; engine?: string }>(command, async ({ args, options, progress }) => {
    const { proveDirectory } = await import("../../prover/prove.ts");
    progress.say("replaying");
    const { profile, engine } = options;
    const report = await proveDirectory(args[0] ?? "", { profile, engine, onProgress: progress.onProgress });
    const { transitions, batches, proven, skipped, stale, keys, profiles } = report;
    const lines =
      batches === 0
        ? [`nothing to prove: ${EMPTY}`]
        : [
            `${count(transitions, "transition")} in ${count(batches, "batch")} of ${profiles.join(" and ")}: ${proven} proven, ${skipped} proven before`,
            ...(stale.length === 0
              ? []
              : [`${count(stale.length, "bundle")} did not belong to this trace and went to proofs/stale`]),
            ...pairs([
              ...keys.map(({ hash, kind }) => ["key", `${hash} (${kind})`] as const),
              ["witness", seconds(report.seconds.witness)],
              ["prove", `${seconds(report.seconds.prove)} with ${report.engine}`],
              ["verify", seconds(report.seconds.verify)],
            ]),
          ];
    return { facts: { dir: args[0], ...report }, lines };
  });
}
