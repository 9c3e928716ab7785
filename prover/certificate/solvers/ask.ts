/**
 * Solvers of equations in finite fields: programs in a virtual environment of Python, which need not be there. Each
 * question has a process of its own, as some of them end theirs.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ProverError } from "../../errors.ts";
import { type Answer, answerIn, record, type Solver, unknown } from "./answers.ts";
import { wrongAbout } from "./controls.ts";

/** Solvers are not there, or say nothing that can be read. */
export class SolverError extends ProverError {}

const SCRIPT = fileURLToPath(new URL("./solve.py", import.meta.url));
/** Seconds for starting and ending, besides those that a question may take. */
const SLACK = 3;
const MOST_BYTES = 1 << 26;
/** In this order: the first gives short numbers. A program may have another method, if its first says nothing. */
const METHODS: readonly (readonly [program: string, method: string])[] = [
  ["cvc5", "cvc5-split"],
  ["z3", "z3"],
  ["cvc5", "cvc5-gb"],
];
const INSTALL = "python3 -m venv DIR && DIR/bin/pip install cvc5-gpl z3-solver";

/**
 * The solvers in a virtual environment.
 *
 * @param folder of the environment
 * @param seconds that one of them may take for one question
 * @throws SolverError SOLVERS_NOT_HERE if there is no Python or no solver, SOLVERS_FORM if it says nothing readable
 */
export function solversIn(folder: string, seconds: number): Solver[] {
  const python = [join("bin", "python"), join("Scripts", "python.exe")]
    .map((one) => join(folder, one))
    .find(existsSync);
  if (python === undefined)
    throw new SolverError("SOLVERS_NOT_HERE", `${folder} has no bin/python: make it with ${INSTALL}`);
  const { stdout, stderr, error } = spawnSync(python, [SCRIPT, "versions"], { encoding: "utf8", timeout: 60_000 });
  const versions = record(stdout);
  if (versions === null) {
    const said = error?.message ?? lastLine(stderr);
    throw new SolverError(
      "SOLVERS_FORM",
      `${python} does not say which solvers it has (${said}): make it again with ${INSTALL}`,
    );
  }
  const found = METHODS.filter(([program]) => typeof versions[program] === "string");
  if (found.length === 0) throw new SolverError("SOLVERS_NOT_HERE", `${folder} has no solver: ${INSTALL}`);
  return found.map(([program, method]) => {
    const ask = (text: string): Answer => asked(python, method, seconds, text);
    const name = [program, versions[program], method.split("-")[1] ?? ""].join(" ").trim();
    return { name, program, wrongAbout: wrongAbout(ask), ask };
  });
}

function asked(python: string, method: string, seconds: number, input: string): Answer {
  const { stdout, stderr, error, signal, status } = spawnSync(python, [SCRIPT, method, String(seconds)], {
    input,
    encoding: "utf8",
    timeout: 1000 * (seconds + SLACK),
    killSignal: "SIGKILL",
    maxBuffer: MOST_BYTES,
  });
  if (error !== undefined && "code" in error && error.code === "ETIMEDOUT") return unknown("timeout");
  const found = answerIn(stdout);
  if (found !== null) return found;
  return unknown(error?.message ?? `ended with ${signal ?? status}: ${lastLine(stderr)}`);
}

const lastLine = (text: string | null): string => (text ?? "").trim().split("\n").at(-1) || "it says nothing";
