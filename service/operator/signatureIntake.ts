/** What happens to signatures over logs that are handed in. */
import type { SignatureFile } from "../../prover/signing/signatureFiles.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { CutBatch } from "./batchBook.ts";
import type { Answer } from "./intake.ts";
import type { JournalLine } from "./journalLines.ts";
import type { Loaded } from "./loaded.ts";
import { missingFor } from "./stages.ts";

type Verify = typeof import("../../trace/signing/signature.ts").verifyLog;

/**
 * Takes a signature.
 * @returns the ends of the batches that it serves
 * @throws InvalidInputError as `Operator.sign` does
 */
export function takeSignature(loaded: Loaded, now: number, file: SignatureFile, verify: Verify): Answer<number[]> {
  const { facts, signatures, batches, suspensions } = loaded;
  const { program, log, validUntil, domain, signature } = file;
  const known = signatures.known(program, log);
  if (domain !== facts.domain) throw new InvalidInputError("domain", `is not this map's, ${facts.domain}`);
  if (known === undefined)
    throw new InvalidInputError("log", `is none that program ${program} had lately and must sign`);
  if (validUntil < known.at)
    throw new InvalidInputError("validUntil", `is ${validUntil}, before the end of the batch, ${known.at}`);
  if (!verify(known.authority, { domain, program, log, validUntil }, signature))
    throw new InvalidInputError(
      "signature",
      `is not program ${program}'s over this log, with the key that must sign it`,
    );
  const wants = ({ wanted }: CutBatch): boolean => wanted.some((each) => each.program === program && each.log === log);
  const open = batches.batches.filter(({ bundle, asked }) => bundle === undefined && asked === undefined);
  // The proof that is asked for names the signature that it has.
  if (batches.batches.some((batch) => wants(batch) && !open.includes(batch))) return { value: [], lines: [] };
  // Only for batches that lack it: one over a log that is signed already, but valid longer, shows nothing.
  const lacking = open.filter((batch) => missingFor(batch, signatures).some((each) => each.program === program));
  const kept = { program, log, validUntil, domain, signature, lastSeq: known.seq };
  if (!signatures.keep(kept)) return { value: [], lines: [] };
  const served = open.filter(wants);
  const lines: JournalLine[] = [{ signature: kept }];
  for (const batch of served)
    if (lacking.includes(batch)) lines.push(...suspensions.signed(program, batch.acted.get(program) ?? 0, now));
  return { value: served.map(({ lastSeq }) => lastSeq), lines };
}
