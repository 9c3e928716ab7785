/** The second run's files: chosen from a folder, or read from an address. Nothing leaves the page. */
import { proxy, wrap } from "comlink";
import { quoted } from "../../../trace/describe/quoted.ts";
import type { Comparison } from "../../work/history/compare.ts";
import type { HistoryWork } from "../../work/historyWorker.ts";
import historyWorker from "../../work/historyWorker.ts?worker&url";
import { type OnStep, type RunFile, readFiles } from "../frame/loadRun.ts";
import { nameOfRun } from "../frame/runName.ts";
import { startWorker } from "../frame/startWorker.ts";
import { type Chosen, isRead, nameInRun, requireRun } from "./runFiles.ts";

/** A run that was chosen, and what it is called. */
export interface SecondRun {
  readonly called: string;
  readonly files: readonly RunFile[];
}

/** @throws Error naming what is missing */
export async function chosenRun(chosen: readonly Chosen[]): Promise<SecondRun> {
  const wanted = chosen.filter((file) => isRead(nameInRun(file)));
  requireRun(wanted.map(nameInRun));
  const files = await Promise.all(
    wanted.map(async (file): Promise<RunFile> => [nameInRun(file), new Uint8Array(await file.arrayBuffer())]),
  );
  const folder = chosen[0]?.webkitRelativePath.split("/")[0] ?? "";
  return { called: nameOfRun(folder) ?? "the chosen files", files };
}

/**
 * Reads a run from the server that this page comes from: the page's content policy lets it ask no other.
 * @param base the address of a folder with files.json, as this page's own `run`
 * @throws Error if it is none, or on another server
 */
export async function runAt(base: string, onStep: OnStep): Promise<SecondRun> {
  if (!isOwn(base)) {
    const instead = "save the run and choose its folder";
    throw new Error(`${base} is on another server, and this page asks no server but its own; ${instead}`);
  }
  const files = (await readFiles(base.replace(/\/+$/, ""), onStep)).filter(([name]) => isRead(name));
  requireRun(files.map(([name]) => name));
  return { called: quoted(base), files };
}

/** Compares in a worker of its own, which ends with the answer: the page's first run stays as it is. */
export async function compareWith(
  first: readonly RunFile[],
  second: SecondRun,
  called: string,
  onStep: OnStep,
): Promise<Comparison> {
  const worker = await startWorker(historyWorker, "compare");
  try {
    const work = wrap<HistoryWork>(worker);
    await work.take(first.filter(([name]) => isRead(name)));
    const onProgress = proxy((which: string, share: number) => onStep(`replaying the ${which} run`, share, 1));
    return await work.compare(second.files, [called, second.called], onProgress);
  } finally {
    worker.terminate();
  }
}

/** Whether the address is of the server that this page comes from. */
export function isOwn(address: string): boolean {
  return URL.canParse(address, location.href) && new URL(address, location.href).origin === location.origin;
}
