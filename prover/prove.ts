/**
 * Proves a run directory: batch by batch, what has no valid bundle yet. Every proof is verified before it is written,
 * and every bundle is written whole and after those before it, so that whatever ends the work leaves the finished ones
 * valid and the next call goes on from there. While the engine proves one batch, the next is opened and its witness
 * calculated.
 */

import { availableParallelism } from "node:os";
import { span } from "../trace/describe/count.ts";
import { TimeBanditsError } from "../trace/errors.ts";
import { lockRun } from "../trace/run/runLock.ts";
import type { ProfileArtifacts } from "./artifacts.ts";
import type { Batch } from "./batches/batcher.ts";
import { type OpenedBatch, openBatch, witnessInput } from "./batches/batchInput.ts";
import { type ArtifactSource, bundlesFor, missingFrom, spanOf, validBundle } from "./batches/batchStatus.ts";
import { circuitInput } from "./batches/circuitInput.ts";
import { type BatchPlan, planOf } from "./batches/plan.ts";
import { type Bundle, type StoredBundle, writeBundle } from "./bundles/bundle.ts";
import { checkBundle } from "./bundles/checkBundle.ts";
import type { Engine } from "./engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "./engines/index.ts";
import { refuseDevelopmentKeyOn } from "./keys/check.ts";
import { pipeline } from "./proving/pipeline.ts";
import { artifactsInto, emptyReport, moveAway, type ProveReport, timed } from "./proving/report.ts";
import { type Throughput, ThroughputEstimate } from "./proving/throughput.ts";
import { bookOf, usableSignatures } from "./signing/signatureFiles.ts";
import {
  type GivenSignature,
  MissingSignatureError,
  type SignatureBook,
  type WantedSignature,
  wantedSignatures,
} from "./signing/signatures.ts";
import { calculateWitness } from "./witness/witness.ts";
import { WitnessThread } from "./witness/witnessThread.ts";

export type { ProveReport } from "./proving/report.ts";

/** As `OnProgress`; of "prove" it also hears how fast that goes, once a batch is proven. */
export type OnProving = (stage: string, done: number, total: number, pace?: Throughput) => void;

/** With what, how far and how much at a time a run is proven. */
export interface ProveOptions {
  /** Name of the only profile to use; by default those of the map. */
  profile?: string | undefined;
  /** Name of the engine, or an engine; by default the first there is. It is closed afterwards. */
  engine?: string | Engine | undefined;
  /**
   * Batches that are under way at once, from the beginning of their witness to their bundle on disk; so many witnesses
   * are in memory at most. By default `usualJobs()`. The engine has one of them at a time.
   */
  jobs?: number | undefined;
  /**
   * Told of the stages "compile", "points", "constraints" of a first build, and of "prove" in batches that are done.
   */
  onProgress?: OnProving | undefined;
  /** Stops the work before the next batch; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/** A proof came out that does not verify: a fault of the engine or of the circuit, not of the trace. */
export class UnprovenError extends TimeBanditsError {
  constructor(message: string) {
    super("unproven", message);
  }
}

/**
 * Two where there is more than one core: one batch is with the engine, the next gets its witness. More would only wait
 * for the engine.
 */
export function usualJobs(): number {
  return availableParallelism() > 1 ? 2 : 1;
}

/**
 * Proves every batch of a run directory that has no valid bundle. Nobody else can write to the directory meanwhile.
 *
 * Bundles that do not belong to the trace as it is now (another range, domain, key or profile, or damaged) are moved to
 * `proofs/stale`, never deleted. An empty trace has no batches and needs no keys. Circuits are compiled when the first
 * batch of their profile needs them: what is known to be missing before is said before.
 *
 * @throws InvalidInputError if the trace does not replay or a signature file is damaged, GroupSizeError if a group fits
 *   into no batch, MissingSignatureError at the first batch that is not signed (those before it are proven then),
 *   WitnessError if the circuit refuses what the state machine allowed, KeyError for a development key on a public
 *   chain, UnprovenError if the engine's proof does not hold, EnvironmentError if another process writes there
 */
export async function proveDirectory(dir: string, options: ProveOptions = {}): Promise<ProveReport> {
  const { engine: wanted = ENGINE_NAMES[0] ?? "" } = options;
  const engine = typeof wanted === "string" ? engineByName(wanted) : wanted;
  using _lock = lockRun(dir, "prove");
  const plan = await planOf(dir, options.profile);
  const report = emptyReport(plan, engine.name, options.jobs ?? usualJobs());
  const book = await bookOf(await usableSignatures(dir), plan.domain);
  // Before anything is proven: after an interruption, what is there is the beginning of one chain.
  const ranges = new Set(plan.batches.map(({ transitions }) => spanOf(transitions)));
  const [known, strangers] = divide(
    plan.stored,
    (entry) => "bundle" in entry && ranges.has(entry.bundle.statement.span),
  );
  await moveAway(dir, strangers, report);
  if (plan.batches.length > 0) await requireAvailable(engine);
  const work = new Proving({ dir, plan, known, book, engine, report, options });
  await timed(report, "total", () => work.done());
  return report;
}

/** A batch whose witness is there. */
interface Ready {
  opened: OpenedBatch;
  artifacts: ProfileArtifacts;
  witness: Uint8Array;
  begun: number;
}

/** A batch whose proof is there. */
interface Made extends Omit<Ready, "witness"> {
  bundle: Bundle;
}

/** What the work on the batches of one plan is done with. */
interface Means {
  dir: string;
  plan: BatchPlan;
  /** The bundles that claim to be of a batch of the plan. */
  known: readonly StoredBundle[];
  book: SignatureBook;
  engine: Engine;
  report: ProveReport;
  options: ProveOptions;
}

class Proving {
  readonly #means: Means;
  readonly #artifacts: ArtifactSource;
  /** Whether something was told of since the last word on proofs: a circuit or a key was made. */
  #making = false;
  readonly #witnesses = new WitnessThread();
  readonly #pace: ThroughputEstimate;
  /** Whether the engine has a batch. */
  #proving = false;
  /** Names of bundles by batch. Some are known before those of batches that are still being proven. */
  readonly #names: (string | undefined)[] = [];

