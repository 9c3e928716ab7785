/** Running a scenario into a run directory, and reading one back, for the verbs and the demonstration. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type ContinuedDirectory, continueDirectory } from "../../prover/continue.ts";
import { PROFILES, type Profile } from "../../prover/profiles.ts";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import { type EvmImport, importEvmCalls } from "../../trace/import/evm.ts";
import { type Ask, askForCalls, type NodeAnswer } from "../../trace/import/evmNode.ts";
import type { EvmReport } from "../../trace/import/evmReport.ts";
import { address } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { FILES, pathIn, writeFileAtomic } from "../../trace/run/runDirectory.ts";
import type { Authorities } from "../../trace/tracer/authorities.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import type { Continuation, Scenario } from "../../trace/tracer/scenario.ts";
import type { Tracer } from "../../trace/tracer/tracer.ts";
import type { Chain } from "../../verifier/chain/registry.ts";
import { toJson } from "./output.ts";
import { replacingRun } from "./replaceRun.ts";
import { newRun, REPORT_FILE } from "./wholeRun.ts";

/** Levels of the maps that imports are laid out on: those of the first profile, so that they can be proven. */
const LEVELS = (PROFILES[0] as Profile).levels;

export interface TraceOptions {
  /** Time of the effects to which the scenario itself gives none. */
  at?: number | undefined;
  /** Authorities by name of program. */
  authorities?: Authorities | undefined;
  /** Refuse to begin with an open program. */
  closed?: boolean | undefined;
  /** Decides the interleaving of concurrent programs. */
  seed?: number | undefined;
  /** Replace a run that is there, if it has neither proofs nor signatures nor a map on a chain. */
  force?: boolean | undefined;
  /** Told of every group once it has happened. */
  onGroup?: ((group: readonly Transition[]) => void) | undefined;
}

/**
 * Runs a scenario into a directory that holds no run yet.
 * @throws InvalidInputError if it holds one, or one that `force` does not replace; whatever the scenario throws, and
 *   nothing is left then
 */
export async function traceInto(dir: string, scenario: Scenario, options: TraceOptions = {}): Promise<Tracer> {
  return await newRun(dir, "groups", () => into(dir, options, (folder) => traced(folder, scenario, options)));
}

/** Goes on with a run. */
export async function traceOnto(
  dir: string,
  scenario: Continuation,
  options: Omit<TraceOptions, "force"> = {},
): Promise<ContinuedDirectory> {
  return await continueDirectory(dir, scenario, given(options));
}

/** Lets a run be written into the directory itself, or in the place of one that is there. */
async function into<T>(dir: string, { force }: TraceOptions, work: (folder: string) => Promise<T>): Promise<T> {
  const there = Object.values(FILES).find((file) => existsSync(join(dir, file)));
  if (there === undefined) return await work(dir);
  if (force === true) return await replacingRun(dir, work);
  throw new InvalidInputError(
    dir,
    `holds ${there} already; choose another directory, go on with the run there (--continue), or replace it (--force)`,
  );
}

async function traced(dir: string, scenario: Scenario, options: TraceOptions): Promise<Tracer> {
  const { levels } = scenario.genesis();
  const profiles = PROFILES.filter((profile) => profile.levels === levels);
  return runScenario(scenario, {
    out: dir,
    // Without a profile of its size, a map can be traced and replayed, but not proven.
    ...(profiles.length === 0 ? {} : { profiles }),
    ...given(options),
  });
}

function given({ at, authorities, closed, seed, onGroup }: TraceOptions) {
  return {
    ...(at === undefined ? {} : { clock: () => at }),
    ...(authorities === undefined ? {} : { authorities }),
    ...(seed === undefined ? {} : { seed }),
    ...(onGroup === undefined ? {} : { onGroup }),
    closed: closed === true,
  };
}

/** Imports a call tree into a directory that holds no run yet, with a report beside the trace. */
export async function importInto(
  dir: string,
  json: unknown,
  at?: number,
  options: Pick<TraceOptions, "force"> = {},
): Promise<{ tracer: Tracer; report: EvmReport }> {
  const imported: EvmImport = importEvmCalls(json, { levels: LEVELS, ...(at === undefined ? {} : { at }) });
  const { report } = imported;
  const work = async (folder: string): Promise<Tracer> => {
    const run = await traced(folder, imported.scenario, {});
    writeFileAtomic(join(folder, REPORT_FILE), `${JSON.stringify(JSON.parse(toJson(report)), null, 2)}\n`);
    return run;
  };
  const tracer = await newRun(dir, "nothing", () => into(dir, options, work));
  return { tracer, report };
}

/**
 * Asks a node for the call tree of a transaction, and for what the tree can be compared with.
 * @throws InvalidInputError if the node does not know the transaction
 * @throws EnvironmentError in the node's own words if it does not answer
 */
export async function callTreeOf({ provider, chainId }: Chain, hash: string): Promise<NodeAnswer> {
  const ask: Ask = async (method, params) => {
    try {
      return await provider.send(method, [...params]);
    } catch (error) {
      throw new EnvironmentError("rpc", `the node does not answer ${method}: ${wordsOf(error)}`, { cause: error });
    }
  };
  return askForCalls(ask, hash, chainId);
}

/** The words of the node's own error, if it gave one: ethers wraps it into what it makes of it. */
function wordsOf(error: unknown): string {
  const said = member(error, "error") ?? member(member(error, "info"), "error");
  const words = member(said, "message") ?? member(error, "shortMessage") ?? member(error, "message");
  return typeof words === "string" ? words : String(error);
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

/** Numbers of the programs that have no authority. */
function openPrograms(map: Tracer["map"]): number[] {
  const programs = Array.from({ length: map.programs() }, (_, i) => i + 1);
  return programs.filter((program) => {
    const header = map.cell(address(program, 0));
    return header.type === "program" && header.authority === 0n;
  });
}

/** What every verb says about a traced run. */
export function runFacts(dir: string, tracer: Tracer) {
  const { groups, manifest, map } = tracer;
  return {
    dir,
    scenario: manifest.scenario,
    profiles: manifest.profiles,
    programs: map.programs(),
    open: openPrograms(map),
    transitions: tracer.seq,
    groups: groups.length,
    root: tracer.root(),
    files: Object.keys(FILES).map((file) => pathIn(dir, file as keyof typeof FILES)),
  };
}
