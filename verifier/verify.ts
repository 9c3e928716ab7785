/** `verify`: verifies a run's proofs without its trace. */

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
import { type Manifest, parseManifest } from "../trace/run/manifest.ts";
import { lastSeqIn, pathIn, readRun, textAt } from "../trace/run/runDirectory.ts";
import { mapOf } from "../trace/state/genesis.ts";
import { batchName, checkChain, notAsked, type Problem, partOfChain, type ReadBundle } from "./bundleSequence.ts";
import { batchKeyReports, keyNotes } from "./keyReports.ts";

/** One batch of the report. Field elements are decimal texts, times are seconds since 1970. */
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
  /** "development": anyone can forge such proofs, so they are for tests only. See `KeyKind`. */
  keyKind: string;
  ok: boolean;
}

/** The report on a run's proofs. */
export interface VerifyReport {
  ok: boolean;
  batches: BatchReport[];
  problems: Problem[];
  /** The range and domain of the proofs; null if there are none. */
  proven: { transitions: number; preRoot: string; postRoot: string; domain: string } | null;
  /**
   * The transitions after the last proof, from the number of the trace's last record; null if there are none, or no
   * trace.
   */
  unproven: { firstSeq: number; lastSeq: number } | null;
  /** True if a development key made any of the proofs. */
  developmentKeys: boolean;
  /** Every key that a batch names, with its origin. */
  keys: KeyReport[];
  /** Remarks that are not problems. */
  notes: string[];
}

/**
 * Verifies the bundles of a run directory: every text, key and proof, and that the batches follow each other without a
 * gap from the first transition on. Also reads genesis.json, to check the first root. Reads the chain id from
 * manifest.json, to reject development keys on public chains. Reads the end of the trace, to report unproven
 * transitions. `auditDirectory` reports what happened in the batches.
 *
 * Needs only the verification keys, not the circuit or the proving key: see `verifyingArtifacts`.
 *
 * @param options `keys`: verification keys that the caller vouches for; if given, no others are accepted
 * @returns the report. If something is wrong, `ok` is false and `problems` lists the faults by batch
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
  const { chain: entry, rebuilt } = manifestOf(dir, inFiles);
  const chain = await checkChain(await readBundles(dir), { genesisRoot, rebuilt }, options);
  const problems = [...inFiles, ...chain.problems, ...forgeableOn(entry?.chainId, chain.bundles)];
  const onChain = partOfChain(chain.bundles[0]?.firstSeq, rebuilt);
  if (onChain !== undefined) problems.push(notAsked(onChain));
  else if (chain.bundles.length === 0 && chain.problems.length === 0) problems.push(...nothingProven(dir, notes));
  const report = reportOf(chain.bundles, problems, notes);
  const unproven = behind(chain.bundles.at(-1)?.lastSeq ?? onChain?.seq, dir);
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

/** Replaces the batches' statements on their keys by what this installation knows of those keys. */
export function withKnownKinds(batches: readonly BatchReport[], keys: readonly KeyReport[]): BatchReport[] {
  return batches.map((batch) => {
    const known = keys.find(({ profile, hash }) => profile === batch.profile && hash === batch.key);
    return batch.ok && known !== undefined ? { ...batch, keyKind: known.kind } : batch;
  });
}

/** The report on the given batches and problems. `batchKeyReports` gives the origins of the keys. */
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
    notes.push("the proofs were made with a development key: anyone can forge such proofs, so they are for tests only");
  if (first !== undefined && first.domain === localDomain(BigInt(first.preRoot)).toString()) {
    notes.push("the proofs have the local domain: no registry accepts them");
  }
  const proven =
    first === undefined || last === undefined
      ? null
      : {
          transitions: last.lastSeq - first.firstSeq + 1,
          preRoot: first.preRoot,
          postRoot: last.postRoot,
          domain: first.domain,
        };
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
 * Problems with the keys of bundles on that chain. On a public chain a development key proves nothing, because anyone
 * can forge under it.
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
 * The transitions of the trace after the last proof.
 * @param proven the last proven transition; undefined if there are no proofs, which is a problem of its own
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

/**
 * What the manifest says of the chain. An unreadable manifest may name a public chain, which rejects development keys.
 */
function manifestOf(dir: string, problems: Problem[]): Pick<Manifest, "chain" | "rebuilt"> {
  if (!existsSync(pathIn(dir, "manifest"))) return {};
  try {
    return parseManifest(textAt(pathIn(dir, "manifest")));
  } catch (error) {
    problems.push(damaged("manifest.json", error));
    return {};
  }
}

/** The root that the first batch must begin with. */
function rootOfGenesis(dir: string, problems: Problem[], notes: string[]): bigint | undefined {
  if (!existsSync(pathIn(dir, "genesis"))) {
    notes.push("there is no genesis.json, so the first root was not checked");
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

/** The problems of a run without bundles: none if the trace has no transition. */
function nothingProven(dir: string, notes: string[]): Problem[] {
  let transitions: number | undefined;
  try {
    transitions = readRun(dir).trace.records.length;
  } catch (error) {
    if (!(error instanceof TimeBanditsError)) throw error;
  }
  if (transitions === 0) {
    notes.push("the trace has no transitions, so there is nothing to prove");
    return [];
  }
  const message =
    transitions === undefined
      ? "there are none, and no readable trace; name a run directory"
      : `there are none for the ${count(transitions, "transition")} of the trace; run prove`;
  return [{ kind: "unfinished", where: "proofs", field: "bundles", message }];
}
