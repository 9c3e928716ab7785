/** In place of prover/curve/bn128Module.ts: the curve's module, compiled from a file beside the page. */
import url from "wasmcurves/build/bn128.wasm?url";

let compiled: Promise<WebAssembly.Module> | undefined;

/** The compiled module, once per worker. */
export function bn128Module(): Promise<WebAssembly.Module> {
  compiled ??= (async () => WebAssembly.compile(await (await fetch(url)).arrayBuffer()))();
  return compiled;
}
