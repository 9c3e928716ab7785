import { solidityProof } from "../../prover/groth16/groth16.ts";
import { isDevelopmentKey } from "../../prover/keys/check.ts";
import { solidityPoints, type VerificationKey, verificationKeyHash } from "../../prover/keys/verificationKey.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { isLocalChain } from "./connect.ts";
import { ChainRefusal } from "./errors.ts";

/** A key's name on chain, and a proof's eight words as contracts take them: A, B (the imaginary part first), C. */
export { solidityProof as proofWords, type VerificationKey, verificationKeyHash as keyHash };

/** preRoot, postRoot, traceRoot, span, domain. */
const PUBLIC_INPUTS = 5;

/** The 26 words by which the registry knows a key: alpha, beta, gamma, delta, IC0..IC5. */
export function keyWords(key: VerificationKey): bigint[] {
  const inputs = key.IC.length - 1;
  if (inputs !== PUBLIC_INPUTS) {
    throw new InvalidInputError("IC", `the key is for ${inputs} public inputs, not for ${PUBLIC_INPUTS}`);
  }
  return solidityPoints(key);
}

/**
 * Refuses a development key, by its points, on any chain but 31337 and 1337. The registry refuses it as well; this
 * saves the transaction. A key that passes may still be one of which somebody knows the secrets: no look at a key can
 * tell.
 */
export async function refuseDevelopmentKeyOnPublicChain(key: VerificationKey, chainId: bigint): Promise<void> {
  if (isLocalChain(chainId) || !(await isDevelopmentKey(key))) return;
  throw new ChainRefusal("DevelopmentKeyOnPublicChain", { chainId });
}
