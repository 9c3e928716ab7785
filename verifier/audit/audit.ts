/** `audit`: trace, proofs and chain against one another, and what happened, transition by transition. */
import { readBundles } from "../../prover/bundles/bundle.ts";
import type { OnProgress } from "../../prover/circuit/build.ts";
import type { KeyReport } from "../../prover/keyReport.ts";
import { readSignatures } from "../../prover/signing/signatureFiles.ts";
import type { KeyOptions } from "../../prover/verifyingArtifacts.ts";
import { Names, NO_NAMES } from "../../trace/describe/names.ts";
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

/** What an audit compares the run with, and what it lets pass. */
export interface AuditOptions extends KeyOptions {
  /** URL of a node: compares with the chain as well. */
  rpc?: string | undefined;
  /** How long the node may take for one answer, in milliseconds. */
  rpcTimeout?: number | undefined;
  /** Address of the registry; by default the manifest's. */
  registry?: string | undefined;
  /** Work that is not done yet (batches not signed, not proven, not submitted) does not make the audit fail. */
  allowUnproven?: boolean | undefined;
  /** Name of the only profile that the rest will be proven with; by default those of the map. */
  profile?: string | undefined;
  /** The reader's own names; those of the manifest are not used then. */
  names?: OwnNames | undefined;
  /** Which transitions to tell of; by default all. Everything is checked in any case. */
  only?: FilterWords | undefined;
  onProgress?: OnProgress | undefined;
}

const NOT_ASKED =
  "the chain was not asked: head, owner, submitters, terms and verifiers of the map were not looked at; give --rpc and --registry";

/** The result of an audit. Numbers of the field are decimal texts, times are seconds since 1970. */
export interface AuditReport {
  /** No contradiction, and nothing left to do unless that was allowed. */
  ok: boolean;
  /** `wrong`: there is a contradiction; `unfinished`: there is none, and something is still to do; else `in order`. */
  state: "in order" | "unfinished" | "wrong";
  scenario: string;
  /** Roots recomputed from genesis and trace; null where the trace does not replay. */
  roots: { genesis: string | null; end: string | null };
  /** Transitions in the trace, and how many of them valid batches prove. */
  counts: { transitions: number; proven: number };
  /** Every program, and who speaks for it. */
  programs: ProgramReport[];
  batches: BatchReport[];
  /** What must be signed, batch by batch, and what is. */
  signatures: SignatureReport[];
  /** Those that the filter lets pass; all of them if there is none. */
  transitions: TransitionReport[];
  /** How many of all transitions are told, and by which filter; null if all are. */
  shown: { transitions: number; of: number; filter: FilterWords } | null;
  /** The effects behind the digests of all triggers that were set. */
  triggers: TriggerFacts;
  /** Null if no node was asked. */
  chain: ChainReport | null;
  /**
   * Contracts' clauses as the programs checked them while they ran, and actors' failures: their own word, in no proof.
   */
  contracts: ContractRecord[];
  failures: FailureRecord[];
  developmentKeys: boolean;
  /** Every key that a batch names, and where it comes from. */
  keys: KeyReport[];
  problems: Problem[];
  /** What the reader should know though nothing is wrong. */
  notes: string[];
  /** Remarks of the manifest: their writer's word, in no proof. */
  manifestNotes: string[];
  /** Where names come from, and where the reader's own are not the manifest's. */
  names: Pick<NamesInUse, "from" | "own" | "differences">;
  /** Members of this report that no proof covers: names of programs, kinds and slots wherever they stand, and these. */
  notProven: readonly string[];
}

/** The writer of the manifest writes these. A function's name is not among them: its hash is the selector. */
const NOT_PROVEN = ["scenario", "names", "manifestNotes", "contracts", "failures"] as const;

/**
 * Audits a run directory: replays the trace and recomputes every root, recomputes each batch's commitment and compares
 * it with its bundle, verifies all bundles, finds out who has signed what, and, given a node, compares them with the
 * registry's head and events.
 *
 * @throws InvalidInputError if a filter names what is in no transition of a run that replays;
 *   EnvironmentError if the node does not answer; KeyError KEY_NOT_HERE if there is no verification key of a
 *   profile; KeyError, CacheError if the one here must not be used; InvalidInputError if a node is given for a run
 *   that is on no chain. What is wrong with the run itself is in the report.
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
  // A run in which nothing happened has no reason to be on a chain, and is in order without one.
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
  const used = namesInUse(run?.manifest ?? NO_NAMES, options.names);
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
  const told = options.only === undefined ? transitions : filtered(transitions, options.only, run, map, names);
  const counted = problems.filter(({ kind }) => kind === "wrong" || options.allowUnproven !== true);
  const end = run === null ? undefined : roots.get(run.trace.records.length);
  if (entry !== undefined && chain === null) notes.push(NOT_ASKED);
  notes.push(...(chain?.notCompared ?? []));
  if (empty) notes.push("the trace has no transition: nothing happened, and there is nothing to prove");
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
    transitions: told.map((t) => storyOf(t, { names, triggers }, covering.get(t.seq) ?? null)),
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
    names: { from: used.from, own: used.own, differences: used.differences },
    notProven: NOT_PROVEN,
  };
}

/** The transitions that the filter lets pass. */
function filtered(
  transitions: readonly Transition[],
  only: FilterWords,
  run: Run | null,
  map: TimeMap | null,
  names: Names,
): readonly Transition[] {
  try {
    const filter = transitionFilter(only, { transitions, programs: map?.programs() ?? 0, names });
    return transitions.filter((t) => passesFilter(t, filter));
  } catch (error) {
    // Where the trace breaks off, what is asked for may come after that: then the problems are the answer.
    const whole = run !== null && transitions.length === run.trace.records.length;
    if (whole || !(error instanceof InvalidInputError)) throw error;
    return [];
  }
}

/** A function's name can be checked, so one that is wrong is no matter of taste. */
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
