/** New proofs that do not verify. */
import { span } from "../../trace/describe/count.ts";
import { TimeBanditsError } from "../../trace/errors.ts";
import { type Bundle, rangeOf } from "../bundles/bundle.ts";
import { checkBundle } from "../bundles/checkBundle.ts";
import type { Engine } from "../engines/engine.ts";
import type { VerifyingArtifacts } from "../verifyingArtifacts.ts";

/** A new proof does not verify. The fault lies in the engine or the circuit, not in the trace. */
export class UnprovenError extends TimeBanditsError {
  constructor(message: string) {
    super("unproven", message);
  }
}

/** @throws UnprovenError if a new proof does not verify */
export async function requireHolds(bundle: Bundle, artifacts: VerifyingArtifacts, engine: Engine): Promise<void> {
  const finding = await checkBundle(bundle, artifacts);
  if (finding === null) return;
  const { firstSeq, lastSeq } = rangeOf(bundle);
  throw new UnprovenError(
    `${engine.name}'s proof of ${span("transition", firstSeq, lastSeq)} does not verify: ${finding.field} ${finding.message}; try another engine`,
  );
}
