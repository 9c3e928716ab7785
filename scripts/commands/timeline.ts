import { existsSync } from "node:fs";
import { Option } from "commander";
import { differenceText, namesInUse, readNames } from "../../trace/describe/ownNames.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Exported } from "../../trace/export/timeline.ts";
import { unwritable } from "../../trace/run/runDirectory.ts";
import { hasCode } from "../../trace/run/systemErrors.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import { abiOption, chainTold } from "../lib/chainOptions.ts";
import { namesOption } from "../lib/namesOption.ts";
import { seqArgument } from "../lib/numberArgument.ts";
import { count } from "../lib/output.ts";
import { collected, does, verb } from "../lib/verb.ts";

const FORMATS = ["perfetto", "otlp"] as const;
type Format = (typeof FORMATS)[number];

/** What opens a file of each format. */
const READERS: Readonly<Record<Format, string>> = {
  perfetto: "open it at https://ui.perfetto.dev, or with another viewer of Perfetto's traces",
  otlp: "send it to a collector of OpenTelemetry (OTLP in JSON, as its file receiver reads it)",
};

interface Options {
  out: string;
  format: Format;
  from?: number;
  to?: number;
  program?: string[];
  resource?: string[];
  kind?: string[];
  names?: string;
  abi?: string;
  force?: boolean;
}

/** `timeline`: the transitions as a file that viewers of traces read. */
export function timeline() {
  const command = verb("timeline", "write the transitions for viewers of traces: Perfetto, OpenTelemetry")
    .argument("<dir>", "run directory")
    .requiredOption("--out <file>", "file to write")
    .addOption(new Option("--format <format>", "format of the file").choices(FORMATS).default("perfetto"))
    .option("--from <seq>", "first transition to write", seqArgument)
    .option("--to <seq>", "last transition to write", seqArgument)
    .option("--program <name>", "write only transitions of this program; repeatable", collected)
    .option("--resource <id>", "write only transitions of this resource; repeatable", collected)
    .option("--kind <name>", "write only transitions of this kind, by number or name; repeatable", collected)
    .option("--force", "replace the file, if there is one")
    .addOption(namesOption())
    .addOption(abiOption());
  return does<Options>(command, async ({ args: [dir = ""], options, progress }) => {
    const { out, format, from, to, program, resource, kind, force = false } = options;
    if (!force && existsSync(out)) throw exists(out);
    const { replayDirectory } = await import("../../trace/replay/replay.ts");
    const { historyOf, passesFilter, transitionFilter } = await import("../../trace/query/index.ts");
    const own = options.names === undefined ? undefined : readNames(options.names);
    progress.say("replaying");
    const run = replayDirectory(dir);
    const { manifest } = run;
    const all = run.groups.flat();
    const recorded = { manifest, records: all.length, transitions: all };
    const { record, words, notes } = await chainTold(dir, recorded, { own, abi: options.abi });
    const { tables, differences } = namesInUse(manifest, own, words);
    const history = historyOf(run, tables);
    const wanted = { programs: program, resources: resource, kinds: kind, from, to };
    const filter = transitionFilter(wanted, { ...history, programs: history.end.programs(), chain: record });
    const transitions = history.transitions.filter((t) => passesFilter(t, filter));
    progress.say("writing");
    const { names, triggers } = history;
    const { genesisRoot } = run.trace.header;
    const content = await contentOf(format, {
      ...{ title: manifest.scenario, genesisRoot, transitions, names, triggers },
    });
    keep(out, content, force);
    const bytes = Buffer.byteLength(content);
    const facts = { dir, out, format, transitions: transitions.length, bytes, nameDifferences: differences };
    const remarks = [...differences.map(differenceText), ...notes];
    const said = `${count(transitions.length, "transition")} written to ${out}`;
    return { facts, lines: [said, READERS[format], ...remarks] };
  });
}

async function contentOf(format: Format, exported: Exported): Promise<string | Uint8Array> {
  if (format === "perfetto") return (await import("../../trace/export/perfetto.ts")).perfettoTrace(exported);
  return `${JSON.stringify((await import("../../trace/export/spans.ts")).spansOf(exported))}\n`;
}

function keep(file: string, content: string | Uint8Array, replace: boolean): void {
  try {
    writeWhole(file, content, { replace });
  } catch (error) {
    if (!replace && hasCode(error, "EEXIST")) throw exists(file);
    throw unwritable(file, error, "name a file in a folder that exists");
  }
}

function exists(file: string): InvalidInputError {
  return new InvalidInputError(file, "exists already; name another file, or replace it with --force");
}
