/**
 * Where all changes of a map go through. Requests of a few milliseconds share one commit, and nobody is answered before
 * it is on disk. Between two commits the state in memory is that on disk. If the disk refuses, all is read from it
 * again, and nothing of the commit has happened.
 */
import { EnvironmentError } from "../../trace/errors.ts";
import type { CutBatch } from "./batchBook.ts";
import { commit, cutEvents, type Job, type Request, toSignEvents } from "./commit.ts";
import { Events } from "./events.ts";
import type { Alive } from "./journalLines.ts";
import { allLines, type Loaded, load } from "./loaded.ts";
import { type OperatorOptions, type Rules, systemClock } from "./options.ts";
import { statusOf } from "./proposals.ts";
import { missingFor } from "./stages.ts";
import type { OperatorEvent } from "./types.ts";
import { decideWithdrawal, lapsedIn, type Withdrawn } from "./withdrawal.ts";

/** Seconds between two looks at what can be forgotten. */
const SETTLE_EVERY = 60;

export class Engine {
  readonly events = new Events();
  readonly dir: string;
  readonly rules: Rules;
  readonly clock: () => number;
  readonly #options: OperatorOptions;
  readonly #onStep: (step: string) => void;
  readonly #lock: Disposable;
  #loaded: Loaded | undefined;
  #loading: Promise<void> | undefined;
  #housekeeping: Promise<void> | undefined;
  #jobs: Job[] = [];
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  /** The last batch that subscribers were told of. */
  #told = 0;
  #settled = { proven: -1, at: 0 };
  /** Whether programs can reach the operator. Until then no time counts towards deadlines. */
  #begun = false;
  /** While nothing is loaded: when signatures could last be handed in, and how long they could not before. */
  #seen: Alive | undefined;
  /** Called after every commit, and after everything was read again. */
  onSettled: () => void = () => undefined;
  /** Why nothing is accepted; null if nothing is wrong. */
  trouble: string | null = null;

  /** @param lock the run's */
  constructor(dir: string, options: OperatorOptions, rules: Rules, lock: Disposable) {
    this.dir = dir;
    this.rules = rules;
    this.clock = options.clock ?? systemClock;
    this.#options = options;
    this.#onStep = options.onStep ?? (() => undefined);
    this.#lock = lock;
  }

  /** All that is known; undefined while it is read from the disk. */
  get loaded(): Loaded | undefined {
    return this.#loaded;
  }

