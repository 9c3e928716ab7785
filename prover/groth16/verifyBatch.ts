/** Checks many Groth16 proofs under one key, several in one product of pairings, on one thread or several. */
import { pairingCurve } from "../keys/pairing.ts";
import type { VerificationKey } from "../keys/verificationKey.ts";
import { type Claim, checkOnce, isWellFormed, remember } from "./groth16.ts";
import { whichHold } from "./proofProduct.ts";

export { hasGroupOrder } from "./proofProduct.ts";

/** Proofs checked at once: enough to share the common cost, few enough that one bad proof delays few others. */
const AT_ONCE = 64;

/** Claims that are worth the start of further threads. */
const WORTH_THREADS = 4 * AT_ONCE;

/**
 * Checks claims together, and spares `verifyProof` those that hold. If a product is false, it is halved until the bad
 * claims are alone. They are left for `verifyProof`, which has the last word. So `verifyProof` gives the same verdicts
 * with this or without.
 *
 * @param threads that check products; this one alone if there are few claims
 * @returns the number of claims found to hold
 * @throws KeyError if the key itself must not be used
 */
export async function verifyBatch(key: VerificationKey, claims: readonly Claim[], threads = 1): Promise<number> {
  checkOnce(key);
  const wellFormed = claims.filter((claim) => isWellFormed(key, claim));
  const batches: Claim[][] = [];
  for (let from = 0; from < wellFormed.length; from += AT_ONCE) batches.push(wellFormed.slice(from, from + AT_ONCE));
  let held: boolean[][];
  if (threads > 1 && wellFormed.length >= WORTH_THREADS) {
    const { holdOnThreads } = await import("./verifyThreads.ts");
    held = await holdOnThreads(key, batches, Math.min(threads, batches.length));
  } else {
    const wasm = await pairingCurve();
    held = batches.map((batch) => whichHold(wasm, key, batch));
  }
  let confirmed = 0;
  for (const [i, batch] of batches.entries()) {
    for (const [j, claim] of batch.entries()) {
      if (held[i]?.[j] !== true) continue;
      remember(key, claim);
      confirmed++;
    }
  }
  return confirmed;
}
