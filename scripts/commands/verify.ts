import { count, EMPTY, pairs } from "../lib/output.ts";
import { noAnswer, problemLines } from "../lib/problems.ts";
import { does, verb } from "../lib/verb.ts";

/** `verify`: the proofs by themselves. */
export function verify() {
  const command = verb("verify", "verify the proofs of a run, without looking into its trace").argument(
    "<dir>",
    "run directory",
  );
  return does(command, async ({ args, progress }) => {
    const { localDomain } = await import("../../trace/commitment/commit.ts");
    const { verifyDirectory } = await import("../../verifier/index.ts");
    progress.say("verifying");
    const report = await verifyDirectory(args[0] ?? "", { onProgress: progress.onProgress });
    const { ok, batches, problems, proven } = report;
    const head =
      proven === null
        ? `nothing to verify: ${EMPTY}`
        : `${count(batches.length, "batch")} valid, ${count(proven.transitions, "transition")} proven`;
    const roots =
      proven === null
        ? []
        : pairs([
            ["from root", proven.preRoot],
            ["to root", proven.postRoot],
            [
              "domain",
              proven.domain === `${localDomain(BigInt(proven.preRoot))}` ? `local (${proven.domain})` : proven.domain,
            ],
          ]);
    const lines = ok ? [head, ...roots, ...report.notes] : ["not valid:", ...problemLines(problems), ...report.notes];
    return { ok, facts: { dir: args[0], ...report, ...(ok ? {} : noAnswer("not-valid", problems)) }, lines };
  });
}
