/** Submits a run's proofs to its map, batch after batch. */
import { requireOwnMap } from "../../prover/batches/mapIdentity.ts";
import { profileOf } from "../../prover/profiles.ts";
import { verifyingArtifactsOf } from "../../prover/verifyingArtifacts.ts";
import { span } from "../../trace/describe/count.ts";
import { EnvironmentError, InvalidInputError } from "../../trace/errors.ts";
import type { ChainEntry } from "../../trace/run/manifest.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import type { StoreOptions } from "../../trace/store/openStore.ts";
import { ask } from "./ask.ts";
import { requireSamePlace } from "./publish.ts";
import { submissionOf, TraceRecords } from "./publishedRows.ts";
import {
  advance,
  advanceCall,
  awaitConfirmed,
  type BatchSubmission,
  type Chain,
  ChainRefusal,
  type Confirmations,
  historyOf,
  isLocalChain,
  isSubmitter,
  openRegistry,
  type PrintedCall,
  printedCall,
  type Registry,
  refuseDevelopmentKeyOnPublicChain,
  rehearse,
  requireMap,
  usualConfirmations,
} from "./registry.ts";
import { type Listed, readSubmission, type Submission } from "./submission.ts";
import type { Head, TraceRoots } from "./traceRoots.ts";

export { LocalProofError } from "./submission.ts";

/** How to submit the proofs of a run. */
export interface SubmitOptions {
  /** Confirmations that a batch needs. Default: `usualConfirmations`. */
  confirmations?: Confirmations | undefined;
  /** Return the calls for a submitter that signs elsewhere, and send nothing. */
  calldata?: boolean | undefined;
  /** That submitter. The registry is asked whether it may submit. */
  from?: string | undefined;
  /** A late request that the batches answer, by its name: then any account may submit them, but nothing else. */
  late?: bigint | undefined;
  /** How the run's store is used; false for not at all. Without it, the whole run is replayed. */
  store?: StoreOptions | false | undefined;
}

/** The result of `submitRun`. */
export interface Submitted {
  chain: ChainEntry | null;
  transitions: number;
  /** Number of bundles that the chain already had. */
  already: number;
  /** Bundles accepted now. `gasUsed` is the batch's share of its transaction. */
  submitted: { bundle: string; firstSeq: number; lastSeq: number; transactionHash: string; gasUsed: bigint }[];
  head: { seq: number; root: bigint } | null;
  gasUsed: bigint;
  /**
   * The block that moved the head to its place, and its confirmations; null if no batch was ever submitted.
   */
  block: number | null;
  confirmations: Confirmations | null;
  /** The calls to send, in this order; null unless `calldata` is set. */
  calls: PrintedCall[] | null;
}

/**
 * Submits every batch after the chain's head, and returns when the head is at the end of the trace.
 * @param progress is told what is being done
 * @throws AnotherTraceError if the chain's head is not a state of this trace
 * @throws LocalProofError if a proof has the local domain; LostMapError if the chain has no such map
 * @throws InvalidInputError if a batch is missing or belongs to another trace; EnvironmentError if a transaction is not
 *   confirmed
 */
export async function submitRun(
  dir: string,
  chain: Chain,
  address: string,
  progress: { say(text: string): void },
  options: SubmitOptions = {},
): Promise<Submitted> {
  const read = await readSubmission(dir, options.store);
  const { manifest, transitions, bundles } = read;
  const report: Submitted = {
    ...{ chain: manifest.chain ?? null, transitions, already: 0, submitted: [], head: null, gasUsed: 0n },
    ...{ block: null, confirmations: null, calls: null },
  };
  const entry = manifest.chain;
  if (entry === undefined) {
    if (transitions === 0) return report;
    throw new InvalidInputError(
      "manifest.json chain",
      "is missing: the run has no map on a chain yet; run create, then prove",
    );
  }
  requireOwnMap(entry, read.genesisRoot);
  const registry = await openRegistry(chain, address);
  requireSamePlace(registry, entry);
  const start = await requireMap(registry, entry);
  progress.say("replaying");
  const roots = read.rootsFor(start.seq);
  roots.requireHead(start);
  report.already = bundles.filter((bundle) => bundle.lastSeq <= start.seq && roots.ends(bundle)).length;
  await refusePublic(chain, bundles);
  const records = new TraceRecords(pathIn(dir, "trace"));
  const rebuilt = manifest.rebuilt?.seq ?? 0;
  const { startOf } = read;
  const work = { registry, entry, bundles, roots, transitions, records, startOf, late: options.late, rebuilt };
  if (options.calldata === true) {
    report.head = { seq: start.seq, root: start.root };
    report.calls = await callsFrom(work, start, options.from);
    return report;
  }
  let { seq, root }: Head = start;
  let most = TOGETHER;
  while (seq < transitions) {
    const next = nextBatches(work, { seq, root }, most);
    const last = next.at(-1) as Listed;
    progress.say(`submitting ${span("transition", seq + 1, last.lastSeq)} of ${transitions}`);
    let done: Awaited<ReturnType<typeof advance>>;
    try {
      done = await advance(
        registry,
        entry.mapId,
        next.map((each) => toSubmit(each, work)),
        work.late,
      );
    } catch (error) {
      // Batches refused together may be valid up to one of them, so they are submitted one by one.
      if (!(error instanceof ChainRefusal) || next.length === 1) throw error;
      most = 1;
      continue;
    }
    const { transactionHash } = done;
    const gasUsed = done.gasUsed / BigInt(next.length);
    for (const { name, firstSeq, lastSeq } of next) {
      report.submitted.push({ bundle: name, firstSeq, lastSeq, transactionHash, gasUsed });
    }
    report.gasUsed += done.gasUsed;
    [seq, root] = [last.lastSeq, last.statement.postRoot];
  }
  report.confirmations = options.confirmations ?? usualConfirmations(chain.chainId);
  report.block = await confirmed(work, report, progress);
  // The report gives the chain's head after all transactions.
  const end = await requireMap(registry, entry);
  roots.requireHead(end);
  if (end.seq !== transitions) {
    throw new EnvironmentError(
      "unconfirmed",
      `the chain has dropped batches and is at transition ${end.seq} of ${transitions}; run this command again`,
    );
  }
  report.head = { seq: end.seq, root: end.root };
  return report;
}

