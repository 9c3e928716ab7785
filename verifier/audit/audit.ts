/** `audit`: compares trace, proofs and chain with each other, and reports every transition. */
import { runDomain } from "../../prover/batches/plan.ts";
import { readBundles } from "../../prover/bundles/bundle.ts";
import { readSignatures } from "../../prover/signing/signatureFiles.ts";
import { threadCount } from "../../prover/storage/threads.ts";
import type { ChainRecord } from "../../trace/chain/record.ts";
import { span } from "../../trace/describe/count.ts";
import { Names } from "../../trace/describe/names.ts";
import { misnamed, type NamesInUse } from "../../trace/describe/ownNames.ts";
import { digestsIn, factsBehind } from "../../trace/describe/triggeredRows.ts";
import { lookUp } from "../../trace/effects/triggers.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { RebuiltHead } from "../../trace/run/manifest.ts";
import { checkChain, notAsked, type Problem, partOfChain } from "../bundleSequence.ts";
import { batchKeyReports, keyNotes } from "../keyReports.ts";
import { forgeableOn, reportOf, withKnownKinds } from "../verify.ts";
import type { AuditOptions, AuditReport, Shown } from "./auditReport.ts";
import { auditChain, type ChainReport } from "./chain.ts";
import { Coverage } from "./coverage.ts";
import { bundleNames, type EarlierAudit, requireContinues } from "./earlier.ts";
import { foreignMap } from "./foreignMap.ts";
import { resourcesInTrace } from "./look/resources.ts";
import { toldOf } from "./look/told.ts";
import { unsignableIn } from "./signable.ts";
import { auditSignatures, programsIn } from "./signatures.ts";
import { foundIn, goneBack, lastBundle, readBundle, sinceReport } from "./since.ts";
import { filesIn, mostOf, type TracedRun, traceIn } from "./tracedRun.ts";
import { storyOf } from "./transitionReport.ts";

export * from "./auditReport.ts";
export { type InclusionProof, proveInclusion, verifyInclusion } from "./inclusion.ts";

const NOT_ASKED =
  "the chain was not asked, so the map's head, owner, submitters, terms and verifiers are unknown; give --rpc and --registry";
/** Members from the manifest's writer. Function names are not among them: a selector is the hash of its name. */
const NOT_PROVEN = ["scenario", "names", "manifestNotes", "contracts", "failures"] as const;
/** Members from `blocks.jsonl`. */
const NOT_PROVEN_BLOCKS = ["blocks", "units", "transitions.chain"] as const;

/**
 * Audits a run directory. Replays the trace and recomputes every root. Recomputes each batch's commitment and compares
 * it with the bundle. Verifies all bundles and signatures. Given a node, compares the bundles with the registry's head
 * and events. The memory does not grow with the trace, but with what is reported.
 *
 * @throws InvalidInputError if a filter names a thing that no transition of a replayable run contains, or the run does
 *   not go on where the earlier audit ended; EnvironmentError if the node does not answer; KeyError KEY_NOT_HERE if
 *   there is no verification key of a profile; KeyError, CacheError if the one here must not be used;
 *   InvalidInputError if a node is given for a run without a map on a chain. The report holds the faults of the run
 *   itself.
 */
export async function auditDirectory(dir: string, options: AuditOptions = {}): Promise<AuditReport> {
  return (await auditAndKeep(dir, options)).report;
}

/**
 * The same, with what the next audit can begin with.
 * @returns `found`: undefined if the replay did not get to the end of the last bundle
 */
