/** `audit`: compares trace, proofs and chain with each other, and reports every transition. */
import { readBundles } from "../../prover/bundles/bundle.ts";
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { KeyReport } from "../../prover/keyReport.ts";
import { readSignatures } from "../../prover/signing/signatureFiles.ts";
import type { KeyOptions } from "../../prover/verifyingArtifacts.ts";
import { type ChainRecord, recordIn } from "../../trace/chain/record.ts";
import { wordsOf } from "../../trace/chain/words.ts";
import { Names, NO_NAMES, type ShownUnit } from "../../trace/describe/names.ts";
import { misnamed, type NamesInUse, namesInUse, type OwnNames } from "../../trace/describe/ownNames.ts";
import { selectorsIn, type TriggerFacts, triggerFacts } from "../../trace/describe/triggeredRows.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { type FilterWords, passesFilter, transitionFilter } from "../../trace/query/filter.ts";
import type { Run } from "../../trace/run/runDirectory.ts";
import type { ContractRecord, FailureRecord } from "../../trace/run/runtimeRecord.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { checkChain, type Problem } from "../bundleSequence.ts";
import { batchKeyReports, keyNotes } from "../keyReports.ts";
import { type BatchReport, forgeableOn, reportOf, withKnownKinds } from "../verify.ts";
import { auditChain, type ChainReport } from "./chain.ts";
import { foreignMap } from "./foreignMap.ts";
import { unsignableIn } from "./signable.ts";
import { auditSignatures, type ProgramReport, programsIn, type SignatureReport } from "./signatures.ts";
import { auditTrace } from "./trace.ts";
import { storyOf, type TransitionReport } from "./transitionReport.ts";

export { type InclusionProof, proveInclusion, verifyInclusion } from "./inclusion.ts";

/** Options of an audit: what to compare the run with, and what to accept. */
export interface AuditOptions extends KeyOptions {
  /** URL of a node: compares with the chain as well. */
  rpc?: string | undefined;
  /** Time limit for one answer of the node, in milliseconds. */
  rpcTimeout?: number | undefined;
  /** Address of the registry. Default: the manifest's. */
  registry?: string | undefined;
  /** Accept unfinished work: batches without signatures, proofs or submission. */
  allowUnproven?: boolean | undefined;
  /** Name of the only profile for the unproven batches. Default: the map's profiles. */
  profile?: string | undefined;
  /** The reader's own names, in place of the manifest's. */
  names?: OwnNames | undefined;
  /** Functions of the reader's ABI files: selectors in hexadecimal, and signatures. */
  functions?: readonly (readonly [selector: string, signature: string])[] | undefined;
  /** The transitions to report. Default: all. The audit checks everything in any case. */
  only?: FilterWords | undefined;
  onProgress?: OnProgress | undefined;
}

const NOT_ASKED =
  "the chain was not asked, so the map's head, owner, submitters, terms and verifiers are unknown; give --rpc and --registry";

