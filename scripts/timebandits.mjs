#!/usr/bin/env node
// Starts the command line from any Node 20 or newer. An installed package has the program compiled, and runs it on this
// Node. A clone has it as TypeScript, which Node 24 runs as it is: there an older Node hands over to the Node 24 that
// the clone brings. Where the system limits how many addresses a process may have (ulimit -v), it is handed over as
// well: threads that find no room end the whole process, and somebody must be left to say so.
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const isClone = existsSync(new URL("main.ts", import.meta.url));
const needed = isClone ? 24 : 20;
/** What the surroundings lack. */
const ENVIRONMENT = 3;
/** Each memory of WebAssembly takes ten gigabytes of addresses without it. */
const SPARING = "--disable-wasm-trap-handler";
/** How Node ends when it finds no memory, no addresses, no threads. */
const CRASHES = new Set(["SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"]);
const DUMP = /# Fatal |FATAL ERROR|Assertion failed|Native stack trace|terminate called/;

function fail(code, message) {
  if (process.argv.includes("--json"))
    console.log(JSON.stringify({ schemaVersion: 1, ok: false, error: { code, message } }));
  else console.error(`timebandits: ${message}`);
  process.exitCode = ENVIRONMENT;
}

function ownNode() {
  if (Number.parseInt(process.versions.node, 10) >= needed) return process.execPath;
  if (!isClone) throw new Error(`this is Node ${process.versions.node}`);
  const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
  return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
}

/** Whether there is a limit to addresses; only Linux says so. */
function isLimited() {
  try {
    const limit = /^Max address space +(\S+)/m.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return limit !== undefined && limit !== "unlimited";
  } catch {
    return false;
  }
}

function handOver(limited) {
  const options = process.env.NODE_OPTIONS ?? "";
  const child = spawn(ownNode(), [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ["inherit", "inherit", limited ? "pipe" : "inherit"],
    env: limited ? { ...process.env, NODE_OPTIONS: `${options} ${SPARING}`.trim() } : process.env,
  });
  // A crash is told in a sentence, not in what Node dumps.
  let dumping = false;
  child.stderr?.on("data", (chunk) => {
    dumping ||= DUMP.test(chunk.toString("latin1"));
    if (!dumping) process.stderr.write(chunk);
  });
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole group: the child already has it.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  child.on("error", (error) => fail("node", `cannot start Node ${needed}: ${error.message}; run "npm install" again`));
  child.on("close", (code, signal) => {
    for (const each of signals) process.off(each, forward);
    if (signal === null) process.exitCode ??= code ?? 1;
    else if (!CRASHES.has(signal)) process.kill(process.pid, signal);
    else if (limited) fail("memory", "there is too little address space; allow more: ulimit -v unlimited");
    else
      fail("memory", `Node ended by ${signal}, as it does where memory is short; allow more, or prove with --jobs 1`);
  });
}

/** What keeps the program from being loaded at all. */
function unloadable(error) {
  if (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND") {
    return fail(
      "install",
      `something is not installed; run "npm install" in the project (${error.message.split("\n")[0]})`,
    );
  }
  if (typeof error.syscall === "string" || /out of memory|could not allocate/i.test(String(error.message))) {
    return fail("system", `the program cannot be loaded: ${error.message}; allow what is missing, and try again`);
  }
  throw error;
}

const main = isClone ? "./main.ts" : "../dist/scripts/main.js";
const canSpare =
  process.allowedNodeEnvironmentFlags.has(SPARING) && !(process.env.NODE_OPTIONS ?? "").includes(SPARING);
const limited = canSpare && isLimited();
if (Number.parseInt(process.versions.node, 10) >= needed && !limited) {
  await import(main).catch(unloadable);
} else {
  try {
    handOver(limited);
  } catch (error) {
    fail(
      "node",
      isClone
        ? `timebandits needs Node ${needed}; run "npm install" in the project first (${error.code ?? error.message})`
        : `timebandits needs Node ${needed} or newer: ${error.message}`,
    );
  }
}
