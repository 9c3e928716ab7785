/** Solvers that say what a test wants, as objects and as the Python of a virtual environment. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, answerIn, type Solver } from "../../prover/certificate/solvers/answers.ts";

export const UNSAT = '{"answer":"unsat"}';
export const SILENT = '{"answer":"unknown","why":"timeout"}';

/** A solver that answers each question by `say`, in the words of solve.py. */
export const fakeSolver = (name: string, say: (text: string) => string, wrongAbout: string | null = null): Solver => ({
  name,
  wrongAbout,
  program: name.split(" ")[0] as string,
  ask: (text) => answerIn(say(text)) as Answer,
});

/** Makes the folder of a virtual environment, with a shell script in the place of Python. */
export function fakeEnvironment(folder: string, script: string): string {
  mkdirSync(join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "bin", "python"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
