/** The engines, by name. */
import { EnvironmentError } from "../../trace/errors.ts";
import { ProverError } from "../errors.ts";
import type { Engine } from "./engine.ts";
import { FileProgramEngine } from "./fileProgram.ts";
import { nativeProgram } from "./native/program.ts";
import { NativeEngine } from "./native.ts";
import { SnarkjsEngine } from "./snarkjs.ts";
import { WasmEngine } from "./wasm.ts";

const engines: { readonly [name: string]: () => Engine } = {
  native: () => new NativeEngine(),
  wasm: () => new WasmEngine(),
  snarkjs: () => new SnarkjsEngine(),
  rapidsnark: () => new FileProgramEngine("rapidsnark"),
  snarkrs: () => new FileProgramEngine("snarkrs"),
};

/**
 * Every engine's name, the default first: the native one if it is built when this process starts, else the one in
 * WebAssembly.
 */
export const ENGINE_NAMES: readonly string[] =
  nativeProgram() === null ? ["wasm", "native", "snarkjs", "rapidsnark", "snarkrs"] : Object.keys(engines);

/** @throws ProverError ENGINE_UNKNOWN naming the known engines */
export function engineByName(name: string): Engine {
  const make = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (make === undefined) {
    const message = `there is no engine ${name}: choose one of ${ENGINE_NAMES.join(", ")}`;
    throw new ProverError("ENGINE_UNKNOWN", message, undefined, 2);
  }
  return make();
}

/** @throws EnvironmentError "engine" if the engine cannot run here, with those that can */
export async function requireAvailable(engine: Engine): Promise<void> {
  if (await engine.available()) return;
  const others: string[] = [];
  for (const name of ENGINE_NAMES.filter((each) => each !== engine.name)) {
    if (await engineByName(name).available()) others.push(name);
  }
  const needs = engine.needs ?? "what is not installed";
  const next = others.length === 0 ? "install it" : `install it, or choose one that can run: ${others.join(", ")}`;
  throw new EnvironmentError("engine", `the engine ${engine.name} cannot run here: it needs ${needs}; ${next}`);
}