  /** @throws EnvironmentError if it is being read from the disk; ask again then */
  get present(): Loaded {
    if (this.#loaded !== undefined) return this.#loaded;
    throw new EnvironmentError("busy", this.trouble ?? "the run is being read from the disk; ask again");
  }

  /** Carries out a request with the next commit. */
  ask<T>(run: Request<T>): Promise<T> {
    if (this.#closed) return Promise.reject(shuttingDown());
    return new Promise<T>((resolve, reject) => {
      this.#jobs.push({ run, resolve: resolve as (value: unknown) => void, reject });
      this.#timer ??= setTimeout(() => void this.#flush(), this.rules.commitMs);
    });
  }

  /** Reads everything from the disk, unless that is done already. @throws EnvironmentError, InvalidInputError */
  async open(): Promise<void> {
    while (this.#loading !== undefined || this.#loaded === undefined) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
  }

  /** Programs can reach the operator from now on: the time for signing counts. */
  begin(): void {
    if (this.#loaded !== undefined) this.#there(this.#loaded, this.#now(this.#loaded));
    this.#begun = true;
  }

  /** Drops what is in memory. It is read again for the next request. */
  drop(): void {
    const loaded = this.#loaded;
    this.#loaded = undefined;
    if (loaded !== undefined && this.#begun) this.#seen = loaded.presence.alive;
    try {
      loaded?.[Symbol.dispose]();
    } catch {
      // A full disk, for example. The run's files are as the last commit left them.
    }
  }

  /** Looks at ages and deadlines. */
  housekeep(): Promise<void> {
    this.#housekeeping ??= this.#housekeep().finally(() => {
      this.#housekeeping = undefined;
    });
    return this.#housekeeping;
  }

  async #housekeep(): Promise<void> {
    if (this.#closed) return;
    await this.#flush();
    const loaded = this.#loaded;
    if (loaded === undefined) return;
    const now = this.#now(loaded);
    this.#settle(loaded, now);
    try {
      this.#there(loaded, now);
      const withdrawn = this.#begun ? this.#withdrawLapsed(loaded, now) : undefined;
      if (withdrawn === undefined && loaded.journal.long) loaded.journal.rewrite(allLines(loaded));
    } catch (error) {
      this.#fail(error);
      this.drop();
    }
    await this.#reopened().catch(() => undefined);
  }

  /** Takes no more requests, commits those that are there, and closes the run. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#flush();
    await this.#loading?.catch(() => undefined);
    await this.#housekeeping?.catch(() => undefined);
    const loaded = this.#loaded;
    try {
      // How long it is away is known to the second then.
      if (loaded !== undefined && this.#begun) this.#there(loaded, this.#now(loaded), true);
    } catch {
      // A full disk, for example. The time since the last line counts as away.
    }
    this.drop();
  }

  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      await this.#reopened();
    } catch (error) {
      for (const { reject } of this.#jobs.splice(0)) reject(error);
      return;
    }
    const loaded = this.#loaded;
    if (loaded === undefined) return;
    const jobs = this.#jobs.splice(0);
    try {
      const context = { now: this.#now(loaded), rules: this.rules, onStep: this.#onStep };
      this.#there(loaded, context.now);
      const { answer, events, cut, changed } = commit(loaded, jobs, context);
      answer();
      this.events.tell(...events);
      this.#tellCut(loaded, cut);
      if (changed) this.onSettled();
    } catch (error) {
      this.#fail(error);
      this.drop();
      for (const { reject } of jobs) reject(error);
    }
  }

  /** The time for the next transition: the clock's, and never before the last one. */
  #now({ run }: Loaded): number {
    return Math.max(this.clock(), run.tracer.at);
  }

  /** Reads everything again, if it was dropped. */
  async #reopened(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  async #load(): Promise<void> {
    const now = this.clock();
    const [options, rules, seen, lock] = [this.#options, this.rules, this.#seen?.at, this.#lock];
    const loaded = await load(this.dir, { options, rules, now, seen, lock });
    this.#loaded = loaded;
    try {
      this.#goesOn(loaded);
    } catch (error) {
      const seen = this.#seen;
      this.drop();
      this.#seen = seen;
      throw error;
    }
    this.trouble = null;
    this.#settled = { proven: -1, at: 0 };
    this.#tellCut(
      loaded,
      loaded.batches.batches.filter(({ lastSeq }) => lastSeq > this.#told),
    );
    this.onSettled();
  }

  /** What was read again can be signed again, and later than was told. */
  #goesOn(loaded: Loaded): void {
    const before = this.#seen;
    const { presence, journal } = loaded;
    if (!this.#begun) return;
    // The time that the reading took.
    if (presence.back(this.#now(loaded))) journal.append([presence.line()]);
    this.#seen = undefined;
    if (before !== undefined && presence.away > before.away) this.#tellDeadlines(loaded);
  }

  /** Tells what is to be signed, which was told with earlier deadlines. */
  #tellDeadlines(loaded: Loaded): void {
    const told = loaded.batches.batches.filter(({ lastSeq }) => lastSeq <= this.#told);
    this.events.tell(...toSignEvents(loaded, told, this.rules));
  }

  /**
   * Takes in that programs can sign now, and notes it in the journal while a signature is missing.
   * @param last whether it is the last time
   */
  #there(loaded: Loaded, now: number, last = false): void {
    const { presence, journal } = loaded;
    const { tickMs } = this.rules;
    if (this.#begun && !(tickMs > 0 && presence.stalled(now, tickMs / 1_000))) {
      presence.there(now);
      if (!(last || presence.due) || firstUnsigned(loaded) === undefined) return;
      journal.append([presence.line()]);
    } else if (presence.back(now)) {
      journal.append([presence.line()]);
      this.#tellDeadlines(loaded);
    }
  }

  /** Forgets what is not needed any more. */
  #settle(loaded: Loaded, now: number): void {
    const { signatures, batches, proposals, suspensions } = loaded;
    const { proven } = batches;
    if (proven === this.#settled.proven && now < this.#settled.at + SETTLE_EVERY) return;
    this.#settled = { proven, at: now };
    signatures.settle(proven);
    batches.settle(proven);
    const unsigned = firstUnsigned(loaded);
    proposals.forget(now, (unsigned?.firstSeq ?? batches.end + 1) - 1);
    suspensions.forget(now);
  }

  /** Takes out what was not signed in time. Everything is dropped then. */
  #withdrawLapsed(loaded: Loaded, now: number): Withdrawn | undefined {
    const lapsed = lapsedIn(loaded, this.rules.signWithin, now);
    if (lapsed.size === 0) return undefined;
    const withdrawn = decideWithdrawal(loaded, lapsed, now, this.#onStep);
    const { firstSeq, transitions } = withdrawn;
    for (const batch of loaded.batches.batches) {
      // Only signed batches are asked for, so there is none; but a wish that stays would be proven in vain.
      if (batch.asked !== undefined && batch.firstSeq >= firstSeq)
        this.#options.proofs.forget(batch.asked.id).catch(() => undefined);
    }
    this.#told = Math.min(this.#told, firstSeq - 1);
    for (const [program, from] of lapsed) this.events.tell({ type: "withdrawn", program, firstSeq: from, transitions });
    for (const entry of withdrawn.proposals) {
      const state = statusOf(entry, loaded.run.tracer.map);
      this.events.tell({ type: "proposal", id: entry.id, state });
    }
    this.drop();
    return withdrawn;
  }

  #tellCut(loaded: Loaded, cut: Loaded["batches"]["batches"]): void {
    this.events.tell(...cutEvents(loaded, cut, this.rules));
    this.#told = Math.max(this.#told, cut.at(-1)?.lastSeq ?? 0);
  }

  #fail(error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    const event: OperatorEvent = { type: "halted", why };
    if (this.trouble !== why) this.events.tell(event);
    this.trouble = why;
  }
}

function firstUnsigned({ batches, signatures }: Loaded): CutBatch | undefined {
  return batches.batches.find((batch) => missingFor(batch, signatures).length > 0);
}

function shuttingDown(): EnvironmentError {
  return new EnvironmentError("closed", "the operator is shutting down; ask again when it is back");
}
