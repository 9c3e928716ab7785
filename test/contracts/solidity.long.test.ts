import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = fileURLToPath(new URL("solidity/", import.meta.url));
/** The value of hardhat.config.ts. */
const RUNS = { testFuzz: 256, invariant: 64 } as const;

/** The functions of the Solidity tests, with the number of runs of each. */
function declared(): Map<string, number> {
  const names = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".t.sol"))) {
    const source = readFileSync(join(folder, file), "utf8");
    for (const [, name = "", kind = ""] of source.matchAll(/function ((testFuzz|test|invariant)_\w+)\(/g)) {
      names.set(name, kind === "test" ? 1 : RUNS[kind as keyof typeof RUNS]);
    }
  }
  return names;
}

/** Runs Hardhat's own command in a process of its own. */
async function hardhat(...args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const resolved = createRequire(import.meta.url).resolve("hardhat/package.json");
  const manifest: { bin: { hardhat: string } } = JSON.parse(readFileSync(resolved, "utf8"));
  const env = { ...process.env, CI: "true", HARDHAT_DISABLE_TELEMETRY: "true", NO_COLOR: "1" };
  const child = spawn(process.execPath, [join(dirname(resolved), manifest.bin.hardhat), ...args], { cwd: root, env });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += String(data);
    });
  }
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

it("every Solidity test passes in the expected number of runs", async () => {
  const { code, output } = await hardhat("test", "solidity");
  expect(code, output).toBe(0);
  const passed = new Map<string, number>();
  for (const [, name = "", runs = "1"] of output.matchAll(/✔ (\w+)\([^)]*\)(?: \(runs: (\d+)\))?/g)) {
    passed.set(name, Number(runs));
  }
  expect(passed.size).toBeGreaterThan(30);
  expect(Object.fromEntries([...passed].sort())).toEqual(Object.fromEntries([...declared()].sort()));
});

it("they cover every line of every contract but the demonstration's", async () => {
  const { code, output } = await hardhat("test", "solidity", "--coverage");
  expect(code, output).toBe(0);
  const rows = [...output.matchAll(/contracts\/(?:lib\/)?(\w+)\.sol\s*║?\s*│\s*([\d.]+)\s*│\s*([\d.]+)/g)];
  const contracts = ["contracts", "contracts/lib"]
    .flatMap((room) => readdirSync(join(root, room)))
    .filter((name) => name.endsWith(".sol"));
  expect(rows.map(([, name]) => `${name}.sol`).sort()).toEqual(contracts.sort());
  for (const [, name, lines, statements] of rows) expect([lines, statements], name).toEqual(["100.00", "100.00"]);
});
