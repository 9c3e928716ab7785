/** Progress on a terminal: a spinner on stderr that says what is being done. Silent anywhere else. */
export interface Progress {
  /** What is being done from now on. */
  say(text: string): void;
  /** For long work that counts: the same as `OnProgress` of the prover. */
  readonly onProgress: (stage: string, done: number, total: number) => void;
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

/** @param wanted false for silence even on a terminal */
export async function startProgress(wanted: boolean): Promise<Progress> {
  // A terminal that has no width (some containers give one) would make the spinner count lines without end.
  if (!wanted || !process.stderr.isTTY || !(process.stderr.columns > 0)) {
    return { say: () => undefined, onProgress: () => undefined, stop: () => undefined };
  }
  const { default: ora } = await import("ora");
  const spinner = ora({ stream: process.stderr, discardStdin: false });
  const say = (text: string): void => {
    if (spinner.isSpinning) spinner.text = text;
    else spinner.start(text);
  };
  return {
    say,
    onProgress: (stage, done, total) => {
      const name = STAGES[stage] ?? stage;
      const how = COUNTED.has(stage)
        ? ` ${Math.min(done + 1, total)} of ${total}`
        : total > 1
          ? ` ${Math.floor((100 * done) / total)} %`
          : "";
      say(`${name}${how}`);
    },
    stop: () => spinner.stop(),
  };
}
