import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const everything = "test/**/*.test.ts";
const long = "test/**/*.long.test.ts";
/** Run by commands of their own: npm run test:longest. */
const longest = "test/**/*.longest.test.ts";

// Many tests start the command line, or threads: each would compile the same modules again.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/timebandits/compiled", import.meta.url));

export default defineConfig({
  test: {
    environment: "node",
    // snarkjs starts worker threads of its own, which may fail inside vitest's.
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    // Processes that tests start, the command line among them, are not counted.
    coverage: {
      include: ["{trace,prover,verifier,service,scripts}/**/*.ts"],
      reporter: ["text-summary", "html"],
      reportsDirectory: "coverage/typescript",
    },
    projects: [
      // Many small files: what they import is loaded and compiled once for all of a process, which is nearly half of the work.
      { extends: true, test: { name: "everyday", include: [everything], exclude: [long, longest], isolate: false } },
      { extends: true, test: { name: "long", include: [long], testTimeout: 1_200_000, hookTimeout: 1_200_000 } },
      { extends: true, test: { name: "longest", include: [longest], testTimeout: 3_600_000, hookTimeout: 1_200_000 } },
    ],
  },
});