interface Work {
  registry: Registry;
  entry: ChainEntry;
  bundles: readonly Listed[];
  roots: TraceRoots;
  transitions: number;
  /** Where the rows of a moored map are read. */
  records: TraceRecords;
  startOf: Submission["startOf"];
  late: bigint | undefined;
  /** The last transition that the chain had when the run was made from it; 0 for other runs. */
  rebuilt: number;
}

/**
 * Waits until the last batch is confirmed.
 * @returns the number of its block; null if there is no batch
 */
async function confirmed(
  { registry, entry, transitions }: Work,
  { submitted, confirmations }: Submitted,
  progress: { say(text: string): void },
): Promise<number | null> {
  if (transitions === 0 || confirmations === null) return null;
  const hash = submitted.at(-1)?.transactionHash;
  const { provider } = registry.chain;
  const before = hash === undefined ? (await historyOf(registry, entry.mapId)).advanced.at(-1)?.blockNumber : undefined;
  return awaitConfirmed(registry.chain, {
    what: hash === undefined ? "the last batch" : `transaction ${hash}`,
    confirmations,
    block: async () =>
      before ?? (await ask("receipt", () => provider.getTransactionReceipt(hash ?? "")))?.blockNumber ?? null,
    say: (text) => progress.say(text),
  });
}

/** The calls that a submitter must send. */
async function callsFrom(work: Work, { seq, root }: Head, from: string | undefined): Promise<PrintedCall[]> {
  const { registry, entry, transitions } = work;
  if (from !== undefined && work.late === undefined && !(await isSubmitter(registry, entry.mapId, from))) {
    throw new ChainRefusal("NotSubmitter", { caller: from });
  }
  const calls: PrintedCall[] = [];
  while (seq < transitions) {
    const next = nextBatches(work, { seq, root }, TOGETHER);
    const call = advanceCall(
      entry.mapId,
      next.map((each) => toSubmit(each, work)),
      work.late,
    );
    if (from !== undefined && calls.length === 0) await rehearse(registry, call, from);
    calls.push(await printedCall(registry, call));
    const { lastSeq, statement } = next.at(-1) as Listed;
    [seq, root] = [lastSeq, statement.postRoot];
  }
  return calls;
}

/**
 * Most batches in one transaction. The registry checks their proofs in one pairing; more batches would save little.
 */
const TOGETHER = 8;

/**
 * The bundles that follow a head, in order: at least one, at most `most`.
 * @throws InvalidInputError if one is missing or belongs to another trace
 */
function nextBatches({ bundles, entry, roots, rebuilt }: Work, head: Head, most: number): Listed[] {
  const chain: Listed[] = [];
  for (let { seq, root } = head; chain.length < most; ) {
    const next = bundles.find(({ firstSeq, statement }) => firstSeq === seq + 1 && statement.preRoot === root);
    if (next === undefined) break;
    if (next.statement.domain !== entry.domain) {
      throw new InvalidInputError(`proofs/${next.name}`, "is bound to another map than the manifest's; prove again");
    }
    if (!roots.ends(next)) {
      throw new InvalidInputError(`proofs/${next.name}`, "does not end at a state of this trace; prove again");
    }
    chain.push(next);
    [seq, root] = [next.lastSeq, next.statement.postRoot];
  }
  if (chain.length === 0) throw missing(head, bundles, rebuilt);
  return chain;
}

function toSubmit(listed: Listed, { records, startOf }: Work): BatchSubmission {
  return submissionOf(listed.whole(), records, startOf(listed));
}

/** Development keys are refused on public chains before anything is sent. */
async function refusePublic(chain: Chain, bundles: readonly Listed[]): Promise<void> {
  if (isLocalChain(chain.chainId)) return;
  for (const profile of new Set(bundles.map((bundle) => bundle.profile))) {
    const { key } = await verifyingArtifactsOf(profileOf(profile));
    await refuseDevelopmentKeyOnPublicChain(key.verificationKey, chain.chainId);
  }
}

function missing({ seq, root }: Head, bundles: readonly Listed[], rebuilt: number): InvalidInputError {
  if (seq < rebuilt) {
    return new InvalidInputError(
      "manifest.json rebuilt",
      `says that the chain had transition ${rebuilt}, and it is at ${seq} now: it has dropped some; make the run again ` +
        "with rebuild",
    );
  }
  const other = bundles.find(({ firstSeq }) => firstSeq === seq + 1);
  if (other !== undefined) {
    return new InvalidInputError(
      `proofs/${other.name}`,
      `does not begin at the trace's root there, ${root}; prove again`,
    );
  }
  return new InvalidInputError(
    "proofs",
    `no proof begins with transition ${seq + 1}, the next one for the chain; run prove`,
  );
}