/** The result of an audit. Field elements are decimal texts, times are seconds since 1970. */
export interface AuditReport {
  /** There is no contradiction, and no unfinished work unless that was allowed. */
  ok: boolean;
  /** `wrong`: there is a contradiction. `unfinished`: there is none, but work is left. Else `in order`. */
  state: "in order" | "unfinished" | "wrong";
  scenario: string;
  /** Roots recomputed from genesis and trace; null if the trace does not replay. */
  roots: { genesis: string | null; end: string | null };
  /** Number of transitions in the trace, and of those that valid batches prove. */
  counts: { transitions: number; proven: number };
  /** Every program, with the authority that signs for it. */
  programs: ProgramReport[];
  batches: BatchReport[];
  /** Required signatures by batch, with their status. */
  signatures: SignatureReport[];
  /** The transitions that the filter selects; all of them without a filter. */
  transitions: TransitionReport[];
  /** Number of reported transitions, and the filter; null if all are reported. */
  shown: { transitions: number; of: number; filter: FilterWords } | null;
  /** The effects behind the digests of all triggers that were set. */
  triggers: TriggerFacts;
  /** The map on its chain; null if no node was asked. */
  chain: ChainReport | null;
  /**
   * Clauses of contracts that the programs checked while they ran, and failures of actors. No proof covers them.
   */
  contracts: ContractRecord[];
  failures: FailureRecord[];
  developmentKeys: boolean;
  /** Every key that a batch names, with its origin. */
  keys: KeyReport[];
  problems: Problem[];
  /** Remarks that are not problems. */
  notes: string[];
  /** Remarks of the manifest's writer. No proof covers them. */
  manifestNotes: string[];
  /** The source of the names, and the differences between the reader's names and the manifest's. */
  names: Pick<NamesInUse, "from" | "own" | "differences" | "addressesFrom">;
  /** What `blocks.jsonl` of an imported run tells of. Absent in other runs, and if that file is not used. */
  blocks?: { chainId: string; from: number | null; to: number | null; transactions: number };
  /** The units of imported kinds in this report, and what they stand for. */
  units?: ShownUnit[];
  /** Members of this report that no proof covers, besides all names of programs, kinds and slots. */
  notProven: readonly string[];
}

/** Members from the manifest's writer. Function names are not among them: a selector is the hash of its name. */
const NOT_PROVEN = ["scenario", "names", "manifestNotes", "contracts", "failures"] as const;
/** Members from `blocks.jsonl`. */
const NOT_PROVEN_BLOCKS = ["blocks", "units", "transitions.chain"] as const;

/**
 * Audits a run directory. Replays the trace and recomputes every root. Recomputes each batch's commitment and compares
 * it with the bundle. Verifies all bundles and signatures. Given a node, compares the bundles with the registry's head
 * and events.
 *
 * @throws InvalidInputError if a filter names a thing that no transition of a replayable run contains;
 *   EnvironmentError if the node does not answer; KeyError KEY_NOT_HERE if there is no verification key of a
 *   profile; KeyError, CacheError if the one here must not be used; InvalidInputError if a node is given for a run
 *   without a map on a chain. The report holds the faults of the run itself.
 */
