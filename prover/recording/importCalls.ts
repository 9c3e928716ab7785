/** Imports the call tree of an Ethereum transaction into a run directory. */
import { join } from "node:path";
import { importEvmCalls } from "../../trace/import/evm.ts";
import type { EvmReport } from "../../trace/import/evmReport.ts";
import { writeWhole } from "../../trace/run/wholeFile.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import { PROFILES, type Profile } from "../profiles.ts";
import { newRun, REPORT_FILE } from "./newRun.ts";
import { into, type RecordingOptions, recorded } from "./record.ts";

/** Levels of the maps of imports: those of the first profile, so that they can be proven. */
const LEVELS = (PROFILES[0] as Profile).levels;
/** Version of the report's form. It rises when a field changes its meaning or goes. */
const REPORT_VERSION = 1;

/** A run made of a recording of another system. */
export interface ImportedDirectory {
  /** The tracer at the end of the import. */
  tracer: Tracer;
  /** Findings and assumptions. The same data is in the directory's `report.json`. */
  report: EvmReport;
}

/**
 * Imports a call tree into a directory without a run, with a report beside the trace.
 * @param json output of `debug_traceTransaction` with `callTracer`, or the answer of `askForCalls`
 * @throws InvalidInputError if the call tree is malformed; also every error of {@link recordDirectory}. Nothing is left
 *   then
 *
 * @example
 *     import { importDirectory } from "time-bandits/prover";
 *
 *     const { report } = await importDirectory("swap", JSON.parse(text));
 *     console.log(report.frames, report.notImported);
 */
export async function importDirectory(
  dir: string,
  json: unknown,
  { at, force }: Pick<RecordingOptions, "at" | "force"> = {},
): Promise<ImportedDirectory> {
  const { scenario, report } = importEvmCalls(json, { levels: LEVELS, ...(at === undefined ? {} : { at }) });
  const work = async (folder: string): Promise<Tracer> => {
    const run = await recorded(folder, scenario);
    writeWhole(join(folder, REPORT_FILE), reportText(report));
    return run;
  };
  return { tracer: await newRun(dir, "nothing", () => into(dir, { force }, work)), report };
}

function reportText(report: EvmReport): string {
  const plain = (_: string, value: unknown) => (typeof value === "bigint" ? value.toString() : value);
  return `${JSON.stringify({ schemaVersion: REPORT_VERSION, ...report }, plain, 2)}\n`;
}