  constructor(means: Means) {
    const { plan, known, report, options } = means;
    this.#means = means;
    const artifacts = artifactsInto(report, (...stage) => {
      this.#making = true;
      options.onProgress?.(...stage);
    });
    this.#artifacts = async (profile) => {
      const made = await artifacts(profile);
      if (this.#making) this.#tell();
      return made;
    };
    this.#pace = new ThroughputEstimate(
      plan.batches.map((batch) => ({ profile: batch.profile, proven: bundlesFor(known, batch).length > 0 })),
    );
  }

  /** Proves what is to be proven; engine and threads are closed then, whatever happened. */
  async done(): Promise<void> {
    const { plan, report, engine } = this.#means;
    try {
      this.#tell();
      await pipeline(plan.batches, report.jobs, {
        prepare: (batch, index) => this.#prepare(batch, index),
        make: (ready) => this.#prove(ready),
        finish: (made, index) => this.#finish(made, index),
      });
    } finally {
      report.bundles.push(...this.#names.filter((name) => name !== undefined));
      await Promise.all([engine.close(), this.#witnesses.close()]);
    }
  }

  /** @returns undefined if the batch has a valid bundle */
  async #prepare(batch: Batch, index: number): Promise<Ready | undefined> {
    const { transitions, profile } = batch;
    const { dir, plan, known, report, options } = this.#means;
    options.signal?.throwIfAborted();
    const opened = await timed(report, "witness", () => openBatch(plan.map, transitions, profile, plan.domain));
    const { statement } = opened;
    const [same] = divide(known, (entry) => "bundle" in entry && entry.bundle.statement.span === statement.span);
    // Asked for outside the clock of the step that follows.
    if (bundlesFor(known, batch).length > 0) await this.#artifacts(profile);
    const found = await timed(report, "verify", () => validBundle(same, statement, profile, this.#artifacts));
    await moveAway(
      dir,
      same.filter((entry) => entry.name !== found),
      report,
    );
    if (found !== undefined) {
      report.skipped++;
      this.#names[index] = found;
      this.#tell();
      return undefined;
    }
    const { wanted, given } = this.#signatures(opened, index);
    const artifacts = await this.#artifacts(profile);
    refuseDevelopmentKeyOn(plan.run.manifest.chain?.chainId, artifacts.key.kind);
    const begun = this.#pace.begun();
    // While nothing is with the engine nobody waits for this thread, and another would only cost its start and its
    // memory.
    const calculate = this.#proving ? this.#witnesses.calculate.bind(this.#witnesses) : calculateWitness;
    const witness = await timed(report, "witness", () =>
      calculate(artifacts.circuit, circuitInput(witnessInput(opened, wanted, given))),
    );
    return { opened, artifacts, witness, begun };
  }

  async #prove({ opened, artifacts, witness, begun }: Ready): Promise<Made> {
    const { engine, report, options } = this.#means;
    options.signal?.throwIfAborted();
    const { profile, circuit, key } = artifacts;
    this.#proving = true;
    const { proof } = await timed(report, "prove", () => engine.prove(key.zkey, witness));
    this.#proving = false;
    const { statement } = opened;
    const named = { hash: key.vkeyHash, kind: key.kind };
    const bundle: Bundle = { profile: profile.name, circuit: circuit.hash, key: named, statement, proof };
    return { opened, artifacts, bundle, begun };
  }

  async #finish({ opened, artifacts, bundle, begun }: Made, index: number): Promise<void> {
    const { dir, engine, report } = this.#means;
    const finding = await timed(report, "verify", () => checkBundle(bundle, artifacts));
    if (finding !== null) {
      const { firstSeq, count } = opened.span;
      throw new UnprovenError(
        `${engine.name}'s proof of ${span("transition", firstSeq, firstSeq + count - 1)} does not verify: ${finding.field} ${finding.message}; try another engine`,
      );
    }
    this.#names[index] = await writeBundle(dir, bundle);
    report.proven++;
    this.#pace.proven(index, begun);
    this.#tell();
  }

  #tell(): void {
    this.#making = false;
    const { batches, proven, skipped } = this.#means.report;
    if (batches > 0) this.#means.options.onProgress?.("prove", proven + skipped, batches, this.#pace.now());
  }

  /**
   * The signatures over a batch.
   * @throws MissingSignatureError if one is not there, naming what later batches lack as well
   */
  #signatures(
    { transitions, span }: OpenedBatch,
    index: number,
  ): { wanted: WantedSignature[]; given: GivenSignature[] } {
    const { dir, plan, known, book } = this.#means;
    const wanted = wantedSignatures(transitions);
    const given = wanted.map((one) => {
      const signature = book(one, span.until);
      if (signature !== undefined) return signature;
      throw new MissingSignatureError(missingFrom(plan, index, known, book), dir, doneBefore(index));
    });
    return { wanted, given };
  }
}

/** What to say of the batches before. */
function doneBefore(index: number): string | undefined {
  if (index === 0) return undefined;
  return index === 1 ? "the batch before that is proven" : `the ${index} batches before that are proven`;
}

function divide<T>(list: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [list.filter(belongs), list.filter((item) => !belongs(item))];
}
