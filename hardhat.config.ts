import { accessSync, constants } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { defineConfig } from "hardhat/config";
import { COMPILER_SETTINGS } from "./contracts/compiler.ts";
import { cacheRoot } from "./prover/storage/cache.ts";

// The compiler is the one that npm installed: nothing is downloaded.
const require = createRequire(import.meta.url);
const compiler: { version: string } = require("solc/package.json");

/** How much chance the Solidity tests get: `CONTRACT_TEST_RUNS` times as many runs as usual. */
const more = Number(process.env.CONTRACT_TEST_RUNS ?? "1");

/** Whether this folder may be written to: that of an installation may belong to somebody else. */
function writable(): boolean {
  try {
    accessSync(import.meta.dirname, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where compiled contracts go then. */
function elsewhere(): { artifacts: string; cache: string } {
  const folder = join(cacheRoot(), "hardhat");
  return { artifacts: join(folder, "artifacts"), cache: join(folder, "cache") };
}

export default defineConfig({
  solidity: {
    compilers: [
      { version: compiler.version, path: require.resolve("solc/soljson.js"), settings: { ...COMPILER_SETTINGS } },
    ],
  },
  paths: { tests: { solidity: "./test/contracts/solidity" }, ...(writable() ? {} : elsewhere()) },
  test: {
    solidity: {
      blockTimestamp: 1_800_000_000n,
      fuzz: { runs: Math.ceil(256 * more) },
      // An action of the handler that finds something wrong reverts.
      invariant: { runs: Math.ceil(64 * more), depth: 64, failOnRevert: true },
    },
  },
});
