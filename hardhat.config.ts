import { createRequire } from "node:module";
import { defineConfig } from "hardhat/config";
import { COMPILER_SETTINGS } from "./verifier/chain-compile.ts";

// The compiler is the one that npm installed: nothing is downloaded.
const require = createRequire(import.meta.url);
const compiler: { version: string } = require("solc/package.json");

export default defineConfig({
  solidity: {
    compilers: [
      { version: compiler.version, path: require.resolve("solc/soljson.js"), settings: { ...COMPILER_SETTINGS } },
    ],
  },
});
