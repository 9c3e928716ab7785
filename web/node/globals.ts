/** The globals of Node that the code of the command line uses. Import this first in every worker. */
import { Buffer } from "buffer";

Object.assign(globalThis, {
  Buffer,
  process: {
    env: {},
    argv: [],
    execArgv: [],
    platform: "browser",
    arch: "wasm",
    version: "v24.0.0",
    versions: { node: "24.0.0" },
    cwd: () => "/",
    emitWarning: () => undefined,
    getBuiltinModule: () => undefined,
    nextTick: (work: (...given: unknown[]) => void, ...given: unknown[]) => queueMicrotask(() => work(...given)),
  },
});
