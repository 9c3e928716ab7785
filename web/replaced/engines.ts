/** In place of prover/engines/index.ts: the one engine that a browser runs. */
import type { Engine } from "../../prover/engines/engine.ts";
import { WasmEngine } from "../../prover/engines/wasm.ts";

export const ENGINE_NAMES: readonly string[] = ["wasm"];

/** @throws Error for another engine than the page's */
export function engineByName(name: string): Engine {
  if (name === "wasm") return new WasmEngine();
  throw new Error(`the page has no engine ${name}`);
}

export async function requireAvailable(): Promise<void> {
  // It needs nothing that a browser lacks.
}
