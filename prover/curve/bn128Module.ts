/** The compiled module of the curve. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The compiled module, once per process; it can be posted to workers. */
export function bn128Module(): Promise<WebAssembly.Module> {
  compiled ??= (async () => {
    const path = createRequire(import.meta.url).resolve("wasmcurves/build/bn128.wasm");
    return await WebAssembly.compile(new Uint8Array(await readFile(path)));
  })();
  return compiled;
}
