/** The batches that were cut and are not settled yet, and the one that is being filled. */
import { Batcher } from "../../prover/batches/batcher.ts";
import type { Profile } from "../../prover/profiles.ts";
import { type WantedSignature, wantedSignatures } from "../../prover/signing/signatures.ts";
import type { PublicInputs } from "../../trace/commitment/commit.ts";
import { InvalidInputError } from "../../trace/errors.ts";
import { authorityAsked } from "../../trace/machine/rowShape.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import type { Cut, JournalLine } from "./journalLines.ts";
import type { Presence } from "./presence.ts";

/** Settled batches that are still reported. */
const REPORTED = 64;

/** A batch that was cut, on its way. */
export interface CutBatch extends Cut {
  /** Time of its last transition. */
  readonly until: number;
  readonly wanted: readonly WantedSignature[];
  /** Time of the last effect of each program that must sign. */
  readonly acted: ReadonlyMap<number, number>;
  /** The statement that its proof must have, and the id under which it is wanted, once it is. */
  asked?: { readonly id: string; readonly statement: PublicInputs } | undefined;
  /** File name of its bundle, once it is proven. */
  bundle?: string | undefined;
  /** Why nobody can prove it. */
  setAside?: string | undefined;
}

export class BatchBook {
  readonly #profiles: readonly Profile[];
  #batcher: Batcher;
  /** In order, without gaps. */
  #batches: CutBatch[] = [];
  #base: number;
  readonly #presence: Presence;

  /**
   * @param base last transition of the batches that are not kept: they are proven
   * @param profiles of the map, in order of preference
   * @param presence the operator's, which deadlines depend on
   */
  constructor(base: number, profiles: readonly Profile[], presence: Presence) {
    this.#base = base;
    this.#presence = presence;
    this.#profiles = profiles;
    this.#batcher = new Batcher(...profiles);
  }

  get base(): number {
    return this.#base;
  }

  get batches(): readonly CutBatch[] {
    return this.#batches;
  }

  /** Last transition of the last batch. */
  get end(): number {
    return this.#batches.at(-1)?.lastSeq ?? this.#base;
  }

  /** Last transition of the batches that are proven without a gap. */
  get proven(): number {
    let end = this.#base;
    for (const { bundle, lastSeq } of this.#batches) {
      if (bundle === undefined) break;
      end = lastSeq;
    }
    return end;
  }

  /** When a batch goes on without those who have not signed it. */
  deadline(batch: Cut, signWithin: number): number {
    return this.#presence.deadline(batch, signWithin);
  }

  profile(name: string): Profile {
    const profile = this.#profiles.find((each) => each.name === name);
    if (profile !== undefined) return profile;
    throw new InvalidInputError("profile", `${name} is none that this map is served with`);
  }

  /** The batch that ends with a transition. */
  endingAt(lastSeq: number): CutBatch | undefined {
    return this.#batches.find((batch) => batch.lastSeq === lastSeq);
  }

  /** Takes in the next group. @returns the batches that are complete */
  add(group: readonly Transition[], now: number): CutBatch[] {
    const cut: CutBatch[] = [];
    const complete = this.#batcher.add(group);
    if (complete !== undefined) cut.push(this.#keep(complete, now));
    if (this.#batcher.full) cut.push(...this.#finish(now));
    return cut;
  }

  /** Whether a batch is being filled. */
  get isFilling(): boolean {
    return this.#batcher.oldest !== undefined;
  }

  /** Cuts the batch that is being filled, if its oldest transition is that old. @returns it */
  age(now: number, most: number): CutBatch[] {
    const oldest = this.#batcher.oldest?.at;
    return oldest !== undefined && now - oldest >= most ? this.#finish(now) : [];
  }

  /** Takes in a batch as the journal has it. @param transitions exactly those of the batch */
  restore(cut: Cut, transitions: readonly Transition[]): CutBatch {
    this.profile(cut.profile);
    const until = transitions.at(-1)?.at ?? 0;
    const acted = new Map<number, number>();
    for (const each of transitions) if (authorityAsked(each) !== 0n) acted.set(each.actor, each.at);
    const batch: CutBatch = { ...cut, until, wanted: wantedSignatures(transitions), acted };
    this.#batches.push(batch);
    return batch;
  }

  /** Forgets batches that need nothing more, except the last ones. @param upTo their last transition */
  settle(upTo: number): void {
    const gone = Math.max(0, this.#batches.filter(({ lastSeq }) => lastSeq <= upTo).length - REPORTED);
    if (gone === 0) return;
    this.#base = this.#batches[gone - 1]?.lastSeq ?? this.#base;
    this.#batches = this.#batches.slice(gone);
  }

  lines(): JournalLine[] {
    return [{ base: this.#base }, ...this.#batches.map((batch) => ({ cut: cutOf(batch) }))];
  }

  #finish(now: number): CutBatch[] {
    const rest = this.#batcher.finish();
    return rest === undefined ? [] : [this.#keep(rest, now)];
  }

  #keep({ profile, transitions }: { profile: Profile; transitions: readonly Transition[] }, now: number): CutBatch {
    const [first, last] = [transitions[0], transitions.at(-1)];
    const { away } = this.#presence;
    const cut = { firstSeq: first?.seq ?? 0, lastSeq: last?.seq ?? 0, profile: profile.name, at: now };
    return this.restore({ ...cut, ...(away > 0 && { away }) }, transitions);
  }
}

/** The part of a batch that the journal keeps. */
export function cutOf({ firstSeq, lastSeq, profile, at, away }: Cut): Cut {
  return { firstSeq, lastSeq, profile, at, ...(away !== undefined && { away }) };
}
