/** Opens the run, and checks it beside that. */
import { proxy, type Remote } from "comlink";
import type { CheckWork } from "../../work/checkWorker.ts";
import type { KeyFile } from "../../work/givenKeys.ts";
import type { ChainCheck } from "../checks/chainCheck.ts";
import type { Checks } from "../checks/marks.ts";
import { type OpenRun, openHistory, type RunFile, readFiles, startCheck } from "./loadRun.ts";
import { messageOf } from "./messageOf.ts";
import type { OpeningStep } from "./opening.tsx";

export const NOTHING_CHECKED: Checks = {
  running: { text: "reading the run", done: 0, of: 0 },
  report: undefined,
  problem: undefined,
};

export interface Beginning {
  /** URL of a node to ask; undefined for none. */
  readonly node: string | undefined;
  /** Told the run, and before that what is replayed of it, if it takes long. */
  readonly onRun: (run: OpenRun) => void;
  readonly onChecks: (change: (checks: Checks) => Checks) => void;
  readonly onStep: (step: OpeningStep) => void;
  /** Told once how to check again, and who asks the node. */
  readonly onChecker: (check: Checker, worker: Remote<CheckWork>) => void;
}

/** Checks under the reader's keys; under those of the page, if there are none. */
export type Checker = (keys: readonly KeyFile[]) => Promise<void>;

const AGAIN = { text: "checking again", done: 0, of: 0 };

/** @throws Error if the run cannot be read, or its history cannot be shown; the checks go on beside that */
export async function begin(beginning: Beginning): Promise<void> {
  const { onRun, onChecks, onStep } = beginning;
  const files = await readFiles("run", (text, done, of) => onStep({ text, done, of }));
  void check(files, beginning);
  const run = await openHistory(files, (text, done, of) => onStep({ text, done, of }), onRun);
  const askers = await run.history.askers();
  const { transitions, stopped } = run.facts;
  onChecks((checks) => ({ ...checks, shown: { transitions, stopped, askers } }));
  onRun(run);
}

async function check(files: readonly RunFile[], { node, onChecks, onChecker }: Beginning): Promise<void> {
  try {
    const worker = await startCheck(files);
    // The last one that was begun is the one that counts.
    let latest = 0;
    const audit: Checker = async (keys) => {
      const own = ++latest;
      const change = (how: (checks: Checks) => Checks): void => {
        if (own === latest) onChecks(how);
      };
      // Progress comes by a channel of its own, and the last of it may come after the report.
      const onProgress = (text: string, done: number, of: number): void =>
        change((checks) => (checks.running === null ? checks : { ...checks, running: { text, done, of } }));
      if (keys.length > 0) change((checks) => ({ ...checks, running: AGAIN }));
      try {
        const report = await worker.audit(proxy(onProgress), keys);
        change((checks) => ({ ...checks, running: null, report, problem: undefined }));
      } catch (error) {
        change((checks) => ({ ...checks, running: null }));
        throw error;
      }
    };
    onChecker(audit, worker);
    await audit([]);
    if (node === undefined) return;
    const told: ChainCheck = { node, report: null, code: null, crossing: null, problems: [], failure: null };
    onChecks((checks) => ({ ...checks, chain: told }));
    // The checks of the run itself stand.
    const failed = (error: unknown): ChainCheck => ({ ...told, failure: messageOf(error) });
    const chain = await worker.askChain(node).catch(failed);
    onChecks((checks) => ({ ...checks, chain }));
  } catch (error) {
    const problem = messageOf(error);
    onChecks((checks) => (checks.report === undefined ? { ...checks, running: null, problem } : checks));
  }
}
