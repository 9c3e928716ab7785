import { existsSync } from "node:fs";
import { type Checked, type Finding, SEVERITIES, type Severity } from "../../trace/check/finding.ts";
import { differenceText, type NameDifference, namesInUse, readNames } from "../../trace/describe/ownNames.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { abiOption, chainTold, recordedRun } from "../lib/chainOptions.ts";
import { UsageError } from "../lib/failure.ts";
import { namesOption } from "../lib/namesOption.ts";
import { count } from "../lib/output.ts";
import { scenarioOf } from "../lib/scenarios.ts";
import { does, verb } from "../lib/verb.ts";

interface Options {
  strict?: boolean;
  names?: string;
  abi?: string;
}

/** `check`: finds faults and risks in a run. */
export function check() {
  const command = verb("check", "find races, deadlocks, uses after transfer, loose capabilities and dead watches")
    .argument("<dir|scenario>", "run directory, or a scenario by name or file; a scenario's run is not kept")
    .option("--strict", "fail on warnings too")
    .addOption(namesOption())
    .addOption(abiOption());
  return does<Options>(command, async ({ args, options, progress }) => {
    const subject = args[0] ?? "";
    progress.say("checking");
    const { groups, findings, differences, notes } = await checked(subject, options);
    const counts = countsOf(findings);
    const ok = counts.error === 0 && (options.strict !== true || counts.warning === 0);
    const transitions = groups.reduce((sum, group) => sum + group.length, 0);
    const told = SEVERITIES.map((severity) => count(counts[severity], NOUNS[severity])).join(", ");
    const worst = findings[0];
    const error =
      ok || worst === undefined ? {} : { error: { code: "check-failed", message: `${worst.id}: ${worst.message}` } };
    return {
      ok,
      facts: { subject, transitions, counts, findings, nameDifferences: differences, ...error },
      lines: [
        `${count(transitions, "transition")} checked: ${told}`,
        ...differences.map(differenceText),
        ...notes,
        ...findings.flatMap(linesOf),
      ],
    };
  });
}

const NOUNS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "remark" };

interface Answer extends Pick<Checked, "groups"> {
  findings: Finding[];
  differences: NameDifference[];
  /** Remarks on `blocks.jsonl`. */
  notes: readonly string[];
}

async function checked(subject: string, { names: path, abi }: Options): Promise<Answer> {
  const { check, checkScenario } = await import("../../trace/check/index.ts");
  if (!existsSync(pathIn(subject, "genesis")) && !existsSync(pathIn(subject, "trace"))) {
    if (path !== undefined)
      throw new UsageError("--names is for run directories: a scenario names its programs itself");
    if (abi !== undefined) throw new UsageError("--abi is for run directories of imported contracts");
    return { ...(await checkScenario(await scenarioOf(subject))), differences: [], notes: [] };
  }
  const own = path === undefined ? undefined : readNames(path);
  const { replayDirectory } = await import("../../trace/replay/replay.ts");
  const run = replayDirectory(subject);
  const { words, notes } = await chainTold(subject, recordedRun(run), { own, abi });
  const { tables, differences } = namesInUse(run.manifest, own, words);
  return {
    groups: run.groups,
    findings: check({ ...run, manifest: { ...run.manifest, ...tables } }),
    differences,
    notes,
  };
}

function countsOf(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function linesOf({ severity, id, message, suggestion, transitions }: Finding): string[] {
  const shown = transitions.length === 0 ? "" : `     shown by: ${transitions.join(", ")}`;
  return ["", `${NOUNS[severity]} ${id}`, `     ${message}`, ...(shown === "" ? [] : [shown]), `     ${suggestion}`];
}
