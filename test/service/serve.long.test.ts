/**
 * The whole, as users start it: `serve` as a process, two parties that propose over HTTP and sign with `sign --server`,
 * a kill in the middle, a restart, and an audit.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterEach, describe, expect, test } from "vitest";
import { MapClient } from "../../service/client/mapClient.ts";
import { kindOf } from "../../trace/layout.ts";
import { readRun } from "../../trace/run/runDirectory.ts";
import { auditDirectory } from "../../verifier/audit/audit.ts";
import { authority, secretOf } from "../lib/authorities.ts";
import { freePort } from "../lib/freePort.ts";
import { NO_POSTGRES, TestPostgres } from "../lib/postgres.ts";
import { cli, entry } from "../scripts/cli.ts";
import { emptyRun, genesisOf } from "./operator/lib/served.ts";

const [A, B] = [1, 2] as const;
const children: ChildProcess[] = [];
const issue = (program: number, quantity: bigint, slot: number) =>
  ({ effect: "Issue", kind: kindOf(program, 1), quantity, slot }) as const;

afterEach(async () => {
  for (const child of children.splice(0).reverse()) await end(child, "SIGKILL");
});

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill(signal);
  return await ended;
}

function started(args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  return child;
}

/** Starts `serve`, and waits until it says where it is. */
async function serve(dir: string, port: number, more: readonly string[]): Promise<ChildProcess> {
  const child = started(["serve", dir, "--port", `${port}`, "--batch-age", "2", "--json", ...more]);
  const lines = createInterface({ input: child.stdout as NonNullable<ChildProcess["stdout"]> });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`serve ended with ${code}`)));
  });
  expect(JSON.parse(line)).toMatchObject({ ok: true, dir });
  return child;
}

function keyFile(dir: string, program: number): string {
  const secret = Buffer.from(secretOf(program)).toString("hex");
  const text = { format: "time-bandits-key", version: 1, secret, authority: `${authority(program)}` };
  const path = `${dir}-${program}.key`;
  writeFileSync(path, `${JSON.stringify(text, null, 2)}\n`, { mode: 0o600 });
  return path;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function life(more: readonly string[], work?: (url: string) => void): Promise<void> {
  const dir = await emptyRun(genesisOf(3, 1));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let server = await serve(dir, port, more);
  work?.(url);
  const token = readFileSync(`${dir}.token`, "utf8").trim();
  const owner = new MapClient(url, { token });
  const [a, b] = [A, B].map((program) => new MapClient(url, { program, secret: secretOf(program) })) as [
    MapClient,
    MapClient,
  ];
  const keys = new Map([A, B].map((program) => [program, keyFile(dir, program)]));
  const sign = async (): Promise<void> => {
    for (const program of [A, B]) {
      const args = ["sign", "--server", url, "--program", `${program}`, "--key", keys.get(program) ?? "", "--yes"];
      const { code, stdout, stderr } = await cli(args);
      expect(code, stdout + stderr).toBe(0);
    }
  };
  /** Signs what is asked for until all of the map is proven. */
  const provenUpTo = async (seq: number): Promise<void> => {
    for (;;) {
      const { proven, halted } = await owner.status();
      expect(halted).toBeNull();
      if (proven >= seq) return;
      if ((await owner.toSign()).length > 0) await sign();
      await pause(200);
    }
  };

  expect((await a.propose([issue(A, 10n, 1)])).state.status).toBe("accepted");
  expect((await b.propose([issue(B, 20n, 1)])).state.status).toBe("accepted");
  const swap = [A, B].map((actor) => ({
    actor,
    effect: {
      effect: "EscrowToProgram",
      from: 1,
      to: { program: actor === A ? B : A, slot: 16 },
      deadline: 0,
    } as const,
  }));
  const { id, state } = await a.proposeGroup(swap);
  expect(state).toEqual({ status: "open", missing: [B] });
  const [waiting] = await b.openProposals(B);
  expect(waiting?.proposal.id).toBe(id);
  expect(await b.approve((waiting as NonNullable<typeof waiting>).proposal)).toEqual({
    ...{ status: "accepted", firstSeq: 3, lastSeq: 4 },
  });
  await provenUpTo(4);

  // Both go on, each one after the other; a kill comes in between, and nobody notices but by waiting.
  const quantities: string[] = [];
  const many = async (client: MapClient, program: number): Promise<void> => {
    for (let i = 0; i < 12; i++) {
      const quantity = BigInt(1_000 * program + i);
      const { state } = await client.propose([issue(program, quantity, 2 + i)]);
      expect(state.status).toBe("accepted");
      quantities.push(`${quantity}`);
    }
  };
  const both = Promise.all([many(a, A), many(b, B)]);
  while (quantities.length < 8) await pause(5);
  await end(server, "SIGKILL");
  server = await serve(dir, port, more);
  await both;
  await provenUpTo(4 + 24);

  expect(await end(server, "SIGTERM")).toBe(0);
  const issued = readRun(dir).trace.records.filter(({ effect, quantity }) => effect === "Issue" && quantity >= 1_000n);
  expect(issued.map(({ quantity }) => `${quantity}`).sort()).toEqual([...quantities].sort());
  expect(await auditDirectory(dir)).toMatchObject({ ok: true, state: "in order" });
}

test("two parties, one group, signatures over the wire, kill -9, restart, audit", async () => {
  await life([]);
});

describe.skipIf(NO_POSTGRES !== undefined)(
  `with a database${NO_POSTGRES === undefined ? "" : ` (${NO_POSTGRES})`}`,
  () => {
    test("and a worker in a process of its own: the same", async () => {
      await using postgres = await TestPostgres.start();
      await life(["--database", postgres.url], (url) => void started(["worker", "--server", url, "--quiet"]));
      for (const child of children.splice(0).reverse()) await end(child, "SIGKILL");
    });
  },
);
