/** Says loudly, above every view, that the proofs are worth nothing to strangers. */
import { usePage } from "../frame/run.ts";
import { isUnderDevelopmentKey } from "./signatureStanding.ts";

export function DevelopmentNote() {
  const { checks } = usePage();
  if (checks.report === undefined || !isUnderDevelopmentKey(checks.report)) return null;
  return (
    <p role="note" class="development-note">
      <span aria-hidden="true">⚠</span> <strong>Development key: anyone can forge these proofs.</strong> They are for
      tests.
    </p>
  );
}
