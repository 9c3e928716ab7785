/** The command line as users start it, in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { commandLine } from "../../scripts/commandLine.ts";
import { failureOf } from "../../scripts/lib/failure.ts";
import { SCHEMA_VERSION, toJson } from "../../scripts/lib/output.ts";
import { withoutProgress } from "../lib/progressLines.ts";

/** The file that `npx timebandits` starts. */
export const entry = fileURLToPath(new URL("../../scripts/timebandits.mjs", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  /** Without lines of progress, which hang on how fast the machine is. */
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** The working folder; by default the one of the tests. */
  cwd?: string;
  /** Is called at the first output, to interrupt the program. */
  onStarted?: (kill: (signal: NodeJS.Signals) => void) => void;
  /** Is called with each piece of what it prints. */
  onText?: (text: string, kill: (signal: NodeJS.Signals) => void) => void;
  /** Closes the reading end of stdout at once. */
  closed?: boolean;
}

const NOTHING = {
  TIMEBANDITS_KEY: "",
  TIMEBANDITS_PASSWORD: "",
  TIMEBANDITS_DEBUG: "",
  XDG_CONFIG_HOME: fileURLToPath(new URL("./nowhere", import.meta.url)),
};

/** Runs `timebandits` with these arguments. */
export async function cli(args: readonly string[], options: CliOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: options.cwd,
    // The tests do not see secrets, configuration and debugging of the user's environment.
    env: { ...process.env, ...NOTHING, ...options.env },
  });
  let stdout = "";
  let stderr = "";
  if (options.closed) child.stdout.destroy();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    options.onText?.(text, (signal) => child.kill(signal));
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  options.onStarted?.((signal) => child.kill(signal));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr: withoutProgress(stderr) };
}

/** The one JSON object that `--json` prints. */
export async function json(args: readonly string[], options: CliOptions = {}) {
  return parsed(await cli([...args, "--json"], options));
}

function parsed({ code, stdout, stderr }: Ended) {
  if (stdout.split("\n").length !== 2) throw new Error(`not one line: ${stdout}${stderr}`);
  const answer = JSON.parse(stdout) as Record<string, unknown> & {
    ok: boolean;
    error?: { code: string; message: string; field?: string };
  };
  return { code, stderr, answer };
}

/**
 * Runs a verb in this process, because starting a process takes longer than most verbs. The verb does not see the
 * user's configuration.
 */
export function cliHere(args: readonly string[], { env = {} }: Pick<CliOptions, "env"> = {}): Promise<Ended> {
  // One after the other, because they share the streams of this process.
  const ended = before.then(() => here(args, { XDG_CONFIG_HOME: NOTHING.XDG_CONFIG_HOME, ...env }));
  before = ended.catch(() => undefined);
  return ended;
}
let before: Promise<unknown> = Promise.resolve();

async function here(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  let [stdout, stderr] = ["", ""];
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const exitCode = process.exitCode;
  const was = Object.keys(env).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, env);
  try {
    await commandLine(args).parseAsync([...args], { from: "user" });
    return { code: Number(process.exitCode ?? 0), stdout, stderr: withoutProgress(stderr) };
  } catch (thrown) {
    const failure = failureOf(thrown);
    stderr = withoutProgress(stderr);
    const object = toJson({ schemaVersion: SCHEMA_VERSION, ok: false, error: failure.error });
    return args.includes("--json")
      ? { code: failure.exitCode, stdout: `${object}\n`, stderr }
      : { code: failure.exitCode, stdout: "", stderr: `${stderr}timebandits: ${failure.error.message}\n` };
  } finally {
    out.mockRestore();
    err.mockRestore();
    process.exitCode = exitCode;
    for (const [name, value] of was) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The same for `--json`. */
export async function jsonHere(args: readonly string[], options: Pick<CliOptions, "env"> = {}) {
  return parsed(await cliHere([...args, "--json"], options));
}
