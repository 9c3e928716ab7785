/**
 * Whether a run's bundles are one chain: each valid by itself, the first at the genesis, each where the one before
 * ended, all bound to the same map.
 */
import { type Bundle, rangeOf, type StoredBundle } from "../prover/bundles/bundle.ts";
import { checkBundle, type Finding, publicSignals } from "../prover/bundles/checkBundle.ts";
import type { OnProgress } from "../prover/circuit/build.ts";
import type { Claim } from "../prover/groth16/groth16.ts";
import { verifyBatch } from "../prover/groth16/verifyBatch.ts";
import { profileOf } from "../prover/profiles.ts";
import { type KeyOptions, type VerifyingArtifacts, verifyingArtifacts } from "../prover/verifyingArtifacts.ts";
import { span } from "../trace/describe/count.ts";
import { InvalidInputError, inOneLine } from "../trace/errors.ts";
import type { RebuiltHead } from "../trace/run/manifest.ts";
import { batchName } from "./batchName.ts";

export { batchName } from "./batchName.ts";

/**
 * Something that keeps a run from being in order: `wrong` is a contradiction, `unfinished` is work not done yet.
 * `where` says which batch or file, `field` what of it.
 */
export interface Problem {
  kind: "wrong" | "unfinished";
  where: string;
  field: string;
  message: string;
}

/** A bundle that could be read, and what it covers. */
export interface ReadBundle {
  name: string;
  bundle: Bundle;
  firstSeq: number;
  lastSeq: number;
}

/** What the bundles alone say. */
export interface BundleSequence {
  /** In the order of their transitions. */
  bundles: ReadBundle[];
  problems: Problem[];
}

/** Where the first bundle may begin. */
export interface FirstPlaces {
  /** At the genesis, with this root; undefined if that is not known here. */
  readonly genesisRoot?: bigint | undefined;
  /** Behind what the chain had when the run was made from it. */
  readonly rebuilt?: RebuiltHead | undefined;
}

/** How bundles are checked. */
export interface SequenceOptions extends KeyOptions {
  onProgress?: OnProgress | undefined;
  /** Threads that verify proofs; by default this one alone. */
  threads?: number | undefined;
  /** The bundle before the first of them, if an earlier audit has checked it. */
  before?: ReadBundle | undefined;
}

/**
 * Checks every bundle and how they follow one another.
 * @param places where the first one must begin
 * @throws KeyError KEY_NOT_HERE if there is no verification key of a profile; KeyError, CacheError if the one here
 *   must not be used
 */
export async function checkChain(
  stored: readonly StoredBundle[],
  places: FirstPlaces = {},
  { onProgress, threads = 1, before, ...options }: SequenceOptions = {},
): Promise<BundleSequence> {
  const problems: Problem[] = [];
  const wrong = (where: string, field: string, message: string): void => {
    problems.push({ kind: "wrong", where, field, message });
  };
  const bundles: ReadBundle[] = [];
  for (const entry of stored) {
    if ("error" in entry) wrong(`bundle ${inOneLine(entry.name)}`, entry.error.field, entry.error.message);
    else bundles.push({ name: entry.name, bundle: entry.bundle, ...seqsOf(entry.bundle) });
  }
  bundles.sort((a, b) => a.firstSeq - b.firstSeq || a.lastSeq - b.lastSeq || (a.name < b.name ? -1 : 1));

  await confirmTogether(bundles, options, threads, onProgress);
  for (const [index, batch] of bundles.entries()) {
    onProgress?.("verify", index, bundles.length);
    const finding = await checkOne(batch.bundle, options);
    if (finding !== null) wrong(batchName(batch), finding.field, finding.message);
  }
  onProgress?.("verify", bundles.length, bundles.length);
  bundles.forEach((batch, index) => {
    for (const { field, message } of follows(bundles[index - 1] ?? before, batch, places))
      wrong(batchName(batch), field, message);
  });
  return { bundles, problems };
}

function seqsOf(bundle: Bundle): { firstSeq: number; lastSeq: number } {
  const { firstSeq, lastSeq } = rangeOf(bundle);
  return { firstSeq, lastSeq };
}

/**
 * Looks at the proofs of each profile together, which is several times faster. `checkOne` has the last word on every
 * bundle: it is spared only the pairing of a proof that was found to hold here.
 */
async function confirmTogether(
  bundles: readonly ReadBundle[],
  options: KeyOptions,
  threads: number,
  onProgress?: OnProgress,
): Promise<void> {
  onProgress?.("verify", 0, bundles.length);
  for (const some of byKey(bundles).values()) {
    const named = some[0]?.bundle;
    if (named === undefined) continue;
    let artifacts: VerifyingArtifacts;
    try {
      artifacts = await verifyingArtifacts(profileOf(named.profile), named.key.hash, options);
    } catch (error) {
      if (error instanceof InvalidInputError) continue;
      throw error;
    }
    const { vkeyHash, verificationKey } = artifacts.key;
    const claims: Claim[] = some
      .filter(({ bundle }) => bundle.key.hash === vkeyHash)
      .map(({ bundle }) => ({ publicSignals: publicSignals(bundle.statement), proof: bundle.proof }));
    if (claims.length > 1) await verifyBatch(verificationKey, claims, threads);
  }
}

