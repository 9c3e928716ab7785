#!/usr/bin/env node
// The compiler that npm installed, behind as much of the native one's command line as slither uses:
// `--version`, and `--standard-json` with sources by path. `--sources` writes such an input for the registry.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import compiler from "solc";

const root = new URL("../../../", import.meta.url);
if (process.argv.includes("--version")) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${compiler.version()}`);
} else if (process.argv.includes("--sources")) {
  // The same sources and settings as the artifact's.
  const artifact = new URL("contracts/artifacts/TimeMapRegistry.json", root);
  const { sources: named, settings } = JSON.parse(readFileSync(artifact, "utf8"));
  const sources = Object.fromEntries(
    Object.keys(named).map((path) => [path, { urls: [fileURLToPath(new URL(path, root))] }]),
  );
  console.log(JSON.stringify({ language: "Solidity", sources, settings }));
} else {
  const input = JSON.parse(readFileSync(0, "utf8"));
  for (const source of Object.values(input.sources)) {
    source.content = readFileSync(source.urls[0], "utf8");
    delete source.urls;
  }
  console.log(compiler.compile(JSON.stringify(input)));
}
