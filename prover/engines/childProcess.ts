/** Runs proving programs. Each proof is a process, which never outlives this process or its engine. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { ProofError } from "../errors.ts";

/** Interval for sampling a program's memory, if the program does not report it. */
const LOOK_MS = 20;

/** The result of a program that ended well. */
export interface Outcome {
  readonly output: string;
  /** The highest memory use that was seen; null if the system does not report it. */
  readonly peakMemoryMiB: number | null;
}

export class Programs {
  readonly #running = new Set<ChildProcess>();
  readonly #closed = new WeakSet<ChildProcess>();
  readonly #endAll = (): void => {
    for (const child of this.#running) child.kill("SIGKILL");
  };

  /**
   * Runs a program to its end.
   *
   * @param input bytes for its standard input
   * @throws ProofError PROOF_FAILED with its last words if it cannot be started, fails, is ended, or `close` is called
   */
  async run(path: string, args: readonly string[], input: Uint8Array = new Uint8Array()): Promise<Outcome> {
    const child = spawn(path, args, { stdio: ["pipe", "pipe", "pipe"] });
    if (this.#running.size === 0) process.on("exit", this.#endAll);
    this.#running.add(child);
    let [output, words] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      words += text;
    });
    // A program that ends before it has read everything reports the reason itself.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    let peakMemoryMiB = peakMemory(child.pid);
    const look = setInterval(() => {
      peakMemoryMiB = peakMemory(child.pid) ?? peakMemoryMiB;
    }, LOOK_MS);
    try {
      const [code, signal] = await ended(child, path);
      if (this.#closed.has(child)) throw failed("the engine was closed while it was proving: prove again");
      if (signal !== null) throw failed(`${path} was ended by ${signal}, for lack of memory perhaps: prove again`);
      if (code !== 0) throw failed(words.trim() === "" ? `${path} ended with exit code ${code}` : words.trim());
      return { output, peakMemoryMiB };
    } finally {
      clearInterval(look);
      this.#running.delete(child);
      if (this.#running.size === 0) process.off("exit", this.#endAll);
    }
  }

  /** Ends the running programs. Their proofs fail. */
  close(): void {
    for (const child of this.#running) this.#closed.add(child);
    this.#endAll();
  }
}

/** Resolves when the process has ended and all its output has arrived. */
async function ended(child: ChildProcess, path: string): Promise<[code: number | null, signal: string | null]> {
  return await new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(failed(`${path} cannot be started: ${cause.message}`, cause)));
    child.once("close", (code, signal) => resolve([code, signal]));
  });
}

function failed(message: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_FAILED", message, { cause });
}

/** The high-water mark that Linux keeps until the process ends. */
function peakMemory(pid: number | undefined): number | null {
  try {
    const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
    return kilobytes === undefined ? null : Math.ceil(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}
