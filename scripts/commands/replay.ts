import { count, EMPTY, pairs, plural } from "../lib/output.ts";
import { does, verb } from "../lib/verb.ts";

/** `replay`: recomputes the whole trace from the genesis. */
export function replay() {
  const command = verb("replay", "recompute every state of a trace, and the roots at its checkpoints")
    .argument("<dir>", "run directory")
    .option(
      "--every-root",
      "check the root at every checkpoint, not only about every 256 transitions; slower for runs with many groups",
    );
  return does<{ everyRoot?: true }>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { replayDirectory } = await import("../../trace/replay/replay.ts");
    progress.say("replaying");
    let checkpoints = 0;
    const { groups, map, trace, manifest } = replayDirectory(dir, {
      everyRoot: options.everyRoot === true,
      onCheckpoint: () => checkpoints++,
    });
    const transitions = trace.records.length;
    const root = map.root();
    const facts = {
      dir,
      scenario: manifest.scenario,
      transitions,
      groups: groups.length,
      checkpoints,
      programs: map.programs(),
      genesisRoot: trace.header.genesisRoot,
      root,
      torn: trace.torn,
      cut: trace.cut,
    };
    const lines = [
      `${count(transitions, "transition")} in ${count(groups.length, "group")} ${plural(transitions, "replays")}, the recomputed roots of ${checkpoints} of ${count(trace.checkpoints.length, "checkpoint")} agree`,
      ...(transitions === 0 ? [EMPTY] : []),
      ...(trace.torn ? ["an interruption tore the end of the trace; the incomplete part was left out"] : []),
      ...pairs([
        ["genesis root", trace.header.genesisRoot],
        ["root", root],
      ]),
    ];
    return { facts, lines };
  });
}
