/** Opens a run whose files are read once. Both workers get these same bytes: what is shown is what was checked. */
import { proxy, type Remote, wrap } from "comlink";
import type { CheckWork } from "../../work/checkWorker.ts";
import checkWorker from "../../work/checkWorker.ts?worker&url";
import type { RunFacts } from "../../work/history/desk.ts";
import type { HistoryWork } from "../../work/historyWorker.ts";
import historyWorker from "../../work/historyWorker.ts?worker&url";
import type { OnStep, RunFile } from "./readFiles.ts";
import { startWorker } from "./startWorker.ts";

export { type OnStep, type RunFile, readFiles } from "./readFiles.ts";

/** A run that is open. */
export interface OpenRun {
  readonly facts: RunFacts;
  readonly files: readonly RunFile[];
  readonly history: Remote<HistoryWork>;
}

/**
 * Opens a run from its files.
 * @param onPart told the run as far as it is replayed, if it takes long
 */
export async function openHistory(
  files: readonly RunFile[],
  onStep: OnStep,
  onPart: (run: OpenRun) => void,
): Promise<OpenRun> {
  const history = wrap<HistoryWork>(await startWorker(historyWorker, "history"));
  await history.take(files);
  // What is told on the way has channels of its own, and the last of it may come after the end.
  let isOver = false;
  const onFacts = (facts: RunFacts): void => {
    if (!isOver) onPart({ facts, files, history });
  };
  const onShare = (share: number): void => {
    if (!isOver) onStep("replaying the run", Math.floor(share * 1_000), 1_000);
  };
  const facts = await history.open(proxy(onFacts), proxy(onShare));
  isOver = true;
  return { facts, files, history };
}

/** Starts the worker that checks. */
export async function startCheck(files: readonly RunFile[]): Promise<Remote<CheckWork>> {
  const check = wrap<CheckWork>(await startWorker(checkWorker, "check"));
  await check.take(files);
  return check;
}
