/** Progress on a terminal: a spinner on stderr that says what is being done. Silent anywhere else. */
import type { Throughput } from "../../prover/proving/throughput.ts";

export interface Progress {
  /** What is being done from now on. */
  say(text: string): void;
  /** For long work that counts: the same as `OnProgress` of the prover. */
  readonly onProgress: (stage: string, done: number, total: number, pace?: Throughput) => void;
  stop(): void;
}

const STAGES: Readonly<Record<string, string>> = {
  compile: "compiling the circuit",
  points: "making the keys: points",
  constraints: "making the keys: constraints",
  prove: "proving: batch",
  verify: "verifying: batch",
};
/** Stages with few units, of which people want to know the one under way; the others have thousands. */
const COUNTED = new Set(["prove", "verify"]);

/** What the spinner says of a stage. */
export function stageText(stage: string, done: number, total: number, pace?: Throughput): string {
  const name = STAGES[stage] ?? stage;
  if (!COUNTED.has(stage)) return total > 1 ? `${name} ${Math.floor((100 * done) / total)} %` : name;
  const text = `${name} ${Math.min(done + 1, total)} of ${total}`;
  if (pace === undefined || done === total) return text;
  return `${text}; ${pace.secondsPerBatch.toFixed(1)} s a batch, about ${duration(pace.secondsLeft)} left`;
}

/** As exact as an estimate deserves. */
function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}

let hide = (): void => undefined;

/** Takes the spinner away, so that something can be asked; the next word on progress brings it back. */
export function hideProgress(): void {
  hide();
}

/** @param wanted false for silence even on a terminal */
export async function startProgress(wanted: boolean): Promise<Progress> {
  // A terminal that has no width (some containers give one) would make the spinner count lines without end.
  if (!wanted || !process.stderr.isTTY || !(process.stderr.columns > 0)) {
    return { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
  }
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
