/** Reads the run's files once. Both workers get these same bytes: what is shown is what was checked. */
import { proxy, type Remote, wrap } from "comlink";
import type { CheckWork } from "../../work/checkWorker.ts";
import checkWorker from "../../work/checkWorker.ts?worker&url";
import type { RunFacts } from "../../work/history/desk.ts";
import type { HistoryWork } from "../../work/historyWorker.ts";
import historyWorker from "../../work/historyWorker.ts?worker&url";
import { startWorker } from "./startWorker.ts";

/** The run's files by name, as the server lists them. */
export interface FileList {
  readonly schemaVersion: 1;
  readonly files: readonly { readonly name: string; readonly bytes: number }[];
}

export type RunFile = readonly [name: string, content: Uint8Array];

/** A run that is open. */
export interface OpenRun {
  readonly facts: RunFacts;
  readonly files: readonly RunFile[];
  readonly history: Remote<HistoryWork>;
}

/** Told what happens while a run is opened. */
export type OnStep = (text: string, done: number, of: number) => void;

/** Files that are read at once. */
const TOGETHER = 8;

/** @throws Error if the server does not answer as it should */
export async function readFiles(base: string, onStep: OnStep): Promise<RunFile[]> {
  const { files } = (await (await fetched(`${base}/files.json`)).json()) as FileList;
  const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const read: RunFile[] = [];
  let done = 0;
  for (let from = 0; from < files.length; from += TOGETHER) {
    const some = files.slice(from, from + TOGETHER).map(async ({ name }): Promise<RunFile> => {
      const path = name.split("/").map(encodeURIComponent).join("/");
      const content = new Uint8Array(await (await fetched(`${base}/${path}`)).arrayBuffer());
      done += content.length;
      onStep("reading the run", done, all);
      return [name, content];
    });
    read.push(...(await Promise.all(some)));
  }
  return read;
}

/** A server that counts what is asked says when to ask again. */
const TOO_MANY = 429;
const PRIVATE = 401;
/** The longest wait that it may ask for, in seconds. */
const LONGEST_WAIT = 60;

async function fetched(url: string): Promise<Response> {
  for (;;) {
    const response = await fetch(url, { cache: "no-store" });
    if (response.ok) return response;
    const wait = Number(response.headers.get("retry-after") ?? Number.NaN);
    if (response.status === PRIVATE) {
      throw new Error("this server gives the run only to its programs and its operator; explore a copy of the run");
    }
    if (response.status !== TOO_MANY || !(wait <= LONGEST_WAIT))
      throw new Error(`the server answers ${response.status} for ${url}`);
    await new Promise((resolve) => setTimeout(resolve, 1_000 * Math.max(1, wait)));
  }
}

/** Opens a run from its files. */
export async function openHistory(files: readonly RunFile[], onStep: OnStep): Promise<OpenRun> {
  const history = wrap<HistoryWork>(await startWorker(historyWorker, "history"));
  await history.take(files);
  const facts = await history.open(proxy((seq: number) => onStep("replaying", seq, 0)));
  return { facts, files, history };
}

/** Starts the worker that checks. */
export async function startCheck(files: readonly RunFile[]): Promise<Remote<CheckWork>> {
  const check = wrap<CheckWork>(await startWorker(checkWorker, "check"));
  await check.take(files);
  return check;
}
