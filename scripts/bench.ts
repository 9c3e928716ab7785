/**
 * `npm run bench`: measures the cost of proving with each engine, on the same witnesses, in turns. `-- --quick` makes
 * fewer proofs, and takes two profiles instead of three. `--profile NAME` measures only one profile; `batch-768` and
 * those of wide maps are measured by name alone. `--json FILE` and `--svg FILE` write the result. `--growth` measures
 * maps of a hundred to a million cells, replay and tracing, instead. `--tracing` measures tracing alone: a stream, and
 * escrows and claims (`--transitions N`) in each way to trace them. `--chain` measures what following a chain costs, on
 * simulated blocks (`--blocks N`, `--levels N` of the map). `--store` measures what beginning on a long run costs, with
 * its store and by replay (`--transitions N`, `--cells N`). `--audit` measures audits of such a run: in order, on all
 * threads, and from an earlier one on. `--busy` measures how busy the engines are over many batches (`--batches N`, of
 * the profile).
 */
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import { PROFILES, type Profile, profileOf, profilesWith } from "../prover/profiles.ts";
import { InvalidInputError, TimeBanditsError } from "../trace/errors.ts";
import { auditText, measureAudit } from "./bench/audit.ts";
import { busyText, measureBusy } from "./bench/busy.ts";
import { chainText } from "./bench/chain/report.ts";
import { measureChain } from "./bench/chain.ts";
import type { GrownSize } from "./bench/grownRun.ts";
import { growthTable, measureGrowth, SIZES } from "./bench/growth.ts";
import { type EngineResult, measure, type ProfileResult } from "./bench/measure.ts";
import { plot } from "./bench/plot.ts";
import { measureReplay } from "./bench/replay.ts";
import { measureStore, storeText } from "./bench/store.ts";
import { measureTracing, STREAM_LEVELS, tracingText } from "./bench/tracing.ts";
import { measureWays, waysText } from "./bench/tracingWays.ts";
import { jsonFile } from "./lib/output.ts";

/** Number of proofs by each engine, by profile. The first one warms up. */
const ROUNDS = { quick: [4, 2, 2], full: [9, 5, 3] } as const;

/**
 * Number of profiles that are measured, the smallest first. snarkjs takes many minutes for the proofs of a larger one.
 */
const MEASURED = { quick: 2, full: 3 } as const;

/** Turns of the stream that is traced, and turns between commits. */
const TRACED = [2_000, 50] as const;

/** Blocks of the simulated chain: as many as a map of three levels holds with some room. */
const BLOCKS = 8;

/** Batches that show how busy the engines are. */
const BATCHES = 40;

/** Transitions of the long run. */
const GROWN = 100_000;

/** Transitions of the trace that is replayed. */
const REPLAYED = 10_000;

interface Options {
  chain: { blocks: number; levels: number; profile: string | undefined } | undefined;
  grown: GrownSize | undefined;
  /** The size of a long run to audit. */
  audit: GrownSize | undefined;
  /** Batches to prove one after the other. */
  busy: number | undefined;
  growth: boolean;
  tracing: boolean;
  /** Transitions to trace in each way. */
  transitions: number;
  quick: boolean;
  json: string | undefined;
  svg: string | undefined;
  profiles: readonly Profile[];
}

function optionsOf(argv: string[]): Options {
  const { values } = parseArgs({
    args: argv,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      svg: { type: "string" },
      profile: { type: "string" },
      growth: { type: "boolean", default: false },
      tracing: { type: "boolean", default: false },
      chain: { type: "boolean", default: false },
      blocks: { type: "string", default: String(BLOCKS) },
      levels: { type: "string" },
      store: { type: "boolean", default: false },
      audit: { type: "boolean", default: false },
      transitions: { type: "string", default: String(GROWN) },
      cells: { type: "string" },
      busy: { type: "boolean", default: false },
      batches: { type: "string", default: String(BATCHES) },
    },
  });
  const usual = profilesWith((PROFILES[0] as Profile).levels);
  const all = usual.slice(0, MEASURED[values.quick ? "quick" : "full"]);
  const profiles = values.profile === undefined ? all : [profileOf(values.profile)];
  const { growth, tracing, quick, json, svg } = values;
  const levels = values.levels ?? String((profiles[0] as Profile).levels);
  const chain = { blocks: wholeNumber("blocks", values.blocks), levels: wholeNumber("levels", levels) };
  return {
    busy: values.busy ? wholeNumber("batches", values.batches) : undefined,
    chain: values.chain ? { ...chain, profile: values.profile } : undefined,
    audit: values.audit ? grownSize(values.transitions, values.cells ?? values.transitions) : undefined,
    grown: values.store ? grownSize(values.transitions, values.cells ?? values.transitions) : undefined,
    transitions: wholeNumber("transitions", values.transitions),
    ...{ growth, tracing, quick, json, svg, profiles },
  };
}

function grownSize(transitions: string, cells: string): GrownSize {
  const size = { transitions: wholeNumber("transitions", transitions), cells: wholeNumber("cells", cells) };
  if (size.cells <= size.transitions) return size;
  throw new InvalidInputError("cells", "are at most as many as transitions: each makes one");
}

