/** Where batches stand, and what they lack. */
import type { WantedSignature } from "../../prover/signing/signatures.ts";
import type { BatchBook, CutBatch } from "./batchBook.ts";
import type { KeptSignatures } from "./keptSignatures.ts";
import type { BatchReport, BatchStage, LogToSign } from "./types.ts";

/** The signatures that a batch lacks. */
export function missingFor(batch: CutBatch, signatures: KeptSignatures): WantedSignature[] {
  if (batch.bundle !== undefined || batch.asked !== undefined) return [];
  return batch.wanted.filter((wanted) => signatures.find(wanted, batch.until) === undefined);
}

/** What is to be signed for some of the batches. */
export function toSignOf(
  { batches, signatures }: { readonly batches: BatchBook; readonly signatures: KeptSignatures },
  some: readonly CutBatch[],
  signWithin: number,
): LogToSign[] {
  return some.flatMap((batch) => {
    const { firstSeq, lastSeq, until } = batch;
    const withdrawnAt = batches.deadline(batch, signWithin);
    return missingFor(batch, signatures).map(({ program, authority, log }) => {
      return { program, authority, log, firstSeq, lastSeq, until, withdrawnAt };
    });
  });
}

/** Last transitions that the chain has, and that are confirmed there. */
export interface OnChain {
  readonly submitted: number;
  readonly confirmed: number;
}

/** All batches with their stages, in order. A batch is proven only after those before it are signed. */
export function reports(batches: readonly CutBatch[], signatures: KeptSignatures, chain: OnChain): BatchReport[] {
  let signed = true;
  return batches.map((batch) => {
    const { firstSeq, lastSeq, profile } = batch;
    const missing = missingFor(batch, signatures).map(({ program }) => program);
    signed &&= missing.length === 0;
    return { firstSeq, lastSeq, profile, stage: stageOf(batch, signed, chain), missing };
  });
}

function stageOf({ bundle, setAside, lastSeq }: CutBatch, signed: boolean, chain: OnChain): BatchStage {
  if (bundle === undefined) {
    if (setAside !== undefined) return "setAside";
    return signed ? "proving" : "signing";
  }
  if (lastSeq <= chain.confirmed) return "confirmed";
  return lastSeq <= chain.submitted ? "submitted" : "proven";
}
