/** Measures what beginning on a long run costs, with its store and without: prove, submit, and opening it to append. */
import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { profileOf } from "../../prover/profiles.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { STORE_FILE } from "../../trace/store/storeFile.ts";
import { table } from "../lib/output.ts";
import { type GrownSize, nameMap, standInBundles, traceGrown } from "./grownRun.ts";
import { STARTS, type Start } from "./storeStarts.ts";

/** The profile with the most levels. */
const PROFILE = "wide-40";
/** Batches at the end of the run that have no bundle. */
const LEFT = 3;

/** The cost of one start. */
export interface StartResult {
  readonly start: Start;
  readonly store: boolean;
  /** From the call on. */
  readonly seconds: number;
  /** Of the whole process, its start included. */
  readonly processorSeconds: number;
  readonly peakMemoryMiB: number;
}

/** What was measured. */
export interface StoreResult extends GrownSize {
  readonly bundles: number;
  /** Seconds to trace the run, without a store. */
  readonly traceSeconds: number;
  readonly traceBytes: number;
  /** 0 if the trace is too short for a store. */
  readonly storeBytes: number;
  /** Making the store from the trace, and every start. */
  readonly starts: readonly StartResult[];
}

const PROCESS = new URL("./storeProcess.ts", import.meta.url);

/** Makes a run of that size in a folder of its own, and measures the starts. */
export async function measureStore(size: GrownSize, say: (text: string) => void): Promise<StoreResult> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-store-"));
  try {
    const dir = join(folder, "run");
    const profile = profileOf(PROFILE);
    const started = performance.now();
    traceGrown(dir, size, profile, say);
    const traceSeconds = (performance.now() - started) / 1_000;
    say("making the store");
    const built = await measureStart(dir, "build", true);
    nameMap(dir);
    const bundles = await standInBundles(dir, profile, LEFT, say);
    return { ...size, bundles, traceSeconds, ...(await measureStarts(dir, built, say)) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Measures the starts of a run that exists. @param built the cost of making its store */
export async function measureStarts(
  dir: string,
  built: StartResult | undefined,
  say: (text: string) => void,
): Promise<Pick<StoreResult, "traceBytes" | "storeBytes" | "starts">> {
  // A short trace has no store: reading it takes no longer.
  const stored = existsSync(join(dir, STORE_FILE));
  const starts = built === undefined || !stored ? [] : [built];
  for (const store of stored ? [true, false] : [false]) {
    for (const start of STARTS) {
      if (start === "build") continue;
      say(`${start} ${store ? "with the store" : "by replay"}`);
      starts.push(await measureStart(dir, start, store));
    }
  }
  const trace = await stat(pathIn(dir, "trace"));
  return { traceBytes: trace.size, storeBytes: stored ? (await stat(join(dir, STORE_FILE))).size : 0, starts };
}

async function measureStart(dir: string, start: Start, store: boolean): Promise<StartResult> {
  const child = fork(PROCESS, [start, dir, store ? "store" : "replay"], {
    stdio: "inherit",
    execArgv: store ? [] : ["--max-old-space-size=20000"],
  });
  return await new Promise((resolve, reject) => {
    child.once("message", (answer: Omit<StartResult, "start" | "store">) => resolve({ ...answer, start, store }));
    child.once("exit", (code) =>
      reject(new EnvironmentError("start", `the process that began to ${start} ended with ${code} before it answered`)),
    );
  });
}

/** The result as a table for people. */
export function storeText({
  transitions,
  cells,
  bundles,
  traceBytes,
  storeBytes,
  starts,
  ...rest
}: StoreResult): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const mib = (bytes: number): string => `${number(Math.round(bytes / 2 ** 20))} MiB`;
  const rows = starts.map(({ start, store, seconds, processorSeconds, peakMemoryMiB }) => [
    ...[
      start,
      store ? "store" : "replay",
      `${seconds.toFixed(2)} s`,
      `${processorSeconds.toFixed(2)} s`,
      `${number(peakMemoryMiB)} MiB`,
    ],
  ]);
  return [
    `${number(transitions)} transitions, ${number(cells)} cells, ${number(bundles)} bundles; trace ${mib(traceBytes)}, ` +
      `${storeBytes === 0 ? "no store" : `store ${mib(storeBytes)}`}; traced in ${rest.traceSeconds.toFixed(0)} s`,
    ...table([["start", "from", "time", "processor", "peak memory"], ...rows]),
  ].join("\n");
}
