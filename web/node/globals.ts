/** The globals of Node that the code of the command line uses. Import this first in every worker. */
import { Buffer } from "buffer";

// Some browsers lack the names by which what was opened is closed again.
for (const name of ["dispose", "asyncDispose"] as const)
  if (Symbol[name] === undefined) Object.defineProperty(Symbol, name, { value: Symbol.for(`Symbol.${name}`) });

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
