/**
 * Proves the batches of a run directory that have no valid bundle. Every proof is verified before it is written. Every
 * bundle is written whole, and after the bundles before it. An interruption therefore leaves the finished bundles
 * valid, and the next call continues from there. While the engine proves one batch, the next is opened and its witness
 * calculated.
 */

import { availableParallelism } from "node:os";
import { lockRun } from "../trace/run/runLock.ts";
import { withOpenStore } from "../trace/store/catchUp.ts";
import type { StoreOptions } from "../trace/store/openStore.ts";
import type { Store } from "../trace/store/store.ts";
import type { ProfileArtifacts } from "./artifacts.ts";
import type { Batch } from "./batches/batcher.ts";
import { type OpenedBatch, openBatch, witnessInput } from "./batches/batchInput.ts";
import { type ArtifactSource, bundlesFor, missingFrom, placeOf, spanOf, validBundle } from "./batches/batchStatus.ts";
import { circuitInput } from "./batches/circuitInput.ts";
import { type ProvingPlan, provingPlan } from "./batches/provingPlan.ts";
import { type Bundle, type StoredBundle, writeBundle } from "./bundles/bundle.ts";
import type { Engine } from "./engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "./engines/index.ts";
import { refuseDevelopmentKeyOn } from "./keys/check.ts";
import { pipeline } from "./proving/pipeline.ts";
import { artifactsInto, emptyReport, moveAway, type ProveReport, timed } from "./proving/report.ts";
import { type Throughput, ThroughputEstimate } from "./proving/throughput.ts";
import { requireHolds } from "./proving/unproven.ts";
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
export { UnprovenError } from "./proving/unproven.ts";

/** As `OnProgress`. For the stage "prove" it also gets the speed, once a batch is proven. */
export type OnProving = (stage: string, done: number, total: number, pace?: Throughput) => void;

/** Options of proving: profile, engine, parallel batches. */
export interface ProveOptions {
  /** Only profile to use; by default those of the map. */
  profile?: string | undefined;
  /** Name of the engine, or an engine; by default the first available one. It is closed afterwards. */
  engine?: string | Engine | undefined;
  /**
   * Most batches in progress at once, from the beginning of their witness to their bundle on disk. At most this many
   * witnesses are in memory. By default `usualJobs()`. The engine proves one of them at a time.
   */
  jobs?: number | undefined;
  /**
   * Called in the stages "compile", "points" and "constraints" of a first build, and in "prove", counted in finished
   * batches.
   */
  onProgress?: OnProving | undefined;
  /** How the run's store is used; false for not at all. Without it, the whole run is replayed. */
  store?: StoreOptions | false | undefined;
  /** Stops the work before the next batch. Its reason is thrown. */
  signal?: AbortSignal | undefined;
}

/**
 * Two where there is more than one core: the engine proves one batch while the next gets its witness. More batches
 * would only wait for the engine.
 */
export function usualJobs(): number {
  return availableParallelism() > 1 ? 2 : 1;
}

/**
 * Proves every batch of a run directory that has no valid bundle. The directory is locked against other writers
 * meanwhile.
 *
 * Bundles that do not belong to the trace as it is now (another range, domain, key or profile, or damaged) are moved to
 * `proofs/stale`, never deleted. An empty trace has no batches and needs no keys. Circuits are compiled when the first
 * batch of their profile needs them. Signatures already known to be missing are reported before that.
 *
 * @throws InvalidInputError if the trace does not replay or a signature file is damaged, GroupSizeError if a group fits
 *   into no batch, MissingSignatureError at the first batch that is not signed (those before it are proven then),
 *   WitnessError if the circuit refuses a trace that the state machine allowed, KeyError for a development key on a
 *   public chain, UnprovenError if the engine's proof does not hold, EnvironmentError if another process writes there
 */
