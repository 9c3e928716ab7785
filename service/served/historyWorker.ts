/** The thread that looks up old headers: a part of the trace is applied again for it, which takes up to a second. */
import { parentPort, workerData } from "node:worker_threads";
import type { ProgramCell } from "../../trace/state/cells.ts";
import { HeaderHistory } from "./headerHistory.ts";

/** A question, or `clear`: the trace was cut. */
export type HistoryRequest = { readonly id: number; readonly program: number; readonly seq: number } | "clear";
/** The header; undefined if there was none. */
export type HistoryAnswer =
  | { readonly id: number; readonly header: ProgramCell | undefined }
  | { readonly id: number; readonly error: string };

const history = new HeaderHistory(String(workerData));
parentPort?.on("message", (request: HistoryRequest) => {
  if (request === "clear") {
    history.clear();
    return;
  }
  const { id, program, seq } = request;
  let answer: HistoryAnswer;
  try {
    answer = { id, header: history.at(program, seq) };
  } catch (error) {
    answer = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
