import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";
import { COMPILER_SETTINGS } from "./verifier/chain-compile.ts";

// The compiler is the one that npm installed: nothing is downloaded.
const require = createRequire(import.meta.url);
const compiler: { version: string } = require("solc/package.json");

/** How much chance the Solidity tests get: `CONTRACT_TEST_RUNS` times as many runs as usual. */
const more = Number(process.env.CONTRACT_TEST_RUNS ?? "1");

export default defineConfig({
  solidity: {
    compilers: [
      { version: compiler.version, path: require.resolve("solc/soljson.js"), settings: { ...COMPILER_SETTINGS } },
    ],
  },
  paths: { tests: { solidity: "./test/contracts/solidity" } },
  test: {
    solidity: {
      blockTimestamp: 1_800_000_000n,
      fuzz: { runs: Math.ceil(256 * more) },
      // An action of the handler that finds something wrong reverts.
      invariant: { runs: Math.ceil(64 * more), depth: 64, failOnRevert: true },
    },
  },
});
