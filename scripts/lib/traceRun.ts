/** Runs scenarios and imports into run directories, for the verbs and the demonstration. */
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
import { jsonFile } from "./output.ts";
import { replacingRun } from "./replaceRun.ts";
import { newRun, REPORT_FILE } from "./wholeRun.ts";

/** Levels of the maps of imports: those of the first profile, so that they can be proven. */
const LEVELS = (PROFILES[0] as Profile).levels;

export interface TraceOptions {
  /** Time of the effects without a time of their own, in seconds since 1970. */
  at?: number | undefined;
  /** Authorities by name of program. */
  authorities?: Authorities | undefined;
  /** Refuse programs without an authority. */
  closed?: boolean | undefined;
  /** Seed of the interleaving of concurrent programs. */
  seed?: number | undefined;
  /** Replace an existing run that has no proofs, no signatures and no map on a chain. */
  force?: boolean | undefined;
  /** Called with every group once it is recorded. */
  onGroup?: ((group: readonly Transition[]) => void) | undefined;
}

/**
 * Runs a scenario into a directory without a run.
 * @throws InvalidInputError if the directory holds a run that `force` is not given for or does not replace; also every
 *   error of the scenario, and then nothing is left
 */
export async function traceInto(dir: string, scenario: Scenario, options: TraceOptions = {}): Promise<Tracer> {
  return await newRun(dir, "groups", () => into(dir, options, (folder) => traced(folder, scenario, options)));
}

/** Continues a run. */
export async function traceOnto(
  dir: string,
  scenario: Continuation,
  options: Omit<TraceOptions, "force"> = {},
): Promise<ContinuedDirectory> {
  return await continueDirectory(dir, scenario, given(options));
}

/** Has a run written into the directory itself, or in place of the existing one. */
async function into<T>(dir: string, { force }: TraceOptions, work: (folder: string) => Promise<T>): Promise<T> {
  const there = Object.values(FILES).find((file) => existsSync(join(dir, file)));
  if (there === undefined) return await work(dir);
  if (force === true) return await replacingRun(dir, work);
  throw new InvalidInputError(
    dir,
    `already holds ${there}; choose another directory, continue the run there (--continue), or replace it (--force)`,
  );
}

async function traced(dir: string, scenario: Scenario, options: TraceOptions): Promise<Tracer> {
  const { levels } = scenario.genesis();
  const profiles = PROFILES.filter((profile) => profile.levels === levels);
  return runScenario(scenario, {
    out: dir,
    // A map without a profile of its size can be traced and replayed, but not proven.
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

/** Imports a call tree into a directory without a run, with a report beside the trace. */
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
    writeFileAtomic(join(folder, REPORT_FILE), jsonFile(report));
    return run;
  };
  const tracer = await newRun(dir, "nothing", () => into(dir, options, work));
  return { tracer, report };
}

/**
 * Asks a node for the call tree of a transaction, and for data to compare the tree with.
 * @throws InvalidInputError if the node does not know the transaction
 * @throws EnvironmentError with the node's own message if it does not answer
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

/** The message of the node's own error, if there is one. Ethers wraps it into an error of its own. */
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

/** The facts that every verb reports about a traced run. */
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