/** By profile and key. Node 20 has no Map.groupBy. */
function byKey(bundles: readonly ReadBundle[]): Map<string, ReadBundle[]> {
  const groups = new Map<string, ReadBundle[]>();
  for (const each of bundles) {
    const { profile, key } = each.bundle;
    const group = groups.get(`${profile} ${key.hash}`);
    if (group === undefined) groups.set(`${profile} ${key.hash}`, [each]);
    else group.push(each);
  }
  return groups;
}

/**
 * What is wrong with one bundle by itself; null if nothing is.
 * @throws KeyError, CacheError as `verifyingArtifacts` does
 */
export async function checkOne(bundle: Bundle, options: KeyOptions = {}): Promise<Finding | null> {
  try {
    const profile = profileOf(bundle.profile);
    return await checkBundle(bundle, await verifyingArtifacts(profile, bundle.key.hash, options));
  } catch (error) {
    if (error instanceof InvalidInputError) return { field: error.field, message: error.message };
    throw error;
  }
}

/** What is wrong with where the first batch begins. */
function* begins(
  { bundle, firstSeq }: ReadBundle,
  { genesisRoot, rebuilt }: FirstPlaces,
): Generator<{ field: string; message: string }> {
  const { preRoot } = bundle.statement;
  const behind = rebuilt !== undefined && firstSeq > rebuilt.seq ? rebuilt : undefined;
  const first = (behind?.seq ?? 0) + 1;
  if (firstSeq !== first) {
    const missing = span("transition", first, firstSeq - 1);
    yield { field: "firstSeq", message: `is ${firstSeq}: the batch of ${missing} is missing` };
  } else if (behind !== undefined) {
    if (preRoot !== behind.root)
      yield { field: "preRoot", message: `is ${preRoot}, but the chain had the root ${behind.root} there` };
  } else if (genesisRoot !== undefined && preRoot !== genesisRoot) {
    yield { field: "preRoot", message: `is ${preRoot}, but the genesis has the root ${genesisRoot}` };
  }
}

/**
 * The part of a run whose proofs are not here, because its chain had it when the run was made from it.
 * @param firstSeq first transition of the first bundle; undefined if there is none
 */
export function partOfChain(firstSeq: number | undefined, rebuilt: RebuiltHead | undefined): RebuiltHead | undefined {
  return rebuilt === undefined || (firstSeq ?? rebuilt.seq + 1) <= rebuilt.seq ? undefined : rebuilt;
}

/** That proofs are with a chain that was not asked. */
export function notAsked({ seq }: RebuiltHead): Problem {
  const of = span("transition", 1, seq);
  const message = `of ${of} are not here: the chain had them when the run was made from it; audit with --rpc and --registry`;
  return { kind: "unfinished", where: "proofs", field: "rebuilt", message };
}

/** What is wrong with where a batch begins. */
function* follows(
  before: ReadBundle | undefined,
  batch: ReadBundle,
  places: FirstPlaces,
): Generator<{ field: string; message: string }> {
  const { statement } = batch.bundle;
  if (before === undefined) {
    yield* begins(batch, places);
    return;
  }
  const last = before.bundle.statement;
  if (batch.firstSeq <= before.lastSeq) {
    const same = batch.firstSeq === before.firstSeq && batch.lastSeq === before.lastSeq;
    const what = same ? "is a second bundle for the transitions of" : "overlaps";
    yield { field: "firstSeq", message: `${what} ${batchName(before)}; remove one of them` };
    return;
  }
  if (batch.firstSeq > before.lastSeq + 1) {
    const missing = span("transition", before.lastSeq + 1, batch.firstSeq - 1);
    yield { field: "firstSeq", message: `is ${batch.firstSeq}: the batch of ${missing} is missing` };
  } else if (statement.preRoot !== last.postRoot) {
    yield { field: "preRoot", message: `is ${statement.preRoot}, but ${batchName(before)} ends with ${last.postRoot}` };
  }
  if (rangeOf(batch.bundle).notBefore < rangeOf(before.bundle).until) {
    yield { field: "notBefore", message: `is earlier than the end of ${batchName(before)}` };
  }
  if (statement.domain !== last.domain) {
    yield {
      field: "domain",
      message: `is ${statement.domain}, but ${batchName(before)} has ${last.domain}: they are not of one map`,
    };
  }
}
