/** Asks for the proofs of signed batches, in order, and takes them in any order. */
import { mkdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { OpenedBatch } from "../../prover/batches/batchInput.ts";
import { type Bundle, parseBundle, proofsIn, rangeOf, STALE, writeBundle } from "../../prover/bundles/bundle.ts";
import type { Profile } from "../../prover/profiles.ts";
import { signaturesIn, writeSignature } from "../../prover/signing/signatureFiles.ts";
import type { GivenSignature } from "../../prover/signing/signatures.ts";
import { PUBLIC_INPUTS, type PublicInputs } from "../../trace/commitment/commit.ts";
import { EnvironmentError } from "../../trace/errors.ts";
import type { ProofListener, ProofSource, SetAside } from "../fleet/proofSource.ts";
import type { CutBatch } from "./batchBook.ts";
import { flushFolder } from "./journal.ts";
import type { Loaded } from "./loaded.ts";
import type { WorkOf } from "./options.ts";
import { Pump } from "./pump.ts";
import type { OperatorEvent } from "./types.ts";

/** Pause after a failure, in seconds. It doubles up to the longest. */
const PAUSE = 1;
const LONGEST_PAUSE = 60;

/** What proving needs of the operator. */
export interface ProvingHost {
  readonly dir: string;
  readonly proofs: ProofSource;
  readonly workOf: WorkOf;
  readonly mostWanted: number;
  readonly clock: () => number;
  /** Undefined while it is loaded. */
  readonly loaded: () => Loaded | undefined;
  /** Reads everything from the disk again. */
  readonly reload: () => void;
  readonly tell: (...events: OperatorEvent[]) => void;
  readonly onStep: (step: string) => void;
  /** Called after a bundle was written. */
  readonly onProven: () => void;
}

/** A signed batch that the walk has passed, and that is not asked for yet. */
interface Ready {
  readonly of: Loaded;
  readonly batch: CutBatch;
  readonly opened: OpenedBatch;
  readonly given: readonly GivenSignature[];
  readonly programs: number;
  readonly watches: number;
}

/** Asks for the proofs of what is signed, and takes them. */
export class Proving extends Pump implements ProofListener {
  readonly #host: ProvingHost;
  #ready: Ready | undefined;
  /** Batches that were set aside before they were asked for here: before a restart. */
  readonly #aside = new Map<string, string>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(host: ProvingHost) {
    const onTrouble = (why: string): void => host.tell({ type: "halted", why });
    super({ clock: host.clock, pause: PAUSE, longestPause: LONGEST_PAUSE, onTrouble });
    this.#host = host;
  }

  protected override async work(): Promise<number> {
    while (await this.#next());
    return 0;
  }

  /** Passes one batch. @returns false if none can be passed now */
  async #next(): Promise<boolean> {
    const loaded = this.#host.loaded();
    if (loaded === undefined) return false;
    if (this.#ready?.of !== loaded) this.#ready = undefined;
    if (this.#ready !== undefined) return this.#ask(this.#ready);
    const { walk, batches, signatures, run } = loaded;
    const batch = batches.batches.find(({ firstSeq }) => firstSeq === walk.seq + 1);
    if (batch === undefined) return false;
    const profile = batches.profile(batch.profile);
    if (batch.bundle !== undefined) {
      const { statement } = this.#open(loaded, batch, profile);
      return this.#compare(loaded, batch, batch.bundle, statement);
    }
    const wanted = batches.batches.filter(({ asked, bundle }) => asked !== undefined && bundle === undefined).length;
    if (wanted >= this.#host.mostWanted) return false;
    const given = batch.wanted.flatMap((each) => signatures.find(each, batch.until) ?? []);
    if (given.length < batch.wanted.length) return false;
    const opened = this.#open(loaded, batch, profile);
    const { watches } = run.tracer.map;
    this.#ready = { of: loaded, batch, opened, given, programs: walk.map.programs(), watches };
    return this.#ask(this.#ready);
  }

  #open({ walk, facts }: Loaded, { lastSeq }: CutBatch, profile: Profile): OpenedBatch {
    try {
      return walk.open(facts.dir, lastSeq, profile, facts.domain);
    } catch (error) {
      // The walk may stand within the batch now.
      this.#host.reload();
      throw error;
    }
  }

  async #ask({ of, batch, opened, given, programs, watches }: Ready): Promise<boolean> {
    const { dir, proofs, workOf } = this.#host;
    const { firstSeq, lastSeq, profile } = batch;
    for (const [i, { program, log }] of batch.wanted.entries()) {
      const { validUntil, signature } = given[i] as GivenSignature;
      const { domain } = of.facts;
      this.#host.onStep("signature");
      await writeSignature(dir, { program, log, domain, lastSeq, validUntil, signature });
    }
    if (batch.wanted.length > 0) flushFolder(signaturesIn(dir));
    const { id, work } = await workOf({ opened, given, map: { programs: () => programs, watches } });
    const { statement } = opened;
    // Before the wish: the proof may come before the wish is answered.
    batch.asked = { id, statement };
    batch.setAside = this.#aside.get(id);
    try {
      await proofs.want({ id, firstSeq, lastSeq, profile, statement, work });
    } catch (error) {
      batch.asked = undefined;
      throw error;
    }
    this.#ready = undefined;
    return true;
  }

  /** Compares a bundle on disk with the trace. One that is another's is moved away. */
  async #compare(loaded: Loaded, batch: CutBatch, name: string, statement: PublicInputs): Promise<boolean> {
    const { dir } = this.#host;
    const path = join(proofsIn(dir), name);
    try {
      if (isOf(parseBundle(name, await readFile(path, "utf8")), statement)) return true;
    } catch {
      // Damaged: as if it were another's.
    }
    await mkdir(join(proofsIn(dir), STALE), { recursive: true });
    await rename(path, join(proofsIn(dir), STALE, name));
    if (this.#host.loaded() === loaded) this.#host.reload();
    batch.bundle = undefined;
    return false;
  }

  /** Takes a proof. @throws EnvironmentError if it cannot be kept now; deliver it again then */
  async proven(id: string, bundle: Bundle): Promise<void> {
    const { firstSeq, lastSeq } = rangeOf(bundle);
    // After a restart, it may come before it is asked for again.
    if (this.#host.loaded()?.batches.endingAt(lastSeq)?.asked === undefined) await this.pump();
    const key = `${firstSeq}-${lastSeq}`;
    const writing = this.#writing.get(key) ?? this.#take(id, bundle);
    this.#writing.set(key, writing);
    try {
      await writing;
    } finally {
      this.#writing.delete(key);
    }
  }

  async #take(id: string, bundle: Bundle): Promise<void> {
    const { dir, loaded, onStep } = this.#host;
    const { firstSeq, lastSeq } = rangeOf(bundle);
    const now = loaded();
    if (now === undefined) throw notNow();
    const batch = now.batches.endingAt(lastSeq);
    // Proven before, or of a batch that does not exist any more.
    if (batch === undefined || batch.firstSeq !== firstSeq || batch.bundle !== undefined) return;
    if (batch.asked === undefined) throw notNow();
    if (!isOf(bundle, batch.asked.statement)) {
      if (id === batch.asked.id) this.#putAside(batch, "a proof of another statement was delivered for it");
      return;
    }
    onStep("bundle");
    const name = await writeBundle(dir, bundle);
    flushFolder(proofsIn(dir));
    // The run may have been loaded again meanwhile. It then looks for bundles itself, or finds it here.
    const kept = loaded()?.batches.endingAt(lastSeq);
    loaded()?.bundles.add({ name, firstSeq, lastSeq });
    if (kept === undefined || kept.firstSeq !== firstSeq) return;
    kept.bundle ??= name;
    kept.setAside = undefined;
    this.#host.tell({ type: "proven", firstSeq, lastSeq, bundle: name });
    this.#host.onProven();
    void this.pump();
  }

  setAside({ id, reasons }: SetAside): void {
    const reason = reasons.join("; ");
    this.#aside.set(id, reason);
    const batch = this.#host.loaded()?.batches.batches.find(({ asked }) => asked?.id === id);
    if (batch !== undefined) this.#putAside(batch, reason);
  }

  /** Tries a batch again. @returns false if it was not set aside */
  async retry(firstSeq: number): Promise<boolean> {
    const batch = this.#host.loaded()?.batches.batches.find((each) => each.firstSeq === firstSeq);
    if (batch?.asked === undefined || batch.setAside === undefined) return false;
    const { id } = batch.asked;
    if (!(await this.#host.proofs.retry(id))) return false;
    this.#aside.delete(id);
    batch.setAside = undefined;
    return true;
  }

  #putAside(batch: CutBatch, reason: string): void {
    const { firstSeq, lastSeq } = batch;
    batch.setAside = reason;
    this.#host.tell({ type: "setAside", firstSeq, lastSeq, reason });
    this.#host.tell({ type: "halted", why: asideText(batch) });
  }
}

/** Why nothing behind a batch is submitted that was set aside. */
export function asideText({ firstSeq, lastSeq, setAside }: CutBatch): string {
  return `the batch of transitions ${firstSeq} to ${lastSeq} was set aside: ${setAside}; mend it, and try it again`;
}

function isOf(bundle: Bundle, statement: PublicInputs): boolean {
  return PUBLIC_INPUTS.every((name) => bundle.statement[name] === statement[name]);
}

function notNow(): EnvironmentError {
  return new EnvironmentError("busy", "the batch is not asked for yet; deliver the proof again");
}
