/**
 * The interface of proving engines. Every engine reads the same proving key and witness and makes the same kind of
 * proof. The choice of engine changes only the time.
 */

import type { Groth16Proof } from "../groth16/groth16.ts";

/** A proof and its public signals. */
export interface Proven {
  readonly proof: Groth16Proof;
  /** The circuit's public signals, outputs first, each below the field order. */
  readonly publicSignals: bigint[];
}

/** Makes Groth16 proofs. */
export interface Engine {
  readonly name: string;
  /** Highest memory use of the engine's own program so far; null while unknown. */
  readonly peakMemoryMiB?: number | null;
  /** The external requirement of the engine, as the end of a sentence. Reported if it is missing. */
  readonly needs?: string;
  /** False if the engine cannot run, for example because a program is not installed. */
  available(): Promise<boolean>;
  /**
   * @param zkeyPath a Groth16 proving key
   * @param witness the bytes of a `.wtns` file, or its path
   * @throws ProofError if key and witness do not fit. A witness that does not satisfy the circuit gives a proof that
   *   does not verify, not an error.
   */
  prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven>;
  /** Ends the engine's threads. Otherwise the process does not exit. The engine can be used again afterwards. */
  close(): Promise<void>;
}
