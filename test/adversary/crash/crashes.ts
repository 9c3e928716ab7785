/**
 * Kills processes with SIGKILL at random moments and starts them again, while they trace, make keys, prove, create a
 * map and submit to it. No finished work may be lost, and nothing may happen twice on the chain.
 */
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readBundles } from "../../../prover/bundles/bundle.ts";
import { developmentKey } from "../../../prover/keys/development.ts";
import { proveDirectory } from "../../../prover/prove.ts";
import { startAnvil } from "../../../scripts/lib/anvil.ts";
import type { Progress } from "../../../scripts/lib/progress.ts";
import { lookUp } from "../../../trace/effects/triggers.ts";
import { kindOf } from "../../../trace/layout.ts";
import { replayDirectory } from "../../../trace/replay/replay.ts";
import { FILES, pathIn, readRun } from "../../../trace/run/runDirectory.ts";
import { TraceWriter } from "../../../trace/run/traceWriter.ts";
import { openPrograms } from "../../../trace/state/genesis.ts";
import { runScenario } from "../../../trace/tracer/runScenario.ts";
import type { Scenario } from "../../../trace/tracer/scenario.ts";
import { createOnChain } from "../../../verifier/chain/publish.ts";
import { type Chain, connect, deployRegistry } from "../../../verifier/chain/registry.ts";
import { submitRun } from "../../../verifier/chain/submitRun.ts";
import { verifyDirectory } from "../../../verifier/verify.ts";
import { DIAGRAM } from "../../lib/diagram.ts";
import { USUAL_PROFILES } from "../../lib/profile.ts";
import { Random } from "../../lib/random.ts";
import { chain as poseidonChain } from "../../prover/circuits.ts";

const CHILD = fileURLToPath(new URL("crashChild.ts", import.meta.url));
const SILENT: Progress = { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
/** Groups of a trace that is killed. */
const GROUPS = 120;

export interface CrashReport {
  /** The number of processes that were killed at work, by their work. Those that ended before do not count. */
  killed: Record<string, number>;
  /** Work that was lost or happened twice, in words. */
  problems: string[];
}

/** A scenario of many groups, some of several rows. The same seed gives the same scenario. */
export function longScenario(seed: number): Scenario {
  return {
    name: "long",
    description: "issues, splits and merges",
    genesis: () => ({ levels: 2, cells: openPrograms(2, 16) }),
    run(tracer) {
      const random = new Random(seed);
      const [a] = [tracer.program(1)];
      for (let i = 0; i < GROUPS; i++) {
        const slot = 1 + (i % 60) * 2;
        const issue = { effect: "Issue", kind: kindOf(1, 1), quantity: BigInt(2 + random.below(50)) } as const;
        if (i >= 60) a.retire({ slot }, 100 + i);
        else if (random.below(2) === 0) a.issue({ ...issue, slot }, 100 + i);
        else
          tracer.batch(
            1,
            [
              { ...issue, slot },
              { ...issue, slot: slot + 1 },
            ],
            100 + i,
          );
      }
    },
  };
}

/** Starts a child and kills it after that many ms of its work. @returns whether it was still at work */
async function killed(after: number, args: readonly string[]): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  await new Promise<void>((resolve) => {
    child.stdout.once("data", () => resolve());
    child.once("exit", () => resolve());
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), after);
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve(child.signalCode);
    else child.once("exit", (_, how) => resolve(how));
  });
  clearTimeout(timer);
  return signal === "SIGKILL";
}

