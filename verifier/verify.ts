/** `verify`: what a run's proofs say by themselves, without the trace. */

import { existsSync } from "node:fs";
import { rangeOf, readBundles } from "../prover/bundles/bundle.ts";
import type { OnProgress } from "../prover/circuit/build.ts";
import { KeyError } from "../prover/errors.ts";
import type { KeyReport } from "../prover/keyReport.ts";
import { refuseDevelopmentKeyOn } from "../prover/keys/check.ts";
import type { KeyOptions } from "../prover/verifyingArtifacts.ts";
import { localDomain } from "../trace/commitment/commit.ts";
import { count, plural, span } from "../trace/describe/count.ts";
import { TimeBanditsError } from "../trace/errors.ts";
import { parseGenesis } from "../trace/run/genesisFile.ts";
import { parseManifest } from "../trace/run/manifest.ts";
import { lastSeqIn, pathIn, readRun, textAt } from "../trace/run/runDirectory.ts";
import { mapOf } from "../trace/state/genesis.ts";
import { batchName, checkChain, type Problem, type ReadBundle } from "./bundleSequence.ts";
import { batchKeyReports, keyNotes } from "./keyReports.ts";

/** One batch of the report; numbers of the field are decimal texts, times are seconds since 1970. */
export interface BatchReport {
  bundle: string;
  profile: string;
  firstSeq: number;
  lastSeq: number;
  notBefore: number;
  until: number;
  preRoot: string;
  postRoot: string;
  traceRoot: string;
  domain: string;
  key: string;
  /** "development": anybody can make such proofs; good for tests only. See `KeyKind`. */
  keyKind: string;
  ok: boolean;
}

/** What a run's proofs say by themselves. */
export interface VerifyReport {
  ok: boolean;
  batches: BatchReport[];
  problems: Problem[];
  /** What the proofs cover and what they are bound to; null if there are none. */
  proven: { transitions: number; preRoot: string; postRoot: string; domain: string } | null;
  /**
   * The transitions behind the last proof, by the end of the trace, which is not looked into; null if there are none,
   * or no trace.
   */
  unproven: { firstSeq: number; lastSeq: number } | null;
  /** True if any proof was made with a development key. */
  developmentKeys: boolean;
  /** Every key that a batch names, and where it comes from. */
  keys: KeyReport[];
  /** What the reader should know though nothing is wrong. */
  notes: string[];
}

/**
 * Verifies the bundles of a run directory: every text, key and proof, and that the batches follow one another without a
 * gap from the first transition on. Of the other files the genesis is used, to compare the first root, and the chain
 * that the manifest names, where a development key may count for nothing; of the trace its end is, to say what is
 * not proven yet. What happened in the batches is for `auditDirectory` to say.
 *
 * Neither the circuit nor the proving key is needed, only the verification keys: see `verifyingArtifacts`.
 *
 * @param options `keys`: verification keys that the caller vouches for; no others count then
 * @returns a report with `ok` false and the problems by batch, if something is wrong
 * @throws KeyError KEY_NOT_HERE if there is no verification key of a profile; KeyError, CacheError if the one here
 *   must not be used
 */
export async function verifyDirectory(
  dir: string,
  options: KeyOptions & { onProgress?: OnProgress | undefined } = {},
): Promise<VerifyReport> {
  const inFiles: Problem[] = [];
  const notes: string[] = [];
  const genesisRoot = rootOfGenesis(dir, inFiles, notes);
  const chainId = chainIdOf(dir, inFiles);
  const chain = await checkChain(await readBundles(dir), genesisRoot, options);
  const problems = [...inFiles, ...chain.problems, ...forgeableOn(chainId, chain.bundles)];
  if (chain.bundles.length === 0 && chain.problems.length === 0) problems.push(...nothingProven(dir, notes));
  const report = reportOf(chain.bundles, problems, notes);
  const unproven = behind(report.proven?.transitions, dir);
  if (unproven !== null) notes.push(unprovenText(unproven));
  const keys = await batchKeyReports(report.batches, options);
  return {
    ...report,
    unproven,
    batches: withKnownKinds(report.batches, keys),
    keys,
    notes: [...report.notes, ...keyNotes(keys)],
  };
}

/** What is known here of the keys that the batches name, in place of what the batches say. */
export function withKnownKinds(batches: readonly BatchReport[], keys: readonly KeyReport[]): BatchReport[] {
  return batches.map((batch) => {
    const known = keys.find(({ profile, hash }) => profile === batch.profile && hash === batch.key);
    return batch.ok && known !== undefined ? { ...batch, keyKind: known.kind } : batch;
  });
}

