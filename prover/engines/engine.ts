/**
 * What makes proofs. Every engine reads the same proving key and the same witness and gives the same kind of proof; which one
 * is used changes the time it takes and nothing else.
 */

import { EnvironmentError } from "../../trace/errors.ts";
import { ProverError } from "../errors.ts";
import type { Groth16Proof } from "../groth16/groth16.ts";
import { nativeProgram } from "./native/program.ts";
import { NativeEngine } from "./native.ts";
import { RapidsnarkEngine } from "./rapidsnark.ts";
import { SnarkjsEngine } from "./snarkjs.ts";
import { WasmEngine } from "./wasm.ts";

/** A proof and what it is a proof of. */
export interface Proven {
  readonly proof: Groth16Proof;
  /** The circuit's public signals, outputs first, each below the field order. */
  readonly publicSignals: bigint[];
}

export interface Engine {
  readonly name: string;
  /** The most memory that a program of the engine's own has taken so far; null as long as that is not known. */
  readonly peakMemoryMiB?: number | null;
  /** What it needs and does not bring along, as the end of a sentence; said where it is not there. */
  readonly needs?: string;
  /** False where the engine cannot run: a program that is not installed, say. */
  available(): Promise<boolean>;
  /**
   * @param zkeyPath a Groth16 proving key
   * @param witness the bytes of a `.wtns` file, or its path
   * @throws ProofError if key and witness do not fit. A witness that does not satisfy the circuit gives a proof that does
   *   not verify, not an error.
   */
  prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven>;
  /** Ends the engine's threads. Without it the process does not exit; the engine can be used again afterwards. */
  close(): Promise<void>;
}

const engines: { readonly [name: string]: () => Engine } = {
  native: () => new NativeEngine(),
  wasm: () => new WasmEngine(),
  snarkjs: () => new SnarkjsEngine(),
  rapidsnark: () => new RapidsnarkEngine(),
};

/** Every engine's name, the default first: the native one where it is built when this process starts, else the one in WebAssembly. */
export const ENGINE_NAMES: readonly string[] =
  nativeProgram() === null ? ["wasm", "native", "snarkjs", "rapidsnark"] : Object.keys(engines);

/** @throws ProverError ENGINE_UNKNOWN naming the engines there are */
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
