/** A PostgreSQL of the test's own: in a temporary folder, on a free port of 127.0.0.1, stopped by its own number. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { freePort } from "./freePort.ts";

/** PostgreSQL refuses to run as root. */
interface User {
  uid?: number;
  gid?: number;
}

const PROGRAMS = "/usr/lib/postgresql";

/** The folder of the newest PostgreSQL's programs; undefined if there is none. */
function folderOfPrograms(): string | undefined {
  const versions = existsSync(PROGRAMS) ? readdirSync(PROGRAMS).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(PROGRAMS, version, "bin")),
    ...(process.env.PATH ?? "").split(delimiter),
  ];
  return folders.find((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
}

function userFor(): User | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of ["postgres", "nobody"]) {
    try {
      const number = (flag: string): number => Number(execFileSync("id", [flag, name], { stdio: "pipe" }).toString());
      return { uid: number("-u"), gid: number("-g") };
    } catch {
      // No such user.
    }
  }
  return undefined;
}

const programs = folderOfPrograms();
const user = programs === undefined ? undefined : userFor();

/** Why there is no PostgreSQL for tests here; undefined if there is. Tests that need one are skipped then. */
export const NO_POSTGRES: string | undefined =
  programs === undefined
    ? "PostgreSQL is not installed (apt-get install postgresql)"
    : user === undefined
      ? "PostgreSQL refuses to run as root, and there is no user postgres or nobody"
      : undefined;

/** A running PostgreSQL. */
export class TestPostgres implements AsyncDisposable {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://tester@127.0.0.1:${port}/postgres`;
  }

  /** Starts one. @throws if there is none here: see {@link NO_POSTGRES} */
  static async start(): Promise<TestPostgres> {
    if (programs === undefined || user === undefined) throw new Error(NO_POSTGRES);
    const folder = mkdtempSync(join(tmpdir(), "timebandits-postgres-"));
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid ?? 0);
    const options = ["-D", join(folder, "data"), "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale", "C", "-N"];
    execFileSync(join(programs, "initdb"), options, { ...user, cwd: folder, stdio: "pipe" });
    const postgres = new TestPostgres(folder, await freePort());
    await postgres.restart();
    return postgres;
  }

  /** Number of its first process. */
  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** Starts it again after it ended. */
  async restart(): Promise<void> {
    const settings = [`port=${this.#port}`, "listen_addresses=127.0.0.1", `unix_socket_directories=${this.#folder}`];
    const args = ["-D", join(this.#folder, "data"), ...settings.flatMap((each) => ["-c", each])];
    const child = spawn(join(programs ?? "", "postgres"), args, { ...user, cwd: this.#folder, stdio: "ignore" });
    this.#child = child;
    for (;;) {
      if (child.exitCode !== null) throw new Error(`postgres ended with ${child.exitCode}`);
      const client = new pg.Client({ connectionString: this.url, connectionTimeoutMillis: 1_000 });
      client.on("error", () => undefined);
      try {
        await client.connect();
        await client.end();
        return;
      } catch {
        await client.end().catch(() => undefined);
        await pause(50);
      }
    }
  }

  /** Ends it at once, as a power cut does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
    // Its helpers notice that it is gone, and end too. Until then they keep the shared memory.
    await pause(500);
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
    await this.#end("SIGINT");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
