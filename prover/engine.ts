/**
 * What makes proofs. Every engine reads the same proving key and the same witness and gives the same kind of proof; which one
 * is used changes the time it takes and nothing else.
 */
import { SnarkjsEngine } from "./engines/snarkjs.ts";
import { WasmEngine } from "./engines/wasm.ts";
import { ProverError } from "./errors.ts";
import type { Groth16Proof } from "./groth16.ts";

/** A proof and what it is a proof of. */
export interface Proven {
  readonly proof: Groth16Proof;
  /** The circuit's public signals, outputs first, each below the field order. */
  readonly publicSignals: bigint[];
}

export interface Engine {
  readonly name: string;
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
  wasm: () => new WasmEngine(),
  snarkjs: () => new SnarkjsEngine(),
};

/** Every engine's name, the default first. */
export const ENGINE_NAMES: readonly string[] = Object.keys(engines);

/** @throws ProverError ENGINE_UNKNOWN naming the engines there are */
export function engineByName(name: string): Engine {
  const make = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (make === undefined) {
    const message = `there is no engine ${name}: choose one of ${ENGINE_NAMES.join(", ")}`;
    throw new ProverError("ENGINE_UNKNOWN", message, undefined, 2);
  }
  return make();
}
