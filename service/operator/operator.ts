/** The operator of one map: one process, one run directory. */
import { setTimeout as sleep } from "node:timers/promises";
import type { SignatureFile } from "../../prover/signing/signatureFiles.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import type { Row } from "../../trace/machine/transition.ts";
import { recordsIn } from "../../trace/run/recordsIn.ts";
import { pathIn } from "../../trace/run/runDirectory.ts";
import { lockRun } from "../../trace/run/runLock.ts";
import type { TraceRecord } from "../../trace/run/traceLines.ts";
import type { TimeMap } from "../../trace/state/timeMap.ts";
import { Border } from "./border.ts";
import { Dismissing } from "./dismissing.ts";
import { Engine } from "./engine.ts";
import { approve, propose } from "./intake.ts";
import type { Loaded } from "./loaded.ts";
import { type OperatorOptions, rulesOf } from "./options.ts";
import { openReports, reportOf } from "./proposals.ts";
import { asideText, Proving } from "./proving.ts";
import { takeSignature } from "./signatureIntake.ts";
import { reports, toSignOf } from "./stages.ts";
import { Submitting } from "./submitting.ts";
import type {
  BatchReport,
  Caller,
  LogToSign,
  OpenPage,
  Operator,
  OperatorEvent,
  OperatorStatus,
  Proposal,
  ProposalReport,
  ProposalStatus,
} from "./types.ts";

/** How long the end waits for work that is under way. */
const LAST_WORK_MS = 5_000;

/** The operator, for the process that runs it. */
export interface OwnOperator extends Operator {
  /** Looks at ages, deadlines, proofs and the chain now, as the timer does. Returns when that is done. */
  tick(): Promise<void>;
  /** Ends the batch that is being filled. @returns false if nothing is in it */
  cut(): Promise<boolean>;
  /** Tries a batch again that was set aside. @param firstSeq its first transition @returns false if it is not */
  retry(firstSeq: number): Promise<boolean>;
  /** The rows of a trigger that a watch of the run was set with; undefined if they are not known. */
  triggers(digest: bigint): readonly Row[] | undefined;
}

/**
 * Opens the operator of a run. It holds the run's lock until it is disposed of. It finishes what a crash interrupted.
 * The proof source and the submitter are the caller's, who closes them afterwards.
 *
 *     await using operator = await openOperator("shop", { proofs, workOf });
 *     await operator.propose(proposal, { kind: "program", program: 3, authority });
 *
 * @throws InvalidInputError if the run does not replay, or its journal is damaged
 * @throws EnvironmentError if another process writes to it, or the disk refuses
 */
export async function openOperator(dir: string, options: OperatorOptions): Promise<OwnOperator> {
  const rules = rulesOf(options);
  const lock = lockRun(dir, "serve");
  const engine = new Engine(dir, options, rules, lock);
  try {
    await engine.open();
    const operator = new MapOperator(engine, options, lock);
    await operator.start(options);
    return operator;
  } catch (error) {
    await engine.close();
    lock[Symbol.dispose]();
    throw error;
  }
}

class MapOperator implements OwnOperator {
  readonly #engine: Engine;
  readonly #lock: Disposable;
  readonly #proofs: OperatorOptions["proofs"];
  readonly #proving: Proving;
  readonly #submitting: Submitting | undefined;
  readonly #border: Border | undefined;
  readonly #dismissing: Dismissing | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What was last known of the run. */
  #facts: Facts | undefined;
  #ticking: Promise<void> | undefined;