export async function auditAndKeep(
  dir: string,
  options: AuditOptions = {},
): Promise<{ report: AuditReport; found: EarlierAudit | undefined }> {
  const { since, threads = threadCount(), rpc } = options;
  const old = new Set(since === undefined ? [] : await bundleNames(dir, since.place.seq));
  const files = filesIn(dir, since);
  if (since !== undefined && "run" in files) await requireContinues(files.run, since, options.evenWrong === true);
  // The registry's history is compared with all bundles, also those that were verified before.
  const stored = await readBundles(dir, rpc === undefined ? old : undefined);
  const proofs = await checkChain(
    stored.filter(({ name }) => !old.has(name)),
    { rebuilt: "run" in files ? files.run.manifest.rebuilt : undefined },
    { ...options, threads, before: since === undefined ? undefined : lastBundle(since) },
  );
  const traced = await traceIn(dir, files, proofs.bundles, threads, options);
  const { run, findings, record, used } = traced;
  const entry = run?.manifest.chain;
  const forgeable = forgeableOn(entry?.chainId, proofs.bundles);
  const problems = [...proofs.problems, ...traced.problems, ...forgeable, ...foreignMap(entry, traced.roots.genesis)];

  let chain: ChainReport | null = null;
  const empty = run !== null && traced.records === 0;
  // A run without transitions needs no map on a chain.
  if (rpc !== undefined && run !== null && !(empty && entry === undefined)) {
    const earlier = stored.filter(({ name }) => old.has(name)).flatMap(readBundle);
    const asked = { rpc, registry: options.registry, rpcTimeout: options.rpcTimeout };
    const answer = await auditChain(asked, entry, [...earlier, ...proofs.bundles], run.manifest.rebuilt);
    chain = answer.report;
    problems.push(...answer.problems, ...goneBack(chain, since));
  }

  const onChain = partOfChain(firstOf(old) ?? proofs.bundles[0]?.firstSeq, run?.manifest.rebuilt);
  if (onChain !== undefined && chain === null) problems.push(notAsked(onChain));
  const { batches: said, developmentKeys, notes } = reportOf(proofs.bundles, problems, []);
  const keys = await batchKeyReports(said, options);
  const batches = withKnownKinds(said, keys);
  notes.push(...keyNotes(keys), ...traced.notes);
  const names = new Names(used.tables);
  const covering = new Coverage(batches);
  const triggers = run?.index.rows ?? lookUp(new Map());
  let signatures: AuditReport["signatures"] = [];
  if (run !== null && findings !== null) {
    const domain = runDomain(run.manifest, run.header.genesisRoot);
    const signed = await auditSignatures({
      findings,
      domain,
      names,
      proofs: batches,
      stored: await readSignatures(dir),
    });
    signatures = signed.signatures;
    problems.push(...signed.problems);
    problems.push(...misnamedIn(findings.allSelectors(triggers), used));
    problems.push(...unsignableIn(findings, triggers, names));
  }
  const { told, shown } = toldIn(traced, names, options);
  const counted = problems.filter(({ kind }) => kind === "wrong" || options.allowUnproven !== true);
  if (entry !== undefined && chain === null) notes.push(NOT_ASKED);
  notes.push(...(chain?.notCompared ?? []));
  if (onChain !== undefined && chain !== null && !problems.some(({ field }) => field === "rebuilt"))
    notes.push(takenText(onChain));
  if (empty) notes.push("the trace has no transitions, so there is nothing to prove");
  const approvals = findings?.approvals ?? [];
  const stories = told.map((t) =>
    storyOf(t, { names, triggers, chain: record, transitions: approvals }, covering.of(t.seq)),
  );
  const isLong = traced.replayed - (since?.place.seq ?? 0) > mostOf(options);
  const report: AuditReport = {
    ok: counted.length === 0,
    state: problems.some(({ kind }) => kind === "wrong") ? "wrong" : problems.length > 0 ? "unfinished" : "in order",
    scenario: run?.manifest.scenario ?? "",
    roots: { genesis: traced.roots.genesis?.toString() ?? null, end: traced.roots.end?.toString() ?? null },
    counts: {
      transitions: traced.records,
      proven: (since?.proven ?? 0) + covering.countUpTo(traced.replayed),
    },
    programs: findings === null ? [] : programsIn(findings.bindings, names),
    batches,
    signatures,
    transitions: stories,
    shown,
    // Of a long trace only what belongs to the transitions that are told.
    triggers: factsBehind(isLong ? digestsIn(told) : (findings?.digests ?? []), triggers),
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
    replay: traced.report,
    since: since === undefined ? null : sinceReport(since),
    notProven: record === null ? NOT_PROVEN : [...NOT_PROVEN, ...NOT_PROVEN_BLOCKS],
  };
  const found = options.save === true ? await foundIn(traced, report, since) : undefined;
  return { report, found };
}

/** First transition of the first of some bundles. */
function firstOf(names: ReadonlySet<string>): number | undefined {
  const [first] = [...names].sort();
  return first === undefined ? undefined : Number(first.slice(0, first.indexOf("-")));
}

function takenText({ seq }: RebuiltHead): string {
  const of = span("transition", 1, seq);
  return `the proofs of ${of} are not here: the chain took them, and had the root there that this run has`;
}

function blocksFacts({ file, span }: ChainRecord): NonNullable<AuditReport["blocks"]> {
  const transactions = file.blocks.reduce((sum, block) => sum + block.transactions.length, 0);
  return { chainId: file.chainId, from: span?.[0] ?? null, to: span?.[1] ?? null, transactions };
}

/** The transitions to report. */
function toldIn(traced: TracedRun, names: Names, options: AuditOptions): { told: Transition[]; shown: Shown | null } {
  const { run, findings, told, record, records, replayed } = traced;
  if (run === null || findings === null) return { told: [], shown: shownOf(options, 0, 0, 0) };
  const first = (options.since?.place.seq ?? 0) + 1;
  const of = Math.max(0, replayed - first + 1);
  const around = { findings, told, replayed, first, names, chain: record };
  try {
    const { told: kept, matching } = toldOf(options.only ?? {}, {
      ...around,
      allResources: () => resourcesInTrace(run, replayed),
    });
    return { told: kept, shown: shownOf(options, kept.length, of, matching) };
  } catch (error) {
    // The wanted thing may come after the point where the trace breaks off. The problems are then the answer.
    if (replayed === records || !(error instanceof InvalidInputError)) throw error;
    return { told: [], shown: shownOf(options, 0, of, 0) };
  }
}

function shownOf({ only }: AuditOptions, transitions: number, of: number, matching: number): Shown | null {
  return only === undefined && transitions === matching ? null : { transitions, of, matching, filter: only ?? {} };
}

/** Problems for wrong function names. These can be checked: a selector is the hash of its name. */
function misnamedIn(selectors: Iterable<bigint>, { from, tables }: NamesInUse): Problem[] {
  return misnamed(selectors, tables).map((message) => ({ kind: "wrong", where: from, field: "functions", message }));
}
