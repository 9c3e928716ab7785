/** A thread that checks products of pairings, one after the other, until it is terminated. */
import { serve } from "../../trace/pool/jobLoop.ts";
import { pairingCurve } from "../keys/pairing.ts";
import type { VerificationKey } from "../keys/verificationKey.ts";
import type { Claim } from "./groth16.ts";
import { whichHold } from "./proofProduct.ts";

export interface VerifySetup {
  readonly key: VerificationKey;
}

export type VerifyAnswer = { readonly held: boolean[] } | { readonly failed: string };

await serve(({ key }: VerifySetup) => async (claims: readonly Claim[]): Promise<VerifyAnswer> => {
  try {
    return { held: whichHold(await pairingCurve(), key, claims) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
});
