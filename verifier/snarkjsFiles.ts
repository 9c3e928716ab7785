/** Writes a run's proofs as files for plain snarkjs and other Groth16 verifiers that read its format. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Bundle, rangeOf, readBundles } from "../prover/bundles/bundle.ts";
import { publicSignals } from "../prover/bundles/checkBundle.ts";
import { proofToJson } from "../prover/groth16/groth16.ts";
import type { VerificationKey } from "../prover/keys/verificationKey.ts";
import { profileOf } from "../prover/profiles.ts";
import { type KeyOptions, verifyingArtifacts } from "../prover/verifyingArtifacts.ts";
import { InvalidInputError } from "../trace/errors.ts";
import { makeFolder, unwritable } from "../trace/run/runDirectory.ts";
import { writeWhole } from "../trace/run/wholeFile.ts";
import { checkOne } from "./bundleSequence.ts";

/** The usual names of these files in snarkjs. */
export const SNARKJS_FILES = ["verification_key.json", "public.json", "proof.json"] as const;

/** One batch as snarkjs reads it. Numbers are decimal texts. Points have a third coordinate, 1. */
export interface SnarkjsFiles {
  readonly "verification_key.json": VerificationKey;
  /** preRoot, postRoot, traceRoot, span and domain, in this order. */
  readonly "public.json": readonly string[];
  readonly "proof.json": {
    readonly protocol: "groth16";
    readonly curve: "bn128";
    readonly pi_a: [string, string, string];
    readonly pi_b: [[string, string], [string, string], [string, string]];
    readonly pi_c: [string, string, string];
  };
}

/** One exported batch. */
export interface ExportedBatch {
  /** Number of the batch in the run, from 1. */
  readonly batch: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Name of the bundle. */
  readonly bundle: string;
  readonly profile: string;
  /** Hash of the verification key. */
  readonly key: string;
  readonly keyKind: string;
  /** Folder of the three files. */
  readonly folder: string;
}

/** The folder for the files, and the batches to export. */
export interface ExportOptions extends KeyOptions {
  readonly out: string;
  /**
   * Number of the only batch to export, from 1. Its files are written to `out` itself. By default every batch gets a
   * folder in `out`, named by its number.
   */
  readonly batch?: number | undefined;
}

/** A bundle and its key as snarkjs reads them. Does not verify the proof. */
export function snarkjsFiles(bundle: Bundle, key: VerificationKey): SnarkjsFiles {
  const { pi_a, pi_b, pi_c } = proofToJson(bundle.proof);
  return {
    "verification_key.json": key,
    "public.json": publicSignals(bundle.statement).map(String),
    "proof.json": {
      pi_a: [...pi_a, "1"],
      pi_b: [[...pi_b[0]], [...pi_b[1]], ["1", "0"]],
      pi_c: [...pi_c, "1"],
      protocol: "groth16",
      curve: "bn128",
    },
  };
}

/**
 * Writes the proofs of a run for snarkjs. Verifies each first, and exports nothing if one is not valid.
 *
 * @example
 * await exportDirectory("run", { out: "plain", batch: 1 });
 * // snarkjs groth16 verify plain/verification_key.json plain/public.json plain/proof.json
 *
 * @throws InvalidInputError if there is no such batch, its proof is not valid, or the files already exist
 * @throws KeyError as `verifyingArtifacts` does; EnvironmentError if the files cannot be written
 */
export async function exportDirectory(
  dir: string,
  { out, batch, ...options }: ExportOptions,
): Promise<ExportedBatch[]> {
  const bundles = await bundlesInOrder(dir);
  if (batch !== undefined && bundles[batch - 1] === undefined) {
    throw new InvalidInputError("batch", `${batch} does not exist: the run has ${bundles.length} proven batches`);
  }
  const wanted = bundles.map((entry, index) => ({ ...entry, number: index + 1 }));
  const chosen = batch === undefined ? wanted : wanted.slice(batch - 1, batch);
  const exported: { report: ExportedBatch; files: SnarkjsFiles }[] = [];
  for (const { name, bundle, number } of chosen) {
    const finding = await checkOne(bundle, options);
    if (finding !== null) throw new InvalidInputError(`proofs/${name} ${finding.field}`, finding.message);
    const { key } = await verifyingArtifacts(profileOf(bundle.profile), bundle.key.hash, options);
    const { firstSeq, lastSeq } = rangeOf(bundle);
    const folder = batch === undefined ? join(out, `${number}`) : out;
    refuseThere(folder);
    const facts = { batch: number, firstSeq, lastSeq, bundle: name, profile: bundle.profile };
    exported.push({
      report: { ...facts, key: key.vkeyHash, keyKind: key.kind, folder },
      files: snarkjsFiles(bundle, key.verificationKey),
    });
  }
  for (const { report, files } of exported) write(report.folder, files);
  return exported.map(({ report }) => report);
}

async function bundlesInOrder(dir: string): Promise<{ name: string; bundle: Bundle }[]> {
  const bundles = (await readBundles(dir)).map((entry) => {
    if ("error" in entry) throw entry.error;
    return entry;
  });
  if (bundles.length === 0) throw new InvalidInputError(dir, "has no proofs; run prove");
  return bundles.sort((a, b) => rangeOf(a.bundle).firstSeq - rangeOf(b.bundle).firstSeq);
}

function refuseThere(folder: string): void {
  const there = SNARKJS_FILES.find((name) => existsSync(join(folder, name)));
  if (there !== undefined) throw new InvalidInputError(join(folder, there), "exists already; name another folder");
}

function write(folder: string, files: SnarkjsFiles): void {
  try {
    makeFolder(folder);
    for (const name of SNARKJS_FILES) writeWhole(join(folder, name), `${JSON.stringify(files[name], null, 1)}\n`);
  } catch (error) {
    throw unwritable(folder, error, "name another folder");
  }
}
