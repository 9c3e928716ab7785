/** Compares a run's signature files with the signatures that its batches need, proven or not. */
import { GroupSizeError } from "../../prover/batches/batcher.ts";
import { checker, isFor, type SignatureFile, type StoredSignature } from "../../prover/signing/signatureFiles.ts";
import type { WantedSignature } from "../../prover/signing/signatures.ts";
import { type Names, type ProgramRef, programText, time } from "../../trace/describe/names.ts";
import { inOneLine } from "../../trace/errors.ts";
import type { Problem } from "../bundleSequence.ts";
import type { Bindings } from "./look/bindings.ts";
import type { Findings } from "./look/findings.ts";

/** A program, with the authority that signs for it. */
export interface ProgramReport extends ProgramRef {
  /** Its authority at the end, in decimal; null if it is open: the operator of the map may act in its name. */
  authority: string | null;
}

/** A signature that a batch needs. */
export interface SignatureReport {
  firstSeq: number;
  lastSeq: number;
  signer: ProgramRef;
  authority: string;
  /** `proven`: the batch's proof covers the signature, so no file is needed. */
  status: "proven" | "signed" | "missing";
  /** Seconds since 1970; null if it is missing. */
  validUntil: number | null;
  /** Name of its file. */
  file: string | null;
}

/** The programs as they are at the end. */
export function programsIn(bindings: Bindings, names: Names): ProgramReport[] {
  return Array.from({ length: bindings.programs }, (_, i) => {
    const authority = bindings.keyOf(i + 1) ?? 0n;
    return { ...names.ref(i + 1), authority: authority === 0n ? null : authority.toString() };
  });
}

/** Input of the comparison. */
export interface SignatureQuestion {
  /** What the trace gives, as far as it replays. */
  findings: Findings;
  domain: bigint;
  /** Ranges of the bundles, with their validity. */
  proofs: readonly { firstSeq: number; lastSeq: number; ok: boolean }[];
  stored: readonly StoredSignature[];
  names: Names;
}

/** A batch that needs signatures. */
interface SignedBatch {
  firstSeq: number;
  lastSeq: number;
  /** Time of its last transition. */
  until: number;
  wanted: readonly Pick<WantedSignature, "program" | "authority" | "log">[];
  proven: boolean;
}

/** Compares the signature files with the needs of each batch. */
export async function auditSignatures(
  question: SignatureQuestion,
): Promise<{ signatures: SignatureReport[]; problems: Problem[] }> {
  const { domain, stored, names } = question;
  const problems: Problem[] = [];
  const files: { name: string; file: SignatureFile }[] = [];
  const broken = new Set<string>();
  for (const entry of stored) {
    if ("file" in entry) files.push(entry);
    else problems.push(wrong(entry.name, entry.error.field, entry.error.message));
  }
  const holds = await checker(files);
  const signatures: SignatureReport[] = [];
  const byLog = new Map<bigint, typeof files>();
  for (const entry of files) {
    const alike = byLog.get(entry.file.log);
    if (alike === undefined) byLog.set(entry.file.log, [entry]);
    else alike.push(entry);
  }
  for (const { firstSeq, lastSeq, until, wanted: all, proven } of batchesIn(question, problems)) {
    for (const wanted of all) {
      const claims = (byLog.get(wanted.log) ?? []).filter(({ file }) => isFor(file, wanted, domain));
      const good = claims.filter((claim) => holds(claim.file));
      for (const { name } of claims) {
        if (good.some((claim) => claim.name === name) || broken.has(name)) continue;
        broken.add(name);
        problems.push(
          wrong(name, "signature", "is not valid for this program, log and domain; remove it and sign again"),
        );
      }
      const claim = good.find(({ file }) => file.validUntil >= until);
      const status = claim !== undefined ? "signed" : proven ? "proven" : "missing";
      const signer = names.ref(wanted.program);
      signatures.push({
        firstSeq,
        lastSeq,
        signer,
        authority: wanted.authority.toString(),
        status,
        validUntil: claim?.file.validUntil ?? null,
        file: claim?.name ?? null,
      });
      if (status === "missing") problems.push(missing(firstSeq, lastSeq, signer, good[0]?.file));
    }
  }
  return { signatures, problems };
}

/** The proven batches, then those planned for the rest of the trace. */
function batchesIn({ findings, proofs }: SignatureQuestion, problems: Problem[]): SignedBatch[] {
  const inProofs = proofs.flatMap(({ firstSeq, lastSeq, ok }, index): SignedBatch[] => {
    const seen = findings.seen.get(index);
    return seen === undefined ? [] : [{ firstSeq, lastSeq, until: seen.until, wanted: seen.wanted, proven: ok }];
  });
  const { batches, failure } = findings.plan;
  if (failure !== undefined) {
    problems.push({
      kind: failure instanceof GroupSizeError ? "wrong" : "unfinished",
      where: "trace.jsonl",
      field: "batches",
      message: failure.message,
    });
  }
  return [...inProofs, ...batches.map((batch) => ({ ...batch, proven: false }))];
}

function wrong(name: string, field: string, message: string): Problem {
  return { kind: "wrong", where: `signatures/${inOneLine(name)}`, field, message };
}

function missing(firstSeq: number, lastSeq: number, signer: ProgramRef, late: SignatureFile | undefined): Problem {
  const who = programText(signer);
  const message =
    late === undefined
      ? `of ${who} is missing; the holder of its key runs sign --program ${signer.program}`
      : `of ${who} is valid only until ${time(late.validUntil)}, before the batch ends; sign again`;
  return { kind: "unfinished", where: `batch ${firstSeq}..${lastSeq}`, field: "signature", message };
}