export async function proveDirectory(dir: string, options: ProveOptions = {}): Promise<ProveReport> {
  const { engine = ENGINE_NAMES[0] ?? "" } = options;
  const engineOf = (): Engine => (typeof engine === "string" ? engineByName(engine) : engine);
  // A wrong name is refused before anything else.
  engineOf();
  using _lock = lockRun(dir, "prove");
  return await withOpenStore(dir, options.store, (store) => proveWith(dir, engineOf(), options, store));
}

async function proveWith(dir: string, engine: Engine, options: ProveOptions, store?: Store): Promise<ProveReport> {
  const plan = await provingPlan(dir, options.profile, store);
  const report = emptyReport(plan, engine.name, options.jobs ?? usualJobs());
  const book = await bookOf(await usableSignatures(dir), plan.domain);
  // Before anything is proven: after an interruption, the existing bundles are the beginning of one chain.
  const ranges = new Set(plan.batches.map(({ transitions }) => spanOf(transitions)));
  const [known, strangers] = divide(
    plan.stored,
    (entry) => "bundle" in entry && ranges.has(placeOf(entry.bundle.statement.span)),
  );
  await moveAway(dir, strangers, report);
  if (report.batches > 0) await requireAvailable(engine);
  const work = new Proving({ dir, plan, known, book, engine, report, options });
  await timed(report, "total", () => work.done());
  return report;
}

/** A batch with its witness. */
interface Ready {
  opened: OpenedBatch;
  artifacts: ProfileArtifacts;
  witness: Uint8Array;
  begun: number;
}

/** A batch with its proof. */
interface Made extends Omit<Ready, "witness"> {
  bundle: Bundle;
}

/** Resources for proving the batches of one plan. */
interface Means {
  dir: string;
  plan: ProvingPlan;
  /** The bundles whose range is that of a batch of the plan. */
  known: readonly StoredBundle[];
  book: SignatureBook;
  engine: Engine;
  report: ProveReport;
  options: ProveOptions;
}

class Proving {
  readonly #means: Means;
  readonly #artifacts: ArtifactSource;
  /** Whether another stage was reported since the last report on proofs: a circuit or a key was made. */
  #making = false;
  readonly #witnesses = new WitnessThread();
  readonly #pace: ThroughputEstimate;
  /** Whether the engine is proving a batch. */
  #proving = false;
  /** Names of bundles by batch. Some are known before those of earlier batches that are still being proven. */
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

  /** Proves the open batches. Closes engine and threads in any case. */
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
    // Outside the clock of the step that follows.
    if (bundlesFor(known, batch).length > 0) await this.#artifacts(profile);
    const found = await timed(report, "verify", () => validBundle(same, statement, profile, this.#artifacts));
    await moveAway(
      dir,
      same.filter((entry) => entry.name !== found),
      report,
    );
    if (found !== undefined) {
      report.skipped++;
      for (const entry of same)
        if ("bundle" in entry && entry.name === found) plan.remember(transitions, found, entry.bundle);
      this.#names[index] = found;
      this.#tell();
      return undefined;
    }
    const { wanted, given } = this.#signatures(opened, index);
    const artifacts = await this.#artifacts(profile);
    refuseDevelopmentKeyOn(plan.manifest.chain?.chainId, artifacts.key.kind);
    const begun = this.#pace.begun();
    // While the engine is idle, no work waits for this thread. Another thread would only cost its start and its memory.
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
    const { dir, plan, engine, report } = this.#means;
    await timed(report, "verify", () => requireHolds(bundle, artifacts, engine));
    const name = await writeBundle(dir, bundle);
    this.#names[index] = name;
    plan.remember(opened.transitions, name, bundle);
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
   * @throws MissingSignatureError if one is missing; the error also names those that later batches lack
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
      throw new MissingSignatureError(
        missingFrom(plan, index, known, book),
        dir,
        doneBefore(plan.proven.length + index),
      );
    });
    return { wanted, given };
  }
}

/** A sentence about the batches before. */
function doneBefore(index: number): string | undefined {
  if (index === 0) return undefined;
  return index === 1 ? "the batch before that is proven" : `the ${index} batches before that are proven`;
}

function divide<T>(list: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [list.filter(belongs), list.filter((item) => !belongs(item))];
}
