/** Checks products of pairings on several threads. */

import { EnvironmentError } from "../../trace/errors.ts";
import { StealingPool } from "../../trace/pool/pool.ts";
import type { VerificationKey } from "../keys/verificationKey.ts";
import type { Claim } from "./groth16.ts";
import type { VerifyAnswer, VerifySetup } from "./verifyWorker.ts";

/**
 * Which claims of each batch hold.
 * @param batches of well-formed claims
 * @throws EnvironmentError if a thread fails
 */
export async function holdOnThreads(
  key: VerificationKey,
  batches: readonly Claim[][],
  threads: number,
): Promise<boolean[][]> {
  const lost = (cause: unknown): EnvironmentError =>
    new EnvironmentError("threads", `a thread that verifies proofs failed: ${String(cause)}; verify again`);
  const setup: VerifySetup = { key };
  const program = new URL("./verifyWorker.ts", import.meta.url);
  const pool = new StealingPool<readonly Claim[], VerifyAnswer>({ program, setup, threads, lost });
  try {
    const answers = await Promise.all(batches.map((batch) => pool.run(batch)));
    return answers.map((answer) => {
      if ("failed" in answer) throw lost(answer.failed);
      return answer.held;
    });
  } finally {
    await pool.close(lost("it was closed"));
  }
}
