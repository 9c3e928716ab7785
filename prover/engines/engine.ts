/**
 * What makes proofs. Every engine reads the same proving key and the same witness and gives the same kind of proof;
 * which one is used changes the time it takes and nothing else.
 */

import type { Groth16Proof } from "../groth16/groth16.ts";

/** A proof and what it is a proof of. */
export interface Proven {
  readonly proof: Groth16Proof;
  /** The circuit's public signals, outputs first, each below the field order. */
  readonly publicSignals: bigint[];
}

/** Makes Groth16 proofs. */
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
   * @throws ProofError if key and witness do not fit. A witness that does not satisfy the circuit gives a proof that
   *   does not verify, not an error.
   */
  prove(zkeyPath: string, witness: Uint8Array | string): Promise<Proven>;
  /** Ends the engine's threads. Without it the process does not exit; the engine can be used again afterwards. */
  close(): Promise<void>;
}
