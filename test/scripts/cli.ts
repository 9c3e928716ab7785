/** The command line as users start it, in a process of its own. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** What `npx timebandits` starts. */
export const entry = fileURLToPath(new URL("../../scripts/timebandits.mjs", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  /** The working folder; by default the one of the tests. */
  cwd?: string;
  /** Is called when something was written, to interrupt the program. */
  onStarted?: (kill: (signal: NodeJS.Signals) => void) => void;
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
    // No secret, no configuration and no wish to see stacks comes from the person who runs the tests.
    env: { ...process.env, ...NOTHING, ...options.env },
  });
  let stdout = "";
  let stderr = "";
  if (options.closed) child.stdout.destroy();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  options.onStarted?.((signal) => child.kill(signal));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, stdout, stderr };
}

/** The one JSON object that `--json` prints. */
export async function json(args: readonly string[], options: CliOptions = {}) {
  const { code, stdout, stderr } = await cli([...args, "--json"], options);
  if (stdout.split("\n").length !== 2) throw new Error(`not one line: ${stdout}${stderr}`);
  const answer = JSON.parse(stdout) as Record<string, unknown> & {
    ok: boolean;
    error?: { code: string; message: string; field?: string };
  };
  return { code, stderr, answer };
}
