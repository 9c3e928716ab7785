#!/usr/bin/env node
// The compiler that npm installed, behind as much of the native one's command line as slither uses:
// `--version`, and `--standard-json` with sources by path. `--sources` writes such an input for the registry.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import compiler from "solc";

const root = new URL("../../../", import.meta.url);
if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${compiler.version()}`);
} else if (process.argv.includes("--sources")) {
  const names = readdirSync(new URL("contracts/", root), { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".sol") && !name.startsWith("demo"),
  );
  const sources = Object.fromEntries(
    names.map((name) => [`contracts/${name}`, { urls: [fileURLToPath(new URL(`contracts/${name}`, root))] }]),
  );
  const settings = { optimizer: { enabled: true, runs: 200 }, evmVersion: "cancun" };
  console.log(JSON.stringify({ language: "Solidity", sources, settings }));
} else {
  const input = JSON.parse(readFileSync(0, "utf8"));
  for (const source of Object.values(input.sources)) {
    source.content = readFileSync(source.urls[0], "utf8");
    delete source.urls;
  }
  console.log(compiler.compile(JSON.stringify(input)));
}
