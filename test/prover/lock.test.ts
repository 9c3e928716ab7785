/** Who may write to a run directory: one process at a time, and whoever comes after one that was killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { EnvironmentError } from "../../trace/errors.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import { temporaryFolder } from "../lib/provenRun.ts";

const MODULE = new URL("../../trace/run/runLock.ts", import.meta.url).href;

/**
 * A process that tries to take the lock, says how that went, and then ends when its input says "exit", or when it is
 * killed.
 */
async function taker(dir: string): Promise<{ child: ChildProcess; said: string }> {
  const program = `
    const { lockRun } = await import(${JSON.stringify(MODULE)});
    process.stdin.on("data", () => process.exit());
    try { lockRun(${JSON.stringify(dir)}, "prove"); console.log("taken"); }
    catch (error) { console.log(error.message); }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = await new Promise<string>((resolve) => child.stdout?.setEncoding("utf8").once("data", resolve));
  return { child, said: said.trim() };
}

async function ended(child: ChildProcess, how: "exit" | "SIGKILL"): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  if (how === "exit") child.stdin?.write("exit");
  else child.kill("SIGKILL");
  await gone;
}

/** A lock as its holder would have left it. */
function leave(dir: string, holder: unknown): void {
  mkdirSync(join(dir, ".lock"));
  writeFileSync(join(dir, ".lock", "1-abc"), typeof holder === "string" ? holder : JSON.stringify(holder));
}

test("one at a time, and nothing is left afterwards", async () => {
  const dir = await temporaryFolder();
  const before = Date.now();
  {
    using _lock = lockRun(dir, "sign");
    let refusal: unknown;
    try {
      lockRun(dir, "prove");
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toBeInstanceOf(EnvironmentError);
    expect(refusal).toMatchObject({ code: "locked", exitCode: 3 });
    const { message } = refusal as EnvironmentError;
    expect(message).toContain(`process ${process.pid} (sign), since `);
    const since = Date.parse(/since (\S+);/.exec(message)?.[1] ?? "");
    expect(since).toBeGreaterThanOrEqual(before);
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(readdirSync(dir)).toEqual([".lock"]);
  }
  expect(readdirSync(dir)).toEqual([]);
  using _again = lockRun(dir, "prove");
});

test("it goes with the process that holds it, however that ends; of those who wait for it one gets it", async () => {
  const dir = await temporaryFolder();
  const first = await taker(dir);
  expect(first.said).toBe("taken");
  expect(() => lockRun(dir, "prove")).toThrow(`process ${first.child.pid} (prove)`);
  await ended(first.child, "exit");
  expect(readdirSync(dir)).toEqual([]);

  const killed = await taker(dir);
  await ended(killed.child, "SIGKILL");
  expect(existsSync(join(dir, ".lock"))).toBe(true);
  const all = await Promise.all([taker(dir), taker(dir), taker(dir)]);
  const got = all.filter(({ said }) => said === "taken");
  expect(got).toHaveLength(1);
  for (const { said } of all) if (said !== "taken") expect(said).toContain(`process ${got[0]?.child.pid} (prove)`);
});

test("a number that another process has now holds nothing; what cannot be seen from here does", async () => {
  const dir = await temporaryFolder();
  const own = { pid: process.pid, host: hostname(), since: new Date().toISOString(), verb: "prove" };
  leave(dir, { ...own, process: "another-boot 1" });
  lockRun(dir, "prove")[Symbol.dispose]();
  leave(dir, '{"pid":');
  lockRun(dir, "prove")[Symbol.dispose]();
  expect(readdirSync(dir)).toEqual([]);
  // Where nothing tells processes of one number apart, a living one is taken for the holder.
  leave(dir, { ...own, process: null });
  expect(() => lockRun(dir, "prove")).toThrow(
    `if process ${process.pid} is not timebandits, remove ${join(dir, ".lock")}`,
  );
  writeFileSync(join(dir, ".lock", "1-abc"), JSON.stringify({ ...own, host: `not-${hostname()}`, process: null }));
  expect(() => lockRun(dir, "prove")).toThrow(/on not-.* cannot be seen from here/);
  expect(readFileSync(join(dir, ".lock", "1-abc"), "utf8")).toContain("not-");
});

test("a folder that is none is named", async () => {
  const dir = join(await temporaryFolder(), "nowhere");
  expect(() => lockRun(dir, "prove")).toThrow(`${dir}: cannot be read; name a run directory`);
});
