/**
 * Poseidon over BN254 with circomlib's parameters, by circomlibjs (WebAssembly). The capacity lane can start at a tag
 * or carry on from an earlier call, which the circuit's template does in the same way.
 */
import { buildPoseidon } from "circomlibjs";

const poseidon = await buildPoseidon();
const F = poseidon.F;

/**
 * One call of the permutation over 1 to 16 words.
 * @param capacity initial capacity lane: a tag, or the digest to carry on from
 * @param inputs 1 to 16 words below the field's order
 * @returns lane 0 of the state afterwards
 */
export function hash(capacity: bigint, inputs: readonly bigint[]): bigint {
  return F.toObject(poseidon(inputs as bigint[], F.e(capacity))) as bigint;
}

/** Like {@link hash}, and returns the first `lanes` lanes of the state. */
export function hashLanes(capacity: bigint, inputs: readonly bigint[], lanes: number): bigint[] {
  const out = poseidon(inputs as bigint[], F.e(capacity), lanes) as unknown as Uint8Array[];
  return out.map((lane) => F.toObject(lane) as bigint);
}
