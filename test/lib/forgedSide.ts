/** Proofs for the example's maps, made with the development key's secrets: valid, and cheap. */
import { artifactsOf } from "../../prover/artifacts.ts";
import { openBatch } from "../../prover/batches/batchInput.ts";
import { bundlesFor } from "../../prover/batches/batchStatus.ts";
import { planOf } from "../../prover/batches/plan.ts";
import { writeBundle } from "../../prover/bundles/bundle.ts";
import { bundleOf } from "../adversary/lib/knownRuns.ts";

/** Forges a bundle for each batch that has none. */
export async function forgeMissing(dir: string): Promise<void> {
  const { batches, map, domain, stored } = await planOf(dir);
  for (const batch of batches) {
    const { statement } = openBatch(map, batch.transitions, batch.profile, domain);
    if (bundlesFor(stored, batch).length > 0) continue;
    await writeBundle(dir, bundleOf(await artifactsOf(batch.profile), statement));
  }
}