export async function auditDirectory(dir: string, options: AuditOptions = {}): Promise<AuditReport> {
  const stored = await readBundles(dir);
  const proofs = await checkChain(stored, undefined, options);
  const { run, map, transitions, roots, problems: inTrace } = auditTrace(dir, proofs.bundles);
  const entry = run?.manifest.chain;
  const forgeable = forgeableOn(entry?.chainId, proofs.bundles);
  const problems = [...proofs.problems, ...inTrace, ...forgeable, ...foreignMap(entry, roots.get(0))];

  let chain: ChainReport | null = null;
  const empty = run !== null && run.trace.records.length === 0;
  // A run without transitions needs no map on a chain.
  if (options.rpc !== undefined && run !== null && !(empty && run.manifest.chain === undefined)) {
    const asked = await auditChain(
      { rpc: options.rpc, registry: options.registry, rpcTimeout: options.rpcTimeout },
      run.manifest.chain,
      proofs.bundles,
    );
    chain = asked.report;
    problems.push(...asked.problems);
  }

  const { batches: said, developmentKeys, notes } = reportOf(proofs.bundles, problems, []);
  const keys = await batchKeyReports(said, options);
  const batches = withKnownKinds(said, keys);
  notes.push(...keyNotes(keys));
  const found =
    run === null
      ? { record: null, notes: [] }
      : recordIn(dir, { manifest: run.manifest, records: run.trace.records.length, transitions });
  const { record } = found;
  notes.push(...found.notes);
  const given = { addresses: options.names?.tables.addresses !== undefined, functions: options.functions };
  const used = namesInUse(
    run?.manifest ?? NO_NAMES,
    options.names,
    run === null ? undefined : wordsOf(record, run.manifest, given),
  );
  const names = new Names(used.tables);
  const covering = coverage(batches);
  const signed =
    run === null
      ? { signatures: [], problems: [] }
      : await auditSignatures({
          ...{ run, transitions, names, proofs: batches, profile: options.profile },
          stored: await readSignatures(dir),
        });
  problems.push(...signed.problems);
  const triggers = lookUp(run?.trace.triggers ?? new Map());
  problems.push(...misnamedIn(selectorsIn(transitions, triggers), used));
  if (run !== null) problems.push(...unsignableIn(run.genesis, transitions, triggers, names));
  const told = options.only === undefined ? transitions : filtered(transitions, options.only, run, map, names, record);
  const counted = problems.filter(({ kind }) => kind === "wrong" || options.allowUnproven !== true);
  const end = run === null ? undefined : roots.get(run.trace.records.length);
  if (entry !== undefined && chain === null) notes.push(NOT_ASKED);
  notes.push(...(chain?.notCompared ?? []));
  if (empty) notes.push("the trace has no transitions, so there is nothing to prove");
  const stories = told.map((t) =>
    storyOf(t, { names, triggers, chain: record, transitions }, covering.get(t.seq) ?? null),
  );
  return {
    ok: counted.length === 0,
    state: problems.some(({ kind }) => kind === "wrong") ? "wrong" : problems.length > 0 ? "unfinished" : "in order",
    scenario: run?.manifest.scenario ?? "",
    roots: { genesis: roots.get(0)?.toString() ?? null, end: end?.toString() ?? null },
    counts: {
      transitions: run?.trace.records.length ?? 0,
      proven: transitions.filter(({ seq }) => covering.has(seq)).length,
    },
    programs: map === null ? [] : programsIn(map, names),
    batches,
    signatures: signed.signatures,
    transitions: stories,
    shown:
      options.only === undefined ? null : { transitions: told.length, of: transitions.length, filter: options.only },
    triggers: triggerFacts(transitions, triggers),
    chain,
    contracts: run?.manifest.runtime?.contracts ?? [],
    failures: run?.manifest.runtime?.failures ?? [],
    developmentKeys,
    keys,
    problems,
    notes,
    manifestNotes: run?.manifest.notes ?? [],
    names: {
      ...{ from: used.from, own: used.own, differences: used.differences },
      ...(used.addressesFrom === undefined ? {} : { addressesFrom: used.addressesFrom }),
    },
    ...(record === null ? {} : { blocks: blocksFacts(record), units: names.units() }),
    notProven: record === null ? NOT_PROVEN : [...NOT_PROVEN, ...NOT_PROVEN_BLOCKS],
  };
}

function blocksFacts({ file, span }: ChainRecord): NonNullable<AuditReport["blocks"]> {
  const transactions = file.blocks.reduce((sum, block) => sum + block.transactions.length, 0);
  return { chainId: file.chainId, from: span?.[0] ?? null, to: span?.[1] ?? null, transactions };
}

/** The transitions that the filter selects. */
function filtered(
  transitions: readonly Transition[],
  only: FilterWords,
  run: Run | null,
  map: TimeMap | null,
  names: Names,
  chain: ChainRecord | null,
): readonly Transition[] {
  try {
    const filter = transitionFilter(only, { transitions, programs: map?.programs() ?? 0, names, chain });
    return transitions.filter((t) => passesFilter(t, filter));
  } catch (error) {
    // The wanted thing may come after the point where the trace breaks off. The problems are then the answer.
    const whole = run !== null && transitions.length === run.trace.records.length;
    if (whole || !(error instanceof InvalidInputError)) throw error;
    return [];
  }
}

/** Problems for wrong function names. These can be checked: a selector is the hash of its name. */
function misnamedIn(selectors: Iterable<bigint>, { from, tables }: NamesInUse): Problem[] {
  return misnamed(selectors, tables).map((message) => ({ kind: "wrong", where: from, field: "functions", message }));
}

/** The valid bundle of each transition, by seq. */
function coverage(batches: readonly BatchReport[]): Map<number, string> {
  const covering = new Map<number, string>();
  for (const batch of batches) {
    if (!batch.ok) continue;
    for (let seq = batch.firstSeq; seq <= batch.lastSeq; seq++) covering.set(seq, batch.bundle);
  }
  return covering;
}
