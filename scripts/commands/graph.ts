import { existsSync, statSync, writeFileSync } from "node:fs";
import { Option } from "commander";
import { differenceText, namesInUse, readNames } from "../../trace/describe/ownNames.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { abiOption, chainTold, recordedRun } from "../lib/chainOptions.ts";
import { namesOption } from "../lib/namesOption.ts";
import { seqArgument } from "../lib/numberArgument.ts";
import { count, EMPTY } from "../lib/output.ts";
import { collected, does, verb } from "../lib/verb.ts";

interface Options {
  format: "svg" | "mermaid" | "dot";
  view?: "programs" | "lanes";
  out?: string;
  from?: number;
  to?: number;
  program?: string[];
  names?: string;
  abi?: string;
  json?: boolean;
}

function keep(file: string, text: string): void {
  try {
    // A pipe or a terminal is written in place. A file is written atomically.
    if (existsSync(file) && !statSync(file).isFile()) writeFileSync(file, text);
    else writeWhole(file, text);
  } catch (error) {
    throw unwritable(file, error, "name a file in a directory that exists");
  }
}

/** `graph`: draws which program did what with which. */
export function graph() {
  const command = verb("graph", "draw the concurrency graph of a trace")
    .argument("<dir>", "run directory")
    .addOption(
      new Option("--format <format>", "format of the picture").choices(["svg", "mermaid", "dot"]).default("svg"),
    )
    .addOption(
      new Option(
        "--view <view>",
        "programs as nodes, or clocks along lanes; default: both in an SVG, programs in the other formats",
      ).choices(["programs", "lanes"]),
    )
    .option("--out <file>", "file to write; default: print the picture")
    .option("--from <seq>", "first transition to draw", seqArgument)
    .option("--to <seq>", "last transition to draw", seqArgument)
    .option("--program <name>", "draw only transitions of this program; repeatable", collected)
    .addOption(namesOption())
    .addOption(abiOption());
  return does<Options>(command, async ({ args, options, progress }) => {
    const dir = args[0] ?? "";
    const { format, view, out, from, to, program } = options;
    const { replayDirectory } = await import("../../trace/replay/replay.ts");
    const { draw, graphOf } = await import("../../trace/graph/index.ts");
    const own = options.names === undefined ? undefined : readNames(options.names);
    progress.say("replaying");
    const run = replayDirectory(dir);
    const { groups, manifest } = run;
    const { words, notes } = await chainTold(dir, recordedRun(run), { own, abi: options.abi });
    const { tables, differences } = namesInUse(manifest, own, words);
    const remarks = [...differences.map(differenceText), ...notes];
    progress.say("drawing");
    const drawn = graphOf(groups.flat(), { ...manifest, ...tables }, { from, to, programs: program });
    const text = draw(drawn, format, view);
    if (out !== undefined) keep(out, text);
    const transitions = drawn.events.length;
    const facts = {
      dir,
      format,
      view: view ?? null,
      transitions,
      programs: drawn.programs.length,
      characters: text.length,
      nameDifferences: differences,
    };
    if (out === undefined) {
      // stdout holds only the picture.
      if (options.json !== true) for (const remark of remarks) process.stderr.write(`${remark}\n`);
      return { facts: { ...facts, text }, lines: [text.trimEnd()] };
    }
    const told = `${count(transitions, "transition")} of ${count(drawn.programs.length, "program")} drawn in ${out}`;
    const said = transitions === 0 ? `${told}: ${EMPTY.split(",")[0]}` : told;
    return { facts: { ...facts, file: out }, lines: [said, ...remarks] };
  });
}
