/** Runs commands in a user's project, and counts the results. */
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** One line of JSON. */
export const JSON_LINE = /^\{.*\}$/m;
const LONGEST_MS = 300_000;

export type Ended = SpawnSyncReturns<string>;

/**
 * @param node folder of the Node to use; by default that of the clone is left out, and the system's used
 * @param more variables of the environment beside those of this process
 */
export function run(
  program: string,
  args: readonly string[],
  cwd: string,
  node?: string,
  more: Readonly<Record<string, string>> = {},
): Ended {
  const { PATH = "", ...rest } = process.env;
  // npm's variables for its scripts are about the clone, and so is its Node.
  const env = Object.fromEntries(Object.entries(rest).filter(([name]) => !/^npm_/i.test(name)));
  const folders = PATH.split(delimiter).filter((folder) => !/node_modules/.test(folder));
  const path = [...(node === undefined ? [] : [node]), ...folders].join(delimiter);
  const options = { cwd, env: { ...env, PATH: path, ...more }, encoding: "utf8", timeout: LONGEST_MS } as const;
  // On Windows npm and npx are scripts of its shell.
  return spawnSync(program, args, { ...options, shell: process.platform === "win32" && program !== "node" });
}

/** Megabytes of all files below a folder. */
export function folderSize(folder: string): number {
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const found = lstatSync(join(folder, name));
    if (found.isFile()) bytes += found.size;
  }
  return Math.round(bytes / 2 ** 20);
}

/** Counts passed, failed and skipped checks. */
export class Tally {
  #passed = 0;
  #failed = 0;
  readonly #leftOut: string[] = [];
  #since = performance.now();

  /** A command that ended with 0 and printed the expected text. */
  check(what: string, { status, stdout, stderr, error }: Ended, expected: RegExp): boolean {
    const good = status === 0 && expected.test(stdout + stderr);
    return this.note(what, good, `${error?.message ?? ""}${stdout}${stderr}`.trim().slice(-2_000));
  }

  /** @param why printed if the check fails */
  note(what: string, holds: boolean, why = ""): boolean {
    const seconds = ((performance.now() - this.#since) / 1000).toFixed(1);
    this.#since = performance.now();
    console.log(`${holds ? "ok   " : "FAIL "} ${what} (${seconds} s)${holds ? "" : `\n${why}`}`);
    if (holds) this.#passed++;
    else this.#failed++;
    return holds;
  }

  leftOut(what: string, why: string): void {
    this.#leftOut.push(`${what}: ${why}`);
  }

  /** @returns the exit code */
  end(): number {
    for (const each of this.#leftOut) console.log(`not tried: ${each}`);
    console.log(`${this.#passed} passed, ${this.#failed} failed`);
    return this.#failed === 0 ? 0 : 1;
  }
}
