#!/usr/bin/env node
// Starts the command line from any Node 20 or newer. The program is TypeScript that Node 24 runs as it is, so an older Node
// hands over to the Node 24 that the package brings.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const needed = 24;

function ownNode() {
  const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
  return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
}

function handOver() {
  const child = spawn(ownNode(), [...process.execArgv, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: "inherit",
  });
  const forward = (signal) => {
    // A terminal sends Ctrl-C to the whole group: the child already has it.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, forward);
  child.on("error", (error) => {
    console.error(`timebandits: cannot start Node ${needed}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    for (const each of signals) process.off(each, forward);
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

if (Number.parseInt(process.versions.node, 10) >= needed) {
  await import("./main.ts");
} else {
  try {
    handOver();
  } catch (error) {
    console.error(
      `timebandits needs Node ${needed}; run "npm install" in the project first (${error.code ?? error.message})`,
    );
    process.exitCode = 1;
  }
}
