/** Records: one transition of a proven run, for a reader who has neither the run nor its trace. */
import { mapPlace } from "../../prover/batches/mapIdentity.ts";
import { rangeOf } from "../../prover/bundles/bundle.ts";
import { type KeyReport, keyReport } from "../../prover/keyReport.ts";
import { refuseDevelopmentKeyOn } from "../../prover/keys/check.ts";
import { profileOf } from "../../prover/profiles.ts";
import { type KeyOptions, verifyingArtifacts } from "../../prover/verifyingArtifacts.ts";
import { localDomain } from "../../trace/commitment/commit.ts";
import { openRecord, type RecordStore, verifyInclusion } from "../audit/inclusion.ts";
import { checkOne } from "../bundleSequence.ts";
import type { Chain } from "../chain/registry.ts";
import { type Acceptance, acceptanceOf } from "./acceptance.ts";
import { RecordError, type RecordFile } from "./recordFile.ts";

/** The registry to ask about the batch, and the accepted keys. */
export interface RecordOptions extends KeyOptions {
  /** The map's chain, and the address of its registry there. */
  readonly chain?: { readonly chain: Chain; readonly registry: string } | undefined;
}

/** How a record is made. */
export interface MakeRecordOptions extends KeyOptions {
  /** How the run's store is used; false for not at all: then the whole run is replayed. It is only read. */
  readonly store?: RecordStore;
}

/** The facts on a valid record. */
export interface VerifiedRecord {
  readonly record: RecordFile;
  /** The key that checked the proof, with its origin. */
  readonly key: KeyReport;
  /** The registry's facts; null if it was not asked. */
  readonly acceptance: Acceptance | null;
  /** Questions that the record leaves open, in sentences without their full stop. */
  readonly notChecked: readonly string[];
}

/**
 * Makes the record of a transition of a proven run.
 *
 * @example
 * const record = await proveRecord("run", 12);
 * await writeFile("record.json", recordText(record));
 *
 * @throws InvalidInputError if no bundle covers the transition, or the bundle commits to another trace
 * @throws RecordError, KeyError as `verifyRecord` does: no invalid record is made
 */
export async function proveRecord(dir: string, seq: number, options: MakeRecordOptions = {}): Promise<RecordFile> {
  const { inclusion, bundle, manifest, genesisRoot } = await openRecord(dir, seq, options.store);
  const { chain } = manifest;
  const record = { inclusion, bundle, map: chain === undefined ? { genesisRoot } : { genesisRoot, chain } };
  await verifyRecord(record, options);
  return record;
}

/**
 * Verifies a record without its run. The proof must be valid under an accepted key and bound to the record's map. It
 * must cover this transition, with these cells as found, under this number. With a chain, the map's registry must have
 * accepted the batch; the key is then the registry's, unless others are given.
 *
 * @example
 * const { key, notChecked } = await verifyRecord(readRecord("record.json"));
 *
 * @throws RecordError naming the part of the record that is refuted
 * @throws KeyError if the key is not here, must not be used, or is a development key on a public chain
 * @throws InvalidInputError, LostMapError, EnvironmentError as `acceptanceOf` does
 */
export async function verifyRecord(record: RecordFile, options: RecordOptions = {}): Promise<VerifiedRecord> {
  const { bundle, map } = record;
  refuseForeignMap(record);
  refuseDevelopmentKeyOn(map.chain?.chainId, bundle.key.kind);
  const found =
    options.chain === undefined ? null : await acceptanceOf(options.chain.chain, options.chain.registry, record);
  const keys = options.keys ?? (found === null ? undefined : [found.key]);
  const finding = await checkOne(bundle, { keys });
  if (finding !== null) throw new RecordError(`batch ${finding.field}`, finding.message);
  const { key } = await verifyingArtifacts(profileOf(bundle.profile), bundle.key.hash, { keys });
  // Judged by the key's points. The record's own statement on the kind proves nothing.
  refuseDevelopmentKeyOn(map.chain?.chainId, key.kind);
  refuseForeignTransition(record);
  return {
    record,
    key: await keyReport(key.verificationKey, bundle.profile),
    acceptance: found?.acceptance ?? null,
    notChecked: notChecked(record, found !== null),
  };
}

/**
 * The proof's domain must be that of the record's map. A map's first batch must begin at the genesis root.
 */
function refuseForeignMap({ bundle, map: { genesisRoot, chain } }: RecordFile): void {
  const { statement } = bundle;
  const own = chain === undefined ? undefined : mapPlace(chain, genesisRoot);
  if (own !== undefined && own.mapId !== chain?.mapId.toLowerCase()) {
    throw new RecordError(
      "map chain mapId",
      `is not the map that ${chain?.creator} makes of this genesis: ${own.mapId}`,
    );
  }
  const domain = own?.domain ?? localDomain(genesisRoot);
  if (chain !== undefined && chain.domain !== domain) {
    throw new RecordError("map chain domain", `is not that of the map, ${domain}`);
  }
  if (statement.domain !== domain) {
    throw new RecordError("map", `has the domain ${domain}, but the proof is bound to ${statement.domain}`);
  }
  if (rangeOf(bundle).firstSeq === 1 && statement.preRoot !== genesisRoot) {
    throw new RecordError("map genesisRoot", `is not where the map's first batch begins, ${statement.preRoot}`);
  }
}

/** The proof must cover this transition under this number. */
function refuseForeignTransition({ inclusion, bundle }: RecordFile): void {
  const { firstSeq, lastSeq } = rangeOf(bundle);
  const { seq } = inclusion;
  if (seq < firstSeq || seq > lastSeq) {
    throw new RecordError("seq", `is ${seq}, but the batch has the transitions ${firstSeq} to ${lastSeq}`);
  }
  const { rows } = profileOf(bundle.profile);
  if (verifyInclusion(inclusion, { traceRoot: bundle.statement.traceRoot, firstSeq, rows })) return;
  throw new RecordError(
    "transition",
    "is not the one that the proof covers under this number: its row, time, cells, path or number was changed",
  );
}

function notChecked({ bundle, map, inclusion }: RecordFile, asked: boolean): string[] {
  const { firstSeq } = rangeOf(bundle);
  const left: string[] = [];
  if (!asked && map.chain !== undefined) {
    left.push("whether the map's registry has accepted the batch, and what its head is; give --rpc and --registry");
  }
  if (map.chain === undefined) {
    left.push("whether others use this map: it is on no chain, so its maker may keep several versions");
  }
  if (!asked && firstSeq > 1) {
    left.push(
      `how the map came to the state that the batch begins with, ${bundle.statement.preRoot}: ` +
        `transitions 1 to ${firstSeq - 1} are not in the record`,
    );
  }
  left.push(`changes after transition ${inclusion.seq}: later transitions may have moved these things on`);
  left.push("names of programs, kinds and slots: no proof covers them");
  return left;
}