/** @param options.times number of processes to kill, of all sorts together */
export async function runCrashes(options: { times: number; seed: number }): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), "timebandits-crashes-"));
  const report: CrashReport = { killed: {}, problems: [] };
  const random = new Random(options.seed);
  try {
    const share = (part: number): number => Math.max(1, Math.round(options.times * part));
    const [proving, chain, keys] = [share(0.03), share(0.1), share(0.35)];
    await crashTracing(folder, random, options.times - proving - 2 * chain - keys, report);
    await crashKeys(folder, random, keys, report);
    await crashProving(folder, random, proving, report);
    await crashChain(folder, random, chain, report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report;
}

function count(report: CrashReport, what: string, was: boolean): void {
  report.killed[what] = (report.killed[what] ?? 0) + (was ? 1 : 0);
}

/** A killed trace is the beginning of the whole one, and its continuation completes it. */
async function crashTracing(folder: string, random: Random, times: number, report: CrashReport): Promise<void> {
  const whole = join(folder, "whole");
  await runScenario(longScenario(1), { out: whole });
  const text = readFileSync(pathIn(whole, "trace"), "utf8");
  const {
    groups,
    trace: { triggers },
  } = replayDirectory(whole);
  for (let i = 0; i < times; i++) {
    const dir = join(folder, `trace-${i}`);
    const run = join(dir, "run");
    mkdirSync(dir);
    count(report, "tracing", await killed(random.below(60), ["trace", dir, "", "", "1"]));
    const wrong = (what: string) => report.problems.push(`tracing ${i}: ${what}`);
    if (existsSync(pathIn(run, "genesis")) && readFileSync(pathIn(run, "genesis"), "utf8").length === 0)
      wrong("an empty genesis");
    if (!existsSync(pathIn(run, "trace")) || !readFileSync(pathIn(run, "trace"), "utf8").includes("\n")) continue;
    const { writer, trace } = TraceWriter.open(pathIn(run, "trace"));
    const map = replayDirectory(run).map;
    for (const group of groups.filter(([first]) => (first?.seq ?? 0) > trace.records.length)) {
      for (const { columns } of group)
        for (const { address, after } of Object.values(columns)) if (address !== 0) map.write(address, after);
      writer.append(group, () => map.root(), lookUp(triggers));
    }
    writer.close(() => map.root());
    if (readFileSync(pathIn(run, "trace"), "utf8") !== text) wrong("the trace that went on is not the whole one");
    rmSync(dir, { recursive: true });
  }
}

/** After a kill the next process makes the key. */
async function crashKeys(folder: string, random: Random, times: number, report: CrashReport): Promise<void> {
  const circuit = await poseidonChain(8);
  const { hash } = await developmentKey(circuit);
  const before = process.env.TIMEBANDITS_CACHE;
  const cache = join(folder, "cache");
  try {
    for (let i = 0; i < times; i++) {
      rmSync(cache, { recursive: true, force: true });
      mkdirSync(cache);
      // Several in one cache, one after the other: the next finds the remains of the one before.
      count(report, "keys", await killed(random.below(500), ["keys", cache]));
      if (i % 5 !== 4) continue;
      process.env.TIMEBANDITS_CACHE = cache;
      const again = await developmentKey(circuit);
      if (again.hash !== hash) report.problems.push(`keys ${i}: another key`);
      restore(before);
    }
  } finally {
    restore(before);
  }
}

function restore(cache: string | undefined): void {
  if (cache === undefined) delete process.env.TIMEBANDITS_CACHE;
  else process.env.TIMEBANDITS_CACHE = cache;
}

/** Finished proofs stay valid, and the next process proves the rest. */
async function crashProving(folder: string, random: Random, times: number, report: CrashReport): Promise<void> {
  const dir = join(folder, "proving");
  await runScenario(DIAGRAM, { out: dir, profiles: USUAL_PROFILES });
  let proven = 0;
  for (let i = 0; i < times; i++) {
    count(report, "proving", await killed(1_500 + random.below(8_000), ["prove", dir]));
    const whole = (await readBundles(dir)).filter((entry) => "bundle" in entry).length;
    if (whole < proven) report.problems.push(`proving ${i}: ${proven - whole} proofs are gone`);
    proven = whole;
  }
  const last = await proveDirectory(dir);
  if (last.skipped !== proven) report.problems.push(`proving: of ${proven} proofs ${last.skipped} were good`);
  const { ok, problems } = await verifyDirectory(dir);
  if (!ok) report.problems.push(`proving: ${problems.map(({ message }) => message).join("; ")}`);
}

/** A run has one map, and each of its batches is on the chain once. */
async function crashChain(folder: string, random: Random, times: number, report: CrashReport): Promise<void> {
  await using anvil = await startAnvil();
  const chain = await connect(anvil.url);
  try {
    const { address } = await deployRegistry(chain);
    const fresh = join(folder, "fresh");
    await runScenario(DIAGRAM, { out: fresh, profiles: USUAL_PROFILES });
    for (let i = 0; i < times; i++) {
      const dir = join(folder, `map-${i}`);
      cpSync(fresh, dir, { recursive: true });
      const before = await transactions(chain);
      count(report, "creating", await killed(random.below(900), ["create", dir, anvil.url, address]));
      if (!existsSync(join(dir, FILES.manifest))) report.problems.push(`creating ${i}: the manifest is gone`);
      await createOnChain(dir, chain, { registry: address }, SILENT);
      await createOnChain(dir, chain, { registry: address }, SILENT);
      const made = (await transactions(chain)) - before;
      // The first map also stores its key.
      if (made > 2 || (i > 0 && made > 1)) report.problems.push(`creating ${i}: ${made} transactions`);
    }
    await crashSubmitting(anvil.url, address, join(folder, "map-0"), random, times, report);
  } finally {
    chain.provider.destroy();
  }
}

async function crashSubmitting(
  url: string,
  address: string,
  dir: string,
  random: Random,
  times: number,
  report: CrashReport,
): Promise<void> {
  const { batches } = await proveDirectory(dir);
  for (let i = 0; i < times; i++) {
    // A new connection each time, because remembered nonces are wrong after a snapshot is restored.
    const chain = await connect(url);
    const snapshot = String(await chain.provider.send("evm_snapshot", []));
    const before = await transactions(chain);
    count(report, "submitting", await killed(random.below(700), ["submit", dir, url, address]));
    const done = await submitRun(dir, chain, address, SILENT);
    const sent = (await transactions(chain)) - before;
    if (done.head?.seq !== readRun(dir).trace.records.length) report.problems.push(`submitting ${i}: not all is there`);
    if (done.already + done.submitted.length !== batches) report.problems.push(`submitting ${i}: batches are missing`);
    if (sent !== 1) report.problems.push(`submitting ${i}: ${sent} transactions for what fits into one`);
    await chain.provider.send("evm_revert", [snapshot]);
    chain.provider.destroy();
  }
}

/** The number of transactions that our account has sent. */
async function transactions({ provider, signer }: Chain): Promise<number> {
  return provider.getTransactionCount((await signer?.getAddress()) ?? "");
}
