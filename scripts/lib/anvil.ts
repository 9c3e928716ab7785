import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { EnvironmentError } from "../../trace/errors.ts";
import { askChainId } from "../../verifier/chain/connect.ts";

export interface AnvilOptions {
  /** Default: 31337. */
  readonly chainId?: number;
  /** Time of the first block, in Unix seconds. Default: now. */
  readonly timestamp?: number;
  /** The upgrade whose rules the chain follows. Default: the latest. */
  readonly hardfork?: string;
  /** Further command-line arguments. */
  readonly more?: readonly string[];
  /** Time limit for the start, in milliseconds. */
  readonly startMs?: number;
}

/** A running node of our own. `await using` stops it. */
export interface Anvil extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

interface Manifest {
  readonly devDependencies: Readonly<Record<string, string>>;
}

const ANVIL = "@foundry-rs/anvil";
const HOST = "127.0.0.1";
const START_MS = 20_000;
const STOP_MS = 3_000;
const ASK_MS = 20;

/** The nodes that are stopped when this process ends for any reason. */
const running = new Set<ChildProcess>();
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function stopAll(): void {
  for (const child of running) child.kill("SIGTERM");
}

function stopAllAndDie(signal: NodeJS.Signals): void {
  stopAll();
  forgetProcess();
  // Our handler is removed, so the signal has its default effect, unless there are other handlers.
  process.kill(process.pid, signal);
}

function watchProcess(): void {
  process.on("exit", stopAll);
  for (const signal of SIGNALS) process.on(signal, stopAllAndDie);
}

function forgetProcess(): void {
  process.off("exit", stopAll);
  for (const signal of SIGNALS) process.off(signal, stopAllAndDie);
}

function remember(child: ChildProcess): void {
  if (running.size === 0) watchProcess();
  running.add(child);
  child.once("exit", () => {
    running.delete(child);
    if (running.size === 0) forgetProcess();
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, HOST);
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new EnvironmentError("anvil", "no free port");
  return address.port;
}

/** The version that the tests use, from this package's own list. */
function testedVersion(): string {
  const { devDependencies }: Manifest = JSON.parse(
    readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
  );
  return devDependencies[ANVIL] ?? "latest";
}

/**
 * Where anvil is installed. This package does not depend on it: only code that starts a local chain needs it.
 * @param from URL of the file that needs it: node_modules in its folder and in those above are searched
 * @throws EnvironmentError with the command that installs it
 */
export function anvilProgram(from: string = import.meta.url): string {
  try {
    return createRequire(from).resolve(`${ANVIL}/bin.mjs`);
  } catch (error) {
    const install = `npm install --save-dev ${ANVIL}@${testedVersion()}`;
    throw new EnvironmentError("anvil", `a local chain needs anvil, which is not installed: run "${install}"`, {
      cause: error,
    });
  }
}

async function chainIdAt(url: string): Promise<number | undefined> {
  try {
    return Number(await askChainId(url, START_MS));
  } catch {
    return undefined;
  }
}

function ended(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function stop(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await exit;
  clearTimeout(timer);
}

/**
 * Starts an Ethereum test node on a free port of this machine. It stops with this process at the latest.
 * @throws EnvironmentError if anvil is not installed, does not start or does not answer
 */
export async function startAnvil(options: AnvilOptions = {}): Promise<Anvil> {
  const program = anvilProgram();
  const chainId = options.chainId ?? 31337;
  const port = await freePort();
  const url = `http://${HOST}:${port}`;
  const args = ["--host", HOST, "--port", String(port), "--chain-id", String(chainId), "--silent", "--accounts", "10"];
  if (options.timestamp !== undefined) args.push("--timestamp", String(options.timestamp));
  if (options.hardfork !== undefined) args.push("--hardfork", options.hardfork);
  args.push(...(options.more ?? []));
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, TARGET_TOOL: "anvil" },
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaint = (complaint + chunk.toString()).slice(-2_000);
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new EnvironmentError("anvil", "anvil cannot be started", { cause: error })));
  });
  failed.catch(() => undefined);
  remember(child);

  const deadline = Date.now() + (options.startMs ?? START_MS);
  try {
    while ((await Promise.race([chainIdAt(url), failed])) !== chainId) {
      if (ended(child)) throw new EnvironmentError("anvil", `anvil ended at once: ${complaint.trim()}`);
      if (Date.now() > deadline) throw new EnvironmentError("anvil", `anvil does not answer at ${url}`);
      await new Promise((resolve) => setTimeout(resolve, ASK_MS));
    }
    if (child.pid === undefined) throw new EnvironmentError("anvil", "anvil has no process id");
  } catch (error) {
    await stop(child);
    throw error;
  }
  const close = () => stop(child);
  return { url, pid: child.pid, stop: close, [Symbol.asyncDispose]: close };
}
