/** Puts together what was found in the pieces of a trace, in their order. The result does not depend on the cuts. */

import type { Profile } from "../../../prover/profiles.ts";
import { triggersBehind } from "../../../trace/describe/triggeredRows.ts";
import type { TriggerRows } from "../../../trace/effects/triggers.ts";
import type { Transition } from "../../../trace/machine/transition.ts";
import { Bindings, type SavedBindings } from "./bindings.ts";
import type { Part, SeenRange } from "./part.ts";
import { Plan } from "./plan.ts";

/** What is kept of a part of a trace that was audited before: what later parts can depend on. */
export interface SavedFindings extends SavedBindings {
  signers: number[];
  selectors: bigint[];
  /** Triggers that were set, and whose rows may be unknown. */
  set: (readonly [program: number, digest: bigint, seq: number])[];
}

export class Findings {
  readonly bindings: Bindings;
  readonly plan: Plan;
  readonly signers: Set<number>;
  readonly selectors: Set<bigint>;
  /** By their last use. */
  readonly digests = new Set<bigint>();
  /** By program: the digests that it set, each with the first transition. */
  readonly set = new Map<number, Map<bigint, number>>();
  /** By place of the bundle in the list. */
  readonly seen = new Map<number, SeenRange>();
  readonly told: Transition[] = [];
  matching = 0;
  readonly kinds = new Set<bigint>();
  readonly resources = new Set<bigint>();
  /** By transition − 1. */
  readonly approvals: Transition[] = [];
  mistimed: Part["mistimed"] = null;
  readonly #most: number;

  /**
   * @param most transitions to keep
   * @param profiles of the map, to plan the batches of its unproven part
   * @param saved of the part before, if the look does not begin with the genesis
   */
  constructor(
    genesis: ReadonlyMap<number, bigint>,
    most: number,
    profiles: () => readonly Profile[],
    saved?: SavedFindings,
  ) {
    this.bindings = new Bindings(genesis, saved);
    this.plan = new Plan(profiles);
    this.#most = most;
    this.signers = new Set(saved?.signers);
    this.selectors = new Set(saved?.selectors);
    for (const [program, digest, seq] of saved?.set ?? []) this.#addSet(program, digest, seq);
  }

  /** Takes in the next part. */
  take(part: Part): void {
    this.bindings.take(part.bindings);
    this.plan.take(part.measured);
    for (const program of part.signers) this.signers.add(program);
    for (const selector of part.selectors) this.selectors.add(selector);
    for (const digest of part.digests) {
      this.digests.delete(digest);
      this.digests.add(digest);
    }
    for (const [program, digest, seq] of part.set) this.#addSet(program, digest, seq);
    for (const seen of part.seen) this.seen.set(seen.index, seen);
    for (const t of part.told) if (this.told.length < this.#most) this.told.push(t);
    this.matching += part.matching;
    for (const kind of part.kinds) this.kinds.add(kind);
    for (const id of part.resources) this.resources.add(id);
    for (const t of part.approvals) this.approvals[t.seq - 1] = t;
    this.mistimed ??= part.mistimed;
  }

  #addSet(program: number, digest: bigint, seq: number): void {
    const known = this.set.get(program) ?? new Map<bigint, number>();
    this.set.set(program, known);
    if (!known.has(digest)) known.set(digest, seq);
  }

  /** @param triggers the rows behind digests */
  saved(triggers: TriggerRows): SavedFindings {
    const set = [...this.set].flatMap(([program, digests]) =>
      [...digests]
        .filter(([digest]) => !isKnown(digest, triggers))
        .map(([digest, seq]) => [program, digest, seq] as const),
    );
    const selectors = [...this.allSelectors(triggers)];
    return { ...this.bindings.saved(), signers: [...this.signers], selectors, set };
  }

  /** The selectors of functions that rows declare or call, or the triggers that they set. */
  allSelectors(triggers: TriggerRows): Set<bigint> {
    const inner = [...triggersBehind(this.digests, triggers).values()].flatMap((rows) => rows ?? []);
    return new Set([...this.selectors, ...inner.flatMap(({ argument }) => argument.selector ?? [])]);
  }
}

/** Whether the rows behind a trigger are known, and those behind the triggers in it. */
export function isKnown(digest: bigint, triggers: TriggerRows): boolean {
  return ![...triggersBehind([digest], triggers).values()].includes(undefined);
}
