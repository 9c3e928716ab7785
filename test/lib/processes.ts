/** Processes of a test, started with Node and ended by their own number. */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A process that a test started. */
export class TestProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  stderr = "";

  /** @param program beside this file */
  constructor(program: string, argument: object) {
    const path = fileURLToPath(new URL(program, import.meta.url));
    this.#child = spawn(process.execPath, [path, JSON.stringify(argument)], { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    createInterface({ input: this.#child.stdout as NonNullable<ChildProcess["stdout"]> }).on("line", (line) =>
      this.lines.push(line),
    );
  }

  /** Waits until it says so; it may go on then. @throws if it ends before */
  async ready(): Promise<this> {
    while (!this.lines.includes("ready")) {
      if (this.ended) throw new Error(`the process ended: ${this.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.#child.stdin?.write("go\n");
    return this;
  }

  get ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Its exit code, once it has ended. */
  async exit(): Promise<number | null> {
    if (!this.ended) await new Promise((resolve) => this.#child.once("exit", resolve));
    return this.#child.exitCode;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.ended) await this.kill();
  }
}
