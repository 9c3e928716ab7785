/** The second run's files: chosen from a folder, or read from an address. Nothing leaves the page. */
import { proxy, wrap } from "comlink";
import type { Comparison } from "../../work/history/compare.ts";
import type { HistoryWork } from "../../work/historyWorker.ts";
import { type OnStep, type RunFile, readFiles } from "../frame/loadRun.ts";

/** Files of a run directory that the comparison reads. */
const READ = /^(?:genesis\.json|manifest\.json|trace\.jsonl|blocks[^/]*)$/;
const NEEDED = ["genesis.json", "trace.jsonl"] as const;

/** A file that the reader chose, as the browser gives it. */
export interface Chosen {
  readonly name: string;
  /** Its path from the chosen folder on, the folder included; empty for a file that was chosen alone. */
  readonly webkitRelativePath: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A run that was chosen, and what it is called. */
export interface SecondRun {
  readonly called: string;
  readonly files: readonly RunFile[];
}

/** A file's name in the run directory: its path without the chosen folder. */
export function nameInRun({ name, webkitRelativePath }: Pick<Chosen, "name" | "webkitRelativePath">): string {
  const inFolder = webkitRelativePath.split("/").slice(1).join("/");
  return inFolder === "" ? name : inFolder;
}

/** @throws Error naming what is missing */
export async function chosenRun(chosen: readonly Chosen[]): Promise<SecondRun> {
  const wanted = chosen.filter((file) => READ.test(nameInRun(file)));
  requireRun(wanted.map(nameInRun));
  const files = await Promise.all(
    wanted.map(async (file): Promise<RunFile> => [nameInRun(file), new Uint8Array(await file.arrayBuffer())]),
  );
  const folder = chosen[0]?.webkitRelativePath.split("/")[0] ?? "";
  return { called: folder === "" ? "the chosen files" : folder, files };
}

/** @param base of a folder with files.json, as this page's own `run` @throws Error if it is none */
export async function runAt(base: string, onStep: OnStep): Promise<SecondRun> {
  const files = (await readFiles(base.replace(/\/+$/, ""), onStep)).filter(([name]) => READ.test(name));
  requireRun(files.map(([name]) => name));
  return { called: base, files };
}

/** @throws Error unless all files are there that a replay needs */
export function requireRun(names: readonly string[]): void {
  const missing = NEEDED.filter((name) => !names.includes(name));
  if (missing.length === 0) return;
  const lacks = missing.join(" and ");
  throw new Error(`there is no ${lacks}; choose a run directory itself: it has genesis.json and trace.jsonl`);
}

/** Compares in a worker of its own, which ends with the answer: the page's first run stays as it is. */
export async function compareWith(
  first: readonly RunFile[],
  second: SecondRun,
  called: string,
  onStep: OnStep,
): Promise<Comparison> {
  const worker = new Worker(new URL("../../work/historyWorker.ts", import.meta.url), {
    type: "module",
    name: "compare",
  });
  try {
    const work = wrap<HistoryWork>(worker);
    await work.take(first.filter(([name]) => READ.test(name)));
    const onProgress = proxy((which: string, seq: number) => onStep(`replaying the ${which} run`, seq, 0));
    return await work.compare(second.files, [called, second.called], onProgress);
  } finally {
    worker.terminate();
  }
}
