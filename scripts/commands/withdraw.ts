import { wholeOrNothing } from "../../prover/recording/newRun.ts";
import type { LeftOut } from "../../trace/replay/retrace.ts";
import { count, pairs } from "../lib/output.ts";
import { profileOption } from "../lib/profileOption.ts";
import { storeNotice } from "../lib/storeNotice.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  program: string;
  out: string;
  profile?: string;
}

/** `withdraw`: traces a run again without the unsigned effects of one program. */
export function withdraw() {
  const command = verb("withdraw", "trace a run again without a program's unsigned effects")
    .argument("<dir>", "run directory; it is not changed")
    .requiredOption("--program <name>", "the program, by its name in the manifest or its number")
    .requiredOption("--out <dir>", "directory to write; it must not hold a run")
    .addOption(profileOption("plan with this profile only; give prove the same"));
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { readManifest } = await import("../../trace/run/runDirectory.ts");
    const { Names } = await import("../../trace/describe/names.ts");
    const { withdrawDirectory } = await import("../../prover/withdraw.ts");
    progress.say("tracing");
    const report = await wholeOrNothing(options.out, () =>
      withdrawDirectory(dir, { ...options, onProgress: progress.onProgress, store: { onNotice: storeNotice } }),
    );
    const names = new Names(readManifest(dir));
    const { program, transitions, before, bundles, signatures } = report;
    const who = names.program(program);
    const left = report.left.map((one) => leftOut(one, who));
    const lines = [
      `${before - transitions} of ${count(before, "transition")} left out, from transition ${report.from} on:`,
      ...left.map(({ firstSeq, lastSeq, effects, actor, message }) => {
        const range = firstSeq === lastSeq ? `${firstSeq}` : `${firstSeq}..${lastSeq}`;
        return `  ${range} ${effects.join(", ")} by ${names.program(actor)}: ${message}`;
      }),
      `copied: ${count(bundles, "bundle")}, ${count(signatures, "signature")}; programs in the other batches must sign again`,
      ...pairs([["written to", options.out]]),
    ];
    return { facts: { ...report, dir, out: options.out, left }, lines };
  });
}

function leftOut({ group, refused }: LeftOut, who: string) {
  const [first] = group;
  return {
    firstSeq: first?.seq ?? 0,
    lastSeq: group.at(-1)?.seq ?? 0,
    actor: first?.actor ?? 0,
    effects: group.map(({ effect }) => effect),
    invariant: refused !== null && "invariant" in refused ? refused.invariant : null,
    message: refused === null ? `not signed by ${who}` : refused.message,
  };
}