function wholeNumber(name: string, text: string): number {
  if (/^[1-9][0-9]{0,6}$/.test(text)) return Number(text);
  throw new InvalidInputError(name, `${text} is no whole number from 1 to 9999999`);
}

function table(profiles: readonly ProfileResult[], engines: readonly EngineResult[]): string {
  const seconds = (value: number | null): string => (value === null ? "cached" : `${value.toFixed(2)} s`);
  const lines: string[] = [];
  for (const p of profiles) {
    lines.push(
      `${p.profile}: ${p.constraints.toLocaleString("en-US")} constraints, ${p.perTransition.toLocaleString("en-US")} a transition; ` +
        `compile ${seconds(p.compileSeconds)}, keys ${seconds(p.keySeconds)}, witness ${seconds(p.witnessSeconds)} (${seconds(p.firstWitnessSeconds)} the first; ${p.witnessRatio.toFixed(1)} × the compiler's program), verify ${seconds(p.verifySeconds)}, ${p.gasPerTransition.toLocaleString("en-US")} gas a transition`,
    );
    for (const e of engines.filter(({ profile }) => profile === p.profile)) {
      const others = Object.entries({ snarkrs: e.ratioToSnarkrs, rapidsnark: e.ratioToRapidsnark })
        .map(([name, ratio]) => (ratio === undefined ? "" : `${ratio.toFixed(2)} × ${name}`.padStart(19)))
        .join("");
      lines.push(
        `  ${e.engine.padEnd(10)}${`${e.seconds.toFixed(2)} s`.padStart(9)}${`${e.ratioToSnarkjs.toFixed(2)} × snarkjs`.padStart(16)}${others}` +
          `${`${e.transitionsPerSecond.toFixed(2)} transitions/s`.padStart(22)}${`${e.peakMemoryMiB} MiB`.padStart(11)}`,
      );
    }
  }
  return lines.join("\n");
}

async function main(): Promise<void> {
  let options: Options;
  try {
    options = optionsOf(process.argv.slice(2));
  } catch (error) {
    const usage =
      "usage: npm run bench [-- --quick] [--profile NAME] [--json FILE] [--svg FILE] | --growth|--tracing [--transitions N] [--json FILE] " +
      "| --chain [--blocks N] [--levels N] [--profile NAME] [--json FILE] " +
      "| --store|--audit [--transitions N] [--cells N] [--json FILE] " +
      "| --busy [--profile NAME] [--batches N] [--json FILE]";
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const say = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\u001b[2K\r${text}`);
  };
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const date = new Date().toISOString().slice(0, 10);
  const tell = (text: string, measured: object): void => {
    say("");
    process.stdout.write(`${machine}, ${date}\n${text}\n`);
    if (options.json !== undefined) writeFileSync(options.json, jsonFile({ machine, date, ...measured }));
  };
  if (options.chain !== undefined) {
    const measured = await measureChain({ ...options.chain, say });
    tell(chainText(measured), measured);
    return;
  }
  if (options.busy !== undefined) {
    const busy = await measureBusy(options.profiles[0] as Profile, options.busy, ["native", "wasm"], say);
    tell(busyText(busy), { busy });
    return;
  }
  if (options.grown !== undefined) {
    const measured = await measureStore(options.grown, say);
    tell(storeText(measured), measured);
    return;
  }
  if (options.audit !== undefined) {
    const measured = await measureAudit(options.audit, say);
    tell(auditText(measured), measured);
    return;
  }
  if (options.growth) {
    await growth(options, `${machine}, ${date}`, say);
    return;
  }
  if (options.tracing) {
    const profiles = profilesWith(STREAM_LEVELS);
    const traced = await measureTracing(...TRACED, profiles);
    const { ways, peakMemoryMiB } = await measureWays(options.transitions, profiles);
    tell(`${tracingText(traced)}\n${waysText({ ways, peakMemoryMiB })}`, { traced, ways, peakMemoryMiB });
    return;
  }
  const profiles: ProfileResult[] = [];
  const engines: EngineResult[] = [];
  for (const [i, profile] of options.profiles.entries()) {
    const rounds = ROUNDS[options.quick ? "quick" : "full"][Math.min(i, 2)] ?? 2;
    const measured = await measure(profile, rounds, say);
    profiles.push(measured.profile);
    engines.push(...measured.engines);
  }
  tell(table(profiles, engines), { profiles, engines });
  if (options.svg !== undefined) writeFileSync(options.svg, plot(engines, `Proving a full batch · ${date}`));
}

async function growth({ json }: Options, where: string, say: (text: string) => void): Promise<void> {
  const results: Awaited<ReturnType<typeof measureGrowth>>[] = [];
  for (const cells of SIZES) {
    say(`a map of ${cells} cells`);
    results.push(await measureGrowth(cells));
  }
  say("replay");
  const replayed = await measureReplay(REPLAYED);
  say("tracing");
  const traced = await measureTracing(...TRACED, profilesWith(STREAM_LEVELS));
  say("");
  process.stdout.write(`${where}\n${growthTable(results, replayed)}\n${tracingText(traced)}\n`);
  if (json !== undefined) writeFileSync(json, jsonFile({ where, results, replayed, traced }));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TimeBanditsError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
