import { commonWords } from "../../trace/describe/chainWords.ts";
import { differenceText, namesInUse, readNames } from "../../trace/describe/ownNames.ts";
import { InvalidInputError, inOneLine } from "../../trace/errors.ts";
import type { Replayed } from "../../trace/replay/replay.ts";
import { abiOption, chainTold, recordedRun } from "../lib/chainOptions.ts";
import { namesOption } from "../lib/namesOption.ts";
import { does, verb } from "../lib/verb.ts";

/** `diff`: finds where two runs differ. */
export function diff() {
  const command = verb("diff", "show where two runs differ: genesis, first different transition, end states")
    .argument("<dir>", "run directory")
    .argument("<dir2>", "another run directory")
    .addOption(namesOption())
    .addOption(abiOption());
  return does<{ names?: string; abi?: string }>(command, async ({ args, options, progress }) => {
    const [dir = "", dir2 = ""] = args;
    const own = options.names === undefined ? undefined : readNames(options.names);
    const { replayDirectory } = await import("../../trace/replay/replay.ts");
    const { differenceOf, historyOf } = await import("../../trace/query/index.ts");
    const { differenceLines } = await import("../../trace/query/renderDiff.ts");
    const { factsOf } = await import("../../trace/machine/rowFacts.ts");
    const replayed = (one: string): Replayed => {
      progress.say(`replaying ${inOneLine(one, 60)}`);
      try {
        return replayDirectory(one);
      } catch (error) {
        // The error names the run directory that failed.
        if (!(error instanceof InvalidInputError) || error.field.startsWith(one)) throw error;
        throw new InvalidInputError(one, `does not replay: ${error.message}`, { cause: error });
      }
    };
    const [first, second] = [replayed(dir), replayed(dir2)];
    // Both runs use the same names, so that a number reads the same in both.
    const given = { own, abi: options.abi };
    const [one, two] = [
      await chainTold(dir, recordedRun(first), given),
      await chainTold(dir2, recordedRun(second), given),
    ];
    const words = one.words && two.words ? commonWords(one.words, two.words) : undefined;
    const used = namesInUse(first.manifest, own, words);
    const [a, b] = [historyOf(first, used.tables), historyOf(second, used.tables)];
    const difference = differenceOf(a, b);
    const { differs } = difference.transitions;
    const facts = {
      ...{ dir, dir2, ...difference },
      transitions: {
        ...difference.transitions,
        differs: differs && { ...differs, first: factsOf(differs.first), second: factsOf(differs.second) },
      },
      nameDifferences: used.differences,
    };
    const message = `the runs differ${differs === null ? "" : ` from transition ${differs.seq} on`}`;
    const lines = [
      ...differenceLines(difference, [dir, dir2], a.names),
      ...(own === undefined && !difference.same ? ["", "names come from the first run's manifest.json"] : []),
      ...used.differences.map(differenceText),
      ...[...one.notes, ...two.notes],
    ];
    if (difference.same) return { facts, lines };
    return { ok: false, facts: { ...facts, error: { code: "runs-differ", message } }, lines };
  });
}