/** The report on batches and problems that were found; where the keys come from is for `batchKeyReports` to say. */
export function reportOf(
  bundles: readonly ReadBundle[],
  problems: Problem[],
  notes: string[],
): Omit<VerifyReport, "keys" | "unproven"> {
  const batches = bundles.map((batch) => batchReport(batch, problems));
  const first = batches[0];
  const last = batches.at(-1);
  const developmentKeys = batches.some(({ keyKind }) => keyKind === "development");
  if (developmentKeys)
    notes.push(
      "the proofs were made with a development key: anybody can make such proofs, so they are good for tests only",
    );
  if (first !== undefined && first.domain === localDomain(BigInt(first.preRoot)).toString()) {
    notes.push("the proofs have the local domain: no registry takes them");
  }
  const proven =
    first === undefined || last === undefined
      ? null
      : { transitions: last.lastSeq, preRoot: first.preRoot, postRoot: last.postRoot, domain: first.domain };
  return { ok: problems.length === 0, batches, problems, proven, developmentKeys, notes };
}

function batchReport(batch: ReadBundle, problems: readonly Problem[]): BatchReport {
  const { name, bundle, firstSeq, lastSeq } = batch;
  const { notBefore, until } = rangeOf(bundle);
  const { preRoot, postRoot, traceRoot, domain } = bundle.statement;
  return {
    bundle: name,
    profile: bundle.profile,
    firstSeq,
    lastSeq,
    notBefore,
    until,
    preRoot: preRoot.toString(),
    postRoot: postRoot.toString(),
    traceRoot: traceRoot.toString(),
    domain: domain.toString(),
    key: bundle.key.hash,
    keyKind: bundle.key.kind,
    ok: !problems.some(({ where }) => where === batchName(batch)),
  };
}

/**
 * What is wrong with the keys of bundles on that chain: on a public one, what a development key proves anybody could
 * have.
 */
export function forgeableOn(chainId: bigint | undefined, bundles: readonly ReadBundle[]): Problem[] {
  return bundles.flatMap((batch) => {
    try {
      refuseDevelopmentKeyOn(chainId, batch.bundle.key.kind);
      return [];
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      return [{ kind: "wrong" as const, where: batchName(batch), field: "key kind", message: error.message }];
    }
  });
}

/**
 * What the trace has behind the last proof.
 * @param proven transitions; undefined if there are no proofs, which is told as a problem
 */
function behind(proven: number | undefined, dir: string): VerifyReport["unproven"] {
  if (proven === undefined) return null;
  const lastSeq = lastSeqIn(pathIn(dir, "trace"));
  return lastSeq > proven ? { firstSeq: proven + 1, lastSeq } : null;
}

function unprovenText({ firstSeq, lastSeq }: { firstSeq: number; lastSeq: number }): string {
  const have = plural(lastSeq - firstSeq + 1, "has");
  return `${span("transition", firstSeq, lastSeq)} of the trace ${have} no proof yet; run prove`;
}

/** The chain that the manifest names. One that cannot be read may have named a public chain, where other keys count. */
function chainIdOf(dir: string, problems: Problem[]): bigint | undefined {
  if (!existsSync(pathIn(dir, "manifest"))) return undefined;
  try {
    return parseManifest(textAt(pathIn(dir, "manifest"))).chain?.chainId;
  } catch (error) {
    problems.push(damaged("manifest.json", error));
    return undefined;
  }
}

/** The root that the first batch must begin with. */
function rootOfGenesis(dir: string, problems: Problem[], notes: string[]): bigint | undefined {
  if (!existsSync(pathIn(dir, "genesis"))) {
    notes.push("there is no genesis.json, so it is not known whether the first batch begins at the genesis");
    return undefined;
  }
  try {
    return mapOf(parseGenesis(textAt(pathIn(dir, "genesis")))).root();
  } catch (error) {
    problems.push(damaged("genesis.json", error));
    return undefined;
  }
}

function damaged(file: string, error: unknown): Problem {
  if (!(error instanceof TimeBanditsError)) throw error;
  return { kind: "wrong", where: file, field: file, message: error.message };
}

/** No bundles: in order if nothing happened. */
function nothingProven(dir: string, notes: string[]): Problem[] {
  let transitions: number | undefined;
  try {
    transitions = readRun(dir).trace.records.length;
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
  }
  if (transitions === 0) {
    notes.push("the trace has no transition, so there is nothing to prove");
    return [];
  }
  const message =
    transitions === undefined
      ? "there are none, and no trace that can be read; name a run directory"
      : `there are none for the ${count(transitions, "transition")} of the trace; run prove`;
  return [{ kind: "unfinished", where: "proofs", field: "bundles", message }];
}
