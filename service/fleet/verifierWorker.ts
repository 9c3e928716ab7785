/** A thread that verifies bundles until it is terminated. */
import type { Bundle } from "../../prover/bundles/bundle.ts";
import { checkBundle, publicSignals } from "../../prover/bundles/checkBundle.ts";
import { verifyBatch } from "../../prover/groth16/verifyBatch.ts";
import type { VerifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { serve } from "../../trace/pool/jobLoop.ts";

/** Bundles of one profile, and what to check them against. */
export interface VerifyTask {
  readonly artifacts: VerifyingArtifacts;
  readonly bundles: readonly Bundle[];
}

/** The fault of each bundle, or null. */
export type VerifyAnswer = readonly (string | null)[];

async function answer({ artifacts, bundles }: VerifyTask): Promise<VerifyAnswer> {
  // One product of pairings for all. If it does not hold, each is checked by itself.
  const claims = bundles.map(({ statement, proof }) => ({ publicSignals: publicSignals(statement), proof }));
  if (bundles.length > 1) await verifyBatch(artifacts.key.verificationKey, claims);
  const faults: (string | null)[] = [];
  for (const bundle of bundles) {
    const finding = await checkBundle(bundle, artifacts);
    faults.push(finding === null ? null : `${finding.field}: ${finding.message}`);
  }
  return faults;
}

await serve(() => answer);
