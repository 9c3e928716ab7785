/** Proves a run while it grows: one batch at a call, behind those that are proven. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PUBLIC_INPUTS } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { artifactsOf } from "../artifacts.ts";
import { type BatchAhead, BatchCursor } from "../batches/batchCursor.ts";
import { witnessInput } from "../batches/batchInput.ts";
import { circuitInput } from "../batches/circuitInput.ts";
import { type Bundle, parseBundle, proofsIn, writeBundle } from "../bundles/bundle.ts";
import { bundleRanges, type NamedRange } from "../bundles/bundleRanges.ts";
import type { OnProgress } from "../circuit/build.ts";
import type { Engine } from "../engines/engine.ts";
import { ENGINE_NAMES, engineByName, requireAvailable } from "../engines/index.ts";
import { refuseDevelopmentKeyOn } from "../keys/check.ts";
import { MissingSignatureError, missingOf, wantedSignatures } from "../signing/signatures.ts";
import { calculateWitness } from "../witness/witness.ts";
import { requireHolds } from "./unproven.ts";

/** How a growing run is proven. */
export interface ProvingAlongOptions {
  /** Only profile to use; by default those of the map. */
  profile?: string | undefined;
  /** Name of the engine; by default the first available one. */
  engine?: string | undefined;
  /** Called while a circuit or a key is made. */
  onProgress?: OnProgress | undefined;
}

/** A new bundle. */
export interface NewProof {
  name: string;
  firstSeq: number;
  lastSeq: number;
}

export class ProvingAlong implements AsyncDisposable {
  readonly #dir: string;
  readonly #options: ProvingAlongOptions;
  readonly #cursor: BatchCursor;
  readonly #engine: Engine;

  private constructor(dir: string, options: ProvingAlongOptions, engine: Engine) {
    this.#dir = dir;
    this.#options = options;
    this.#engine = engine;
    this.#cursor = BatchCursor.behindKnown(dir, options.profile);
  }

  /**
   * Goes behind the bundles that the run has. Their statements are compared with the trace, unless the run's store says
   * that they were; their proofs are not verified again. The caller holds the run's lock, and keeps it.
   * @throws InvalidInputError if a bundle there proves something else; EnvironmentError "engine" if the engine cannot
   *   run
   */
  static async open(dir: string, options: ProvingAlongOptions = {}): Promise<ProvingAlong> {
    const engine = engineByName(options.engine ?? ENGINE_NAMES[0] ?? "");
    await requireAvailable(engine);
    const along = new ProvingAlong(dir, options, engine);
    await along.#passProven();
    return along;
  }

  /** Number of the last proven transition; 0 if none is. */
  get proven(): number {
    return this.#cursor.seq;
  }

  /**
   * Proves the next batch.
   * @param upTo the last transition that may be proven
   * @param unfinished whether a batch that has room for more is proven, too
   * @returns undefined if there is no batch to prove
   * @throws UnprovenError if the engine's proof does not hold; KeyError for a development key on a public chain;
   *   MissingSignatureError if a program of the batch must sign
   */
  async one(upTo: number, unfinished: boolean): Promise<NewProof | undefined> {
    const ahead = this.#cursor.next(upTo, unfinished);
    if (ahead === undefined) return undefined;
    const { transitions, profile } = ahead.batch;
    const wanted = wantedSignatures(transitions);
    if (wanted.length > 0) throw new MissingSignatureError(missingOf(wanted, transitions), this.#dir);
    const artifacts = await artifactsOf(profile, { onProgress: this.#options.onProgress });
    const { circuit, key } = artifacts;
    refuseDevelopmentKeyOn(this.#cursor.chainId, key.kind);
    const start = this.#cursor.bytes;
    const opened = this.#cursor.pass(ahead);
    const witness = await calculateWitness(circuit, circuitInput(witnessInput(opened, [], [])));
    const { proof } = await this.#engine.prove(key.zkey, witness);
    const named = { hash: key.vkeyHash, kind: key.kind };
    const bundle: Bundle = {
      ...{ profile: profile.name, circuit: circuit.hash, key: named },
      ...{ statement: opened.statement, proof },
    };
    await requireHolds(bundle, artifacts, this.#engine);
    const name = await writeBundle(this.#dir, bundle);
    this.#cursor.remember(name, bundle, [start, ahead.end.bytes], true);
    return { name, firstSeq: opened.span.firstSeq, lastSeq: ahead.end.seq };
  }

  /** Ends the engine's threads. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#cursor[Symbol.dispose]();
    await this.#engine.close();
  }

  async #passProven(): Promise<void> {
    // Node 20 has no Map.groupBy.
    const byFirst = new Map<number, NamedRange[]>();
    for (const range of await bundleRanges(this.#dir)) {
      byFirst.set(range.firstSeq, [...(byFirst.get(range.firstSeq) ?? []), range]);
    }
    for (;;) {
      const claims = byFirst.get(this.#cursor.seq + 1) ?? [];
      let stands: { ahead: BatchAhead; bundle: Bundle; name: string } | undefined;
      for (const { name, lastSeq } of claims) {
        const bundle = parseBundle(name, await readFile(join(proofsIn(this.#dir), name), "utf8"));
        const ahead = this.#cursor.batchTo(lastSeq, bundle.profile);
        if (ahead !== undefined && bundle.statement.domain === this.#cursor.domain) stands = { ahead, bundle, name };
        if (stands !== undefined) break;
      }
      if (stands === undefined) return;
      const { ahead, bundle, name } = stands;
      const start = this.#cursor.bytes;
      const { statement } = this.#cursor.pass(ahead);
      const wrong = PUBLIC_INPUTS.find((input) => statement[input] !== bundle.statement[input]);
      if (wrong === undefined) {
        this.#cursor.remember(name, bundle, [start, ahead.end.bytes], false);
        continue;
      }
      throw new InvalidInputError(
        name,
        `is no proof of this trace: its ${wrong} is another; "timebandits prove" moves it to proofs/stale`,
      );
    }
  }
}
