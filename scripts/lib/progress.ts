/** Progress on stderr: a spinner on a terminal, a line now and then in a pipe or a log. */
import type { Throughput } from "../../prover/proving/throughput.ts";

export interface Progress {
  /** Sets the present activity. */
  say(text: string): void;
  /** For long work with a count: the same as `OnProgress` of the prover. */
  readonly onProgress: (stage: string, done: number, total: number, pace?: Throughput) => void;
  stop(): void;
}

const STAGES: Readonly<Record<string, string>> = {
  compile: "compiling the circuit",
  points: "making the keys: points",
  constraints: "making the keys: constraints",
  prove: "proving: batch",
  verify: "verifying: batch",
  replay: "replaying",
};
/** Stages with few units, shown as "batch 2 of 5". The others have thousands of units and show a percentage. */
const COUNTED = new Set(["prove", "verify"]);

/** The spinner's text for a stage. */
export function stageText(stage: string, done: number, total: number, pace?: Throughput): string {
  const name = STAGES[stage] ?? stage;
  if (!COUNTED.has(stage)) return total > 1 ? `${name} ${Math.floor((100 * done) / total)} %` : name;
  const text = `${name} ${Math.min(done + 1, total)} of ${total}`;
  if (pace === undefined || done === total) return text;
  return `${text}; ${pace.secondsPerBatch.toFixed(1)} s a batch, about ${duration(pace.secondsLeft)} left`;
}

/** A duration, rounded as coarsely as the estimate is. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

let hide = (): void => undefined;

/** Hides the spinner, so that a question can be asked. The next report of progress shows it again. */
export function hideProgress(): void {
  hide();
}

/** Interval of progress lines in a pipe, in milliseconds. The first line also comes after this time. */
const LINE_MS = 15_000;

/** @param wanted false for silence */
export async function startProgress(wanted: boolean): Promise<Progress> {
  if (!wanted) return { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
  // In a terminal without a width, as in some containers, the spinner would count lines forever.
  if (!process.stderr.isTTY || !(process.stderr.columns > 0)) return lines();
  const { default: ora } = await import("ora");
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  hide = () => spinner.stop();
  const say = (text: string): void => {
    if (spinner.isSpinning) spinner.text = text;
    else spinner.start(text);
  };
  return {
    say,
    onProgress: (...stage) => say(stageText(...stage)),
    stop: () => spinner.stop(),
  };
}

/** Progress as lines. Work that ends before the first interval prints none. */
function lines(): Progress {
  let text = "";
  const started = performance.now();
  const timer = setInterval(() => {
    const seconds = Math.round((performance.now() - started) / 1_000);
    if (text !== "") process.stderr.write(`timebandits: ${seconds} s: ${text}\n`);
  }, LINE_MS);
  timer.unref();
  const say = (next: string): void => {
    text = next;
  };
  return { say, onProgress: (...stage) => say(stageText(...stage)), stop: () => clearInterval(timer) };
}
