import { solidityProof } from "../../prover/groth16/groth16.ts";
import { isDevelopmentKey } from "../../prover/keys/check.ts";
import { solidityPoints, type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { isLocalChain } from "./connect.ts";
import { ChainRefusal } from "./errors.ts";

/** A key's hash on chain, and a proof's eight words as contracts read them: A, B (imaginary part first), C. */
export { solidityProof as proofWords, type VerificationKey, verificationKeyHash as keyHash };

/** The 30 words of a key on the registry: alpha, beta, gamma, delta, IC0..IC7. */
export function keyWords(key: VerificationKey): bigint[] {
  const inputs = key.IC.length - 1;
  if (inputs !== PUBLIC_INPUTS.length) {
    throw new InvalidInputError("IC", `the key is for ${inputs} public inputs, not for ${PUBLIC_INPUTS.length}`);
  }
  return solidityPoints(key);
}

/**
 * Refuses a development key, by its points, on every chain except 31337 and 1337. The registry refuses it too; this
 * check saves the transaction. No check of a key can show that its secrets are unknown.
 */
export async function refuseDevelopmentKeyOnPublicChain(key: VerificationKey, chainId: bigint): Promise<void> {
  if (isLocalChain(chainId) || !(await isDevelopmentKey(key))) return;
  throw new ChainRefusal("DevelopmentKeyOnPublicChain", { chainId });
}
