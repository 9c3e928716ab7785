/** Measures audits of a long run: in order, in pieces on all threads, and from an earlier audit on. */
import { fork } from "node:child_process";
import { copyFile, mkdir, mkdtemp, rm, stat, truncate } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { profileOf } from "../../prover/profiles.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import { FILES, pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { openCaughtUp } from "../../trace/store/catchUp.ts";
import { STORE_FILE } from "../../trace/store/storeFile.ts";
import type { ReplayReport } from "../../verifier/audit/auditReport.ts";
import { claimedPlaces } from "../../verifier/audit/look/states.ts";
import { table } from "../lib/output.ts";
import { type GrownSize, traceGrown } from "./grownRun.ts";

/** The profile with the most levels. */
const PROFILE = "wide-40";
/** Part of the run that is new since the earlier audit. */
const NEW = 0.01;

/** The cost of one audit. */
export interface OneAudit {
  readonly how: string;
  readonly replay: ReplayReport;
  readonly seconds: number;
  /** Of all threads, the process' start included. */
  readonly processorSeconds: number;
  readonly peakMemoryMiB: number;
  /** Seconds of the audit in order, divided by these. */
  readonly ratio: number;
}

/** What was measured. */
export interface AuditResult extends GrownSize {
  readonly traceBytes: number;
  readonly storeBytes: number;
  /** Seconds to make the store from the trace. */
  readonly storeSeconds: number;
  /** Transitions since the earlier audit. */
  readonly since: number;
  readonly audits: readonly OneAudit[];
}

const PROCESS = new URL("./auditProcess.ts", import.meta.url);

/** Makes a run of that size without bundles in a folder of its own, and audits it in several ways. */
export async function measureAudit(size: GrownSize, say: (text: string) => void): Promise<AuditResult> {
  const folder = await mkdtemp(join(tmpdir(), "timebandits-audit-"));
  try {
    const [dir, before, file] = [join(folder, "run"), join(folder, "before"), join(folder, "found.json")];
    traceGrown(dir, size, profileOf(PROFILE), say);
    say("making the store");
    const started = performance.now();
    {
      using _lock = lockRun(dir, "bench");
      using _built = openCaughtUp(dir);
    }
    const storeSeconds = (performance.now() - started) / 1_000;
    const [trace, store] = [await stat(pathIn(dir, "trace")), await stat(join(dir, STORE_FILE))];

    // The run as it was before its last part.
    const place = claimedPlaces(dir).findLast(({ seq }) => seq <= size.transitions * (1 - NEW));
    if (place === undefined) throw new EnvironmentError("store", "has no state before the last part of the run");
    await mkdir(before);
    for (const name of [FILES.genesis, FILES.trace, FILES.manifest])
      await copyFile(join(dir, name), join(before, name));
    await truncate(pathIn(before, "trace"), place.bytes);
    say("the earlier audit");
    await auditIn(before, 1, file, "");

    const threads = availableParallelism();
    const ways = [
      ["in order", 1, ""],
      [`on ${threads} threads`, threads, ""],
      ["since, on one thread", 1, file],
      [`since, on ${threads} threads`, threads, file],
    ] as const;
    const audits: OneAudit[] = [];
    for (const [how, of, since] of ways) {
      say(how);
      const { ok, root, ...cost } = await auditIn(dir, of, "", since);
      if (!ok) throw new EnvironmentError("audit", `${how}: the run is not in order`);
      audits.push({ how, ...cost, ratio: (audits[0]?.seconds ?? cost.seconds) / cost.seconds });
      roots.add(root);
    }
    if (roots.size !== 1) throw new EnvironmentError("audit", "the audits found different roots");
    const bytes = { traceBytes: trace.size, storeBytes: store.size };
    return { ...size, ...bytes, storeSeconds, since: size.transitions - place.seq, audits };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const roots = new Set<string>();

type Answer = Omit<OneAudit, "how" | "ratio"> & { ok: boolean; root: string };

async function auditIn(dir: string, threads: number, save: string, since: string): Promise<Answer> {
  const child = fork(PROCESS, [dir, String(threads), save, since], { stdio: "inherit" });
  return await new Promise((resolve, reject) => {
    child.once("message", (answer: Answer) => resolve(answer));
    child.once("exit", (code) =>
      reject(new EnvironmentError("audit", `the process that audits ended with ${code} before it answered`)),
    );
  });
}

/** The result as a table for people. */
export function auditText({ transitions, cells, traceBytes, storeBytes, audits, ...rest }: AuditResult): string {
  const number = (value: number): string => value.toLocaleString("en-US");
  const mib = (bytes: number): string => `${number(Math.round(bytes / 2 ** 20))} MiB`;
  const rows = audits.map(({ how, replay, seconds, processorSeconds, peakMemoryMiB, ratio }) => [
    ...[how, `${replay.pieces}`, `${seconds.toFixed(2)} s`, `${processorSeconds.toFixed(2)} s`],
    ...[`${number(peakMemoryMiB)} MiB`, `${ratio.toFixed(2)} ×`],
  ]);
  return [
    `${number(transitions)} transitions, ${number(cells)} cells, no bundles; trace ${mib(traceBytes)}, store ${mib(storeBytes)}` +
      ` (made in ${rest.storeSeconds.toFixed(0)} s); ${number(rest.since)} transitions since the earlier audit`,
    ...table([["audit", "pieces", "time", "processor", "peak memory", "faster"], ...rows]),
  ].join("\n");
}