  constructor(engine: Engine, options: OperatorOptions, lock: Disposable) {
    this.#engine = engine;
    this.#lock = lock;
    this.#proofs = options.proofs;
    const host = {
      ...{ dir: engine.dir, clock: engine.clock },
      loaded: () => engine.loaded,
      tell: (...all: OperatorEvent[]) => engine.events.tell(...all),
    };
    this.#proving = new Proving({
      ...host,
      proofs: options.proofs,
      workOf: options.workOf,
      mostWanted: engine.rules.mostWanted,
      onStep: options.onStep ?? (() => undefined),
      reload: () => engine.drop(),
      onProven: () => void this.#submitting?.pump(),
    });
    const { submitter, border, store } = options;
    this.#submitting = submitter && new Submitting({ ...host, submitter });
    this.#border =
      border &&
      new Border({
        ...{ ...host, source: border },
        ask: (run) => engine.ask(run),
        records: (firstSeq) => this.records(firstSeq, engine.present.run.committed),
      });
    const dismiss = border?.dismiss?.bind(border);
    const requests = () => this.#border?.requests ?? [];
    this.#dismissing = dismiss && new Dismissing({ ...host, dismiss, requests, useStore: store !== false });
    engine.onSettled = () => {
      if (engine.loaded !== undefined) this.#facts = factsOf(engine.loaded);
      void this.#proving.pump();
    };
  }

  async start(options: OperatorOptions): Promise<void> {
    this.#facts = factsOf(this.#engine.present);
    await options.proofs.start(this.#proving);
    await this.tick();
    this.#engine.begin();
    const { tickMs } = this.#engine.rules;
    if (tickMs === 0) return;
    this.#timer = setInterval(() => {
      // By itself, too: proofs and the chain may take long.
      this.#engine.housekeep().catch(() => undefined);
      this.tick().catch(() => undefined);
    }, tickMs);
  }

  tick(): Promise<void> {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = undefined;
    });
    return this.#ticking;
  }

  async #tick(): Promise<void> {
    await this.#border?.pump();
    await this.#engine.housekeep();
    await this.#proving.pump();
    await this.#submitting?.pump();
    await this.#dismissing?.pump();
  }

  propose(proposal: Proposal, by: Caller): Promise<ProposalStatus> {
    const { rules } = this.#engine;
    return this.#engine.ask((loaded, now) => propose(loaded, { now, rules }, proposal, by));
  }

  approve(id: string, by: Caller): Promise<ProposalStatus> {
    const { rules } = this.#engine;
    return this.#engine.ask((loaded, now) => approve(loaded, { now, rules }, id, by));
  }

  proposal(id: string): ProposalReport | undefined {
    const { proposals, run } = this.#engine.present;
    const entry = proposals.get(id);
    return entry && reportOf(entry, run.tracer.map);
  }

  openProposals(program?: number, page?: OpenPage): ProposalReport[] {
    const { proposals, run } = this.#engine.present;
    return openReports(proposals, run.tracer.map, program, page);
  }

  applyTrigger(watch: { program: number; slot: number }): Promise<{ firstSeq: number; lastSeq: number }> {
    return this.#engine.ask(({ run }, now) => {
      const group = run.tracer.applyTrigger(watch, now);
      return { value: { firstSeq: group[0]?.seq ?? 0, lastSeq: group.at(-1)?.seq ?? 0 }, lines: [] };
    });
  }

  cut(): Promise<boolean> {
    return this.#engine.ask((loaded) => {
      const value = loaded.fresh.length > 0 || loaded.batches.isFilling;
      loaded.cutNow = value;
      return { value, lines: [] };
    });
  }

  async retry(firstSeq: number): Promise<boolean> {
    const revived = await this.#proving.retry(firstSeq);
    if (revived) await this.#proving.pump();
    return revived;
  }

  triggers(digest: bigint): readonly Row[] | undefined {
    return this.#engine.present.run.tracer.triggers(digest);
  }

  toSign(program?: number): LogToSign[] {
    const { present, rules } = this.#engine;
    return toSignOf(present, present.batches.batches, rules.signWithin).filter(
      (log) => program === undefined || log.program === program,
    );
  }

  async sign(file: SignatureFile): Promise<void> {
    // Loaded only now: the curve takes its time.
    const { verifyLog } = await import("../../trace/signing/signature.ts");
    const signed = await this.#engine.ask((loaded, now) => takeSignature(loaded, now, file, verifyLog));
    for (const lastSeq of signed) this.#engine.events.tell({ type: "signed", program: file.program, lastSeq });
    await this.#proving.pump();
  }

  batches(): BatchReport[] {
    const { batches, signatures } = this.#engine.present;
    return reports(batches.batches, signatures, this.#onChain);
  }

  async status(): Promise<OperatorStatus> {
    const proofs = await this.#proofs.counts();
    const { loaded } = this.#engine;
    if (loaded !== undefined) this.#facts = factsOf(loaded);
    // While the disk refuses to be read: what was known last, and why.
    const facts = this.#facts ?? factsOf(this.#engine.present);
    const waiting = this.#border?.waiting ?? [];
    return { ...facts, submitted: this.#onChain.submitted, proofs, halted: this.#halted, waiting };
  }

  map(): TimeMap {
    return this.#engine.present.run.tracer.map;
  }

  records(firstSeq: number, lastSeq: number): TraceRecord[] {
    const { committed } = this.#engine.present.run;
    if (!Number.isSafeInteger(firstSeq) || firstSeq < 1 || lastSeq > committed)
      throw new InvalidInputError("seq", `the trace holds transitions 1 to ${committed}`);
    return recordsIn(pathIn(this.#engine.dir, "trace"), firstSeq, lastSeq);
  }

  subscribe(listener: (event: OperatorEvent) => void): () => void {
    return this.#engine.events.subscribe(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#ticking?.catch(() => undefined);
    await this.#engine.close();
    // What is under way stops at its next look at what is loaded. A transaction may take long, and is found again.
    await Promise.race([
      Promise.allSettled(
        [this.#proving, this.#submitting, this.#border, this.#dismissing].map((each) => each?.running),
      ),
      sleep(LAST_WORK_MS, undefined, { ref: false }),
    ]);
    this.#lock[Symbol.dispose]();
  }

  get #onChain(): { submitted: number; confirmed: number } {
    return { submitted: this.#submitting?.submitted ?? 0, confirmed: this.#submitting?.confirmed ?? 0 };
  }

  get #halted(): string | null {
    const aside = this.#engine.loaded?.batches.batches.find(({ setAside }) => setAside !== undefined);
    const { trouble } = this.#engine;
    return (
      trouble ??
      (aside && asideText(aside)) ??
      this.#proving.trouble ??
      this.#submitting?.trouble ??
      this.#border?.trouble ??
      this.#dismissing?.trouble ??
      null
    );
  }
}

/** The part of the status that follows from the run. */
type Facts = Omit<OperatorStatus, "submitted" | "proofs" | "halted" | "waiting">;

function factsOf({ facts, run, batches, proposals, numbering }: Loaded): Facts {
  const { tracer } = run;
  return {
    ...{ domain: facts.domain, genesisRoot: facts.header.genesisRoot, levels: facts.header.levels },
    ...{ seq: run.committed, at: tracer.at, root: tracer.root(), programs: tracer.map.programs() },
    ...{ cut: batches.end, proven: batches.proven, openProposals: proposals.openCount },
    numbering: numbering?.times ?? 0,
  };
}
