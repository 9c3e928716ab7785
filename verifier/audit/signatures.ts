/** Compares a run's signature files with the signatures that its batches need, proven or not. */
import { batchesOf, GroupSizeError, groupsOf } from "../../prover/batches/batcher.ts";
import { profilesFor, runDomain } from "../../prover/batches/plan.ts";
import { checker, isFor, type SignatureFile, type StoredSignature } from "../../prover/signing/signatureFiles.ts";
import { type WantedSignature, wantedSignatures } from "../../prover/signing/signatures.ts";
import { type Names, type ProgramRef, programText, time } from "../../trace/describe/names.ts";
import { inOneLine, TimeBanditsError } from "../../trace/errors.ts";
import { address } from "../../trace/layout.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Run } from "../../trace/run/runDirectory.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import type { Problem } from "../bundleSequence.ts";

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
export function programsIn(map: TimeMap, names: Names): ProgramReport[] {
  return Array.from({ length: map.programs() }, (_, i) => {
    const header = map.cell(address(i + 1, 0));
    const authority = header.type === "program" ? header.authority : 0n;
    return { ...names.ref(i + 1), authority: authority === 0n ? null : authority.toString() };
  });
}

/** Input of the comparison. */
export interface SignatureQuestion {
  run: Run;
  /** The transitions, as far as the trace replays. */
  transitions: readonly Transition[];
  /** Ranges of the bundles, with their validity. */
  proofs: readonly { firstSeq: number; lastSeq: number; ok: boolean }[];
  stored: readonly StoredSignature[];
  names: Names;
  /** Name of the only profile for the unproven batches. */
  profile?: string | undefined;
}

/** Compares the signature files with the needs of each batch. */
export async function auditSignatures(
  question: SignatureQuestion,
): Promise<{ signatures: SignatureReport[]; problems: Problem[] }> {
  const { run, stored, names } = question;
  const domain = runDomain(run.manifest, run.trace.header.genesisRoot);
  const problems: Problem[] = [];
  const files: { name: string; file: SignatureFile }[] = [];
  const broken = new Set<string>();
  for (const entry of stored) {
    if ("file" in entry) files.push(entry);
    else problems.push(wrong(entry.name, entry.error.field, entry.error.message));
  }
  const holds = await checker(files);
  const signatures: SignatureReport[] = [];
  for (const { batch, proven } of batchesIn(question, problems)) {
    const [firstSeq, lastSeq] = [batch[0]?.seq ?? 0, batch.at(-1)?.seq ?? 0];
    const until = batch.at(-1)?.at ?? 0;
    for (const wanted of wantedIn(batch)) {
      const claims = files.filter(({ file }) => isFor(file, wanted, domain));
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
function batchesIn(
  { run, transitions, proofs, profile }: SignatureQuestion,
  problems: Problem[],
): { batch: readonly Transition[]; proven: boolean }[] {
  const inProofs = proofs.filter(({ lastSeq }) => lastSeq <= transitions.length);
  const batches: { batch: readonly Transition[]; proven: boolean }[] = inProofs.map(({ firstSeq, lastSeq, ok }) => {
    return { batch: transitions.slice(firstSeq - 1, lastSeq), proven: ok };
  });
  const rest = transitions.slice(proofs.at(-1)?.lastSeq ?? 0);
  if (rest.length === 0) return batches;
  try {
    const profiles = profilesFor(run.genesis.levels, run.trace.header.profiles, profile);
    for (const { transitions: batch } of batchesOf(groupsOf(rest), ...profiles)) batches.push({ batch, proven: false });
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    problems.push({
      kind: error instanceof GroupSizeError ? "wrong" : "unfinished",
      where: "trace.jsonl",
      field: "batches",
      message: error.message,
    });
  }
  return batches;
}

/** The signatures that a batch needs. An invalid range gives none: other checks report it. */
function wantedIn(batch: readonly Transition[]): WantedSignature[] {
  try {
    return wantedSignatures(batch);
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
    return [];
  }
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
