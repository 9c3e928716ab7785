/** Measures the ways to trace the same effects: scenarios, by groups and by commits, and streams; beside replay. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRunStream, openRun } from "../../trace/tracer/appendRun.ts";
import type { ProfileBound } from "../../trace/tracer/groupSize.ts";
import { runScenario } from "../../trace/tracer/runScenario.ts";
import { escrowScenario, runEscrows, WORKLOADS, type Workload } from "./escrows.ts";

/** Transitions between two commits. */
const COMMIT_EVERY = 1_000;
/** Waiting for the disk after every group takes long: so much less is traced in that way. */
const FEWER = 10;

/** How effects are traced. */
type Way = "scenario" | "scenario, --commit-every 1000" | "stream";

/** Cost of tracing a workload in one way. */
export interface WayResult {
  workload: Workload;
  way: Way;
  transitions: number;
  /** In a second of processor time, and in one of the clock. */
  transitionsPerSecond: number;
  transitionsPerClockSecond: number;
  /** Processor time that replay takes for one of them, in the same run, divided by that of tracing. */
  ratioToReplay: number;
}

/** The result of all. */
export interface WaysResult {
  ways: WayResult[];
  /** Greatest memory of the process, in MiB. */
  peakMemoryMiB: number;
}

/**
 * Traces escrows and claims in each way, and replays them.
 * @param transitions in each way; a tenth of them where each group is on disk before the next
 */
export async function measureWays(transitions: number, profiles: readonly ProfileBound[]): Promise<WaysResult> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-tracing-"));
  const ways: WayResult[] = [];
  try {
    let runs = 0;
    const next = (): string => join(folder, String(++runs));
    for (const workload of WORKLOADS) {
      const scenario = async (out: string, count: number, commitEvery?: number): Promise<number> => {
        const options = { out, profiles, ...(commitEvery !== undefined && { commitEvery }) };
        return (await runScenario(escrowScenario(workload, count), options)).seq;
      };
      const commits = next();
      const measured: [Way, Cost][] = [
        ["scenario, --commit-every 1000", await timed(() => scenario(commits, transitions, COMMIT_EVERY))],
        ["stream", await timed(() => stream(next(), workload, transitions, profiles))],
        ["scenario", await timed(() => scenario(next(), Math.ceil(transitions / FEWER)))],
      ];
      const replayed = await timed(() => replay(commits, profiles));
      for (const [way, { transitions: count, processor, clock }] of measured) {
        ways.push({
          ...{ workload, way, transitions: count },
          ...{ transitionsPerSecond: count / processor, transitionsPerClockSecond: count / clock },
          ratioToReplay: replayed.processor / replayed.transitions / (processor / count),
        });
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return { ways, peakMemoryMiB: Math.round(process.resourceUsage().maxRSS / 2 ** 10) };
}

function stream(dir: string, workload: Workload, transitions: number, profiles: readonly ProfileBound[]): number {
  const { genesis } = escrowScenario(workload, transitions);
  using run = createRunStream(dir, genesis(), { profiles, store: false });
  runEscrows(workload, run.tracer, transitions, () => {
    if (run.tracer.seq - run.committed >= COMMIT_EVERY) run.commit();
  });
  run.commit();
  return run.committed;
}

function replay(dir: string, profiles: readonly ProfileBound[]): number {
  using run = openRun(dir, { profiles, store: false });
  return run.committed;
}

/** Transitions, and the seconds that they take. */
interface Cost {
  transitions: number;
  processor: number;
  clock: number;
}

async function timed(work: () => number | Promise<number>): Promise<Cost> {
  const [started, now] = [process.cpuUsage(), performance.now()];
  const transitions = await work();
  const { user, system } = process.cpuUsage(started);
  return { transitions, processor: (user + system) / 1e6, clock: (performance.now() - now) / 1_000 };
}

/** The result as lines for people. */
export function waysText({ ways, peakMemoryMiB }: WaysResult): string {
  const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
  const lines = ways.map(
    ({ workload, way, transitions, transitionsPerSecond, transitionsPerClockSecond, ratioToReplay }) =>
      `${workload}, ${way}: ${whole(transitions)} transitions, ${whole(transitionsPerSecond)} a processor second ` +
      `(${whole(transitionsPerClockSecond)} a second), ${ratioToReplay.toFixed(2)} × replay`,
  );
  return [...lines, `peak memory of the process: ${whole(peakMemoryMiB)} MiB`].join("\n");
}
