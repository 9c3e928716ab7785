/**
 * How far a signature can be relied on. A proof covers the signatures of its batch, so no file is needed then. But
 * under a development key anybody can make a proof of acts that nobody signed.
 */
import type { AuditReport } from "../../../verifier/audit/auditReport.ts";
import type { SignatureReport } from "../../../verifier/audit/signatures.ts";

/** `checked`: its file was verified here. `proven`: a proof covers it. `forgeable`: one does that anyone can make. */
export type Standing = "checked" | "proven" | "forgeable" | "missing";

export const FORGEABLE = "only a proof under a development key says so; anyone can forge it";

export function standingOf(signature: SignatureReport, report: Pick<AuditReport, "batches" | "keys">): Standing {
  const { status, firstSeq, lastSeq } = signature;
  if (status === "missing") return "missing";
  if (status === "signed") return "checked";
  const isCovered = report.batches.some(
    (batch) =>
      batch.ok &&
      batch.firstSeq === firstSeq &&
      batch.lastSeq === lastSeq &&
      keyKindOf(batch, report) !== "development",
  );
  return isCovered ? "proven" : "forgeable";
}

/** Whether any of the proofs is under a key whose secret is public. */
export function isUnderDevelopmentKey({ developmentKeys, keys }: AuditReport): boolean {
  return developmentKeys || keys.some(({ kind }) => kind === "development");
}

/** What this page knows of the key that a batch names; not what the batch says of it. */
export function keyKindOf(batch: { profile: string; key: string }, { keys }: Pick<AuditReport, "keys">): string {
  const known = keys.find(({ profile, hash }) => profile === batch.profile && hash === batch.key);
  return known?.kind ?? "unknown";
}
