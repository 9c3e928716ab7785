/** Opens the run, and checks it beside that. */
import { proxy } from "comlink";
import type { ChainCheck } from "../checks/chainCheck.ts";
import type { Checks } from "../checks/marks.ts";
import { type OpenRun, openHistory, type RunFile, readFiles, startCheck } from "./loadRun.ts";
import type { OpeningStep } from "./opening.tsx";

export const NOTHING_CHECKED: Checks = {
  running: { text: "reading the run", done: 0, of: 0 },
  report: undefined,
  problem: undefined,
};

export interface Beginning {
  /** URL of a node to ask; undefined for none. */
  readonly node: string | undefined;
  readonly onRun: (run: OpenRun) => void;
  readonly onChecks: (change: (checks: Checks) => Checks) => void;
  readonly onStep: (step: OpeningStep) => void;
}

/** @throws Error if the run cannot be read, or its history cannot be shown; the checks go on beside that */
export async function begin({ node, onRun, onChecks, onStep }: Beginning): Promise<void> {
  const files = await readFiles("run", (text, done, of) => onStep({ text, done, of }));
  void check(files, node, onChecks);
  const run = await openHistory(files, (text, done, of) => onStep({ text, done, of }));
  const askers = await run.history.askers();
  const { transitions, stopped } = run.facts;
  onChecks((checks) => ({ ...checks, shown: { transitions, stopped, askers } }));
  onRun(run);
}

async function check(
  files: readonly RunFile[],
  node: string | undefined,
  onChecks: Beginning["onChecks"],
): Promise<void> {
  try {
    const worker = await startCheck(files);
    // Progress comes by a channel of its own, and the last of it may come after the report.
    const onProgress = (text: string, done: number, of: number): void =>
      onChecks((checks) => (checks.running === null ? checks : { ...checks, running: { text, done, of } }));
    const report = await worker.audit(proxy(onProgress));
    const chain = node === undefined ? undefined : { node, report: null, code: null, problems: [], failure: null };
    onChecks((checks) => ({ ...checks, running: null, report, chain }));
    if (node === undefined) return;
    const answer = await worker.askChain(node).catch((error: unknown): ChainCheck => {
      // The checks of the run itself stand.
      return { node, report: null, code: null, problems: [], failure: messageOf(error) };
    });
    onChecks((checks) => ({ ...checks, chain: answer }));
  } catch (error) {
    const problem = messageOf(error);
    onChecks((checks) => (checks.report === undefined ? { ...checks, running: null, problem } : checks));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
