/**
 * Cuts a trace into batches, each as long as one proof can hold. A group is never cut, because its effects are atomic.
 * Three things bound a batch: its rows, the tree nodes on the paths to all cells it opens (programs close together
 * share nodes), and the programs that must sign for it. A program signs with one key per batch: after a change of its
 * authority, its next effect begins another batch.
 */
import { span } from "../../trace/describe/count.ts";
import { InvalidInputError, RefusedError } from "../../trace/errors.ts";
import type { Transition } from "../../trace/machine/transition.ts";
import { nodeKey } from "../../trace/state/tree.ts";
import { fitsProfile, sizeText } from "../../trace/tracer/groupSize.ts";
import { type Profile, profilesWith } from "../profiles.ts";
import { wantedSignatures } from "../signing/signatures.ts";
import { touchedNodes } from "./batchInput.ts";

/** The space that some transitions take in a proof. */
interface Size {
  readonly rows: number;
  readonly nodes: number;
  readonly signatures: number;
}

/** Consecutive whole groups that fit into one proof. */
export interface Batch {
  readonly profile: Profile;
  readonly transitions: readonly Transition[];
  /** Number of tree nodes they touch. */
  readonly nodes: number;
}

/** A group too large for every profile: the `seq`s of its first and last row, and its size. */
export class GroupSizeError extends RefusedError implements Size {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly rows: number;
  readonly nodes: number;
  readonly signatures: number;

  constructor(group: readonly Pick<Transition, "seq">[], size: Size, profiles: readonly Profile[]) {
    const firstSeq = group[0]?.seq ?? 0;
    const lastSeq = group.at(-1)?.seq ?? 0;
    const larger = profilesWith(profiles[0]?.levels ?? 0).find((p) => fitsProfile(p, size));
    const advice = larger === undefined ? "no profile of this map holds it; divide it" : `use --profile ${larger.name}`;
    const there = profiles.map((p) => `${p.name} has ${p.rows}, ${p.nodes} and ${p.signatures}`).join(", ");
    super(
      "group-whole",
      `the group of ${span("transition", firstSeq, lastSeq)} needs ${sizeText(size)}, but ${there}; ${advice}`,
    );
    this.firstSeq = firstSeq;
    this.lastSeq = lastSeq;
    this.rows = size.rows;
    this.nodes = size.nodes;
    this.signatures = size.signatures;
  }
}

/** A batch being filled. */
class Filling {
  readonly profile: Profile;
  readonly transitions: Transition[] = [];
  readonly #nodes = new Set<number>();
  readonly #authorities = new Map<number, bigint>();

  constructor(profile: Profile) {
    this.profile = profile;
  }

  /** The batch's size with the group in it; null if a program would act under two authorities. */
  with(group: readonly Transition[]): Size | null {
    const nodes = new Set(this.#nodes);
    for (const node of touchedNodes(this.profile.levels, group)) nodes.add(nodeKey(node));
    const authorities = new Map(this.#authorities);
    for (const [program, authority] of authoritiesOf(group)) {
      if ((authorities.get(program) ?? authority) !== authority) return null;
      authorities.set(program, authority);
    }
    return { rows: this.transitions.length + group.length, nodes: nodes.size, signatures: authorities.size };
  }

  add(group: readonly Transition[]): void {
    this.transitions.push(...group);
    for (const node of touchedNodes(this.profile.levels, group)) this.#nodes.add(nodeKey(node));
    for (const [program, authority] of authoritiesOf(group)) this.#authorities.set(program, authority);
  }

  batch(): Batch {
    return { profile: this.profile, transitions: this.transitions, nodes: this.#nodes.size };
  }
}

/** The authorities that must sign for a group, by program. */
function authoritiesOf(group: readonly Transition[]): Map<number, bigint> {
  return new Map(wantedSignatures(group).map((w) => [w.program, w.authority]));
}

/**
 * Collects groups until the next one would not fit. The same groups give the same batches, regardless of later groups.
 * A batch has the first profile, unless its first group needs more: then it has the first profile that holds that
 * group.
 */
export class Batcher {
  readonly #profiles: readonly Profile[];
  #filling: Filling | undefined;

  /** @param profiles of one map, in order of preference */
  constructor(...profiles: readonly Profile[]) {
    this.#profiles = profiles;
  }

  /**
   * Takes the next group.
   * @returns the batch that is complete because the group did not fit into it
   * @throws GroupSizeError if the group alone is too large; the batcher is unchanged
   */
  add(group: readonly Transition[]): Batch | undefined {
    const together = this.#filling?.with(group);
    if (this.#filling !== undefined && together != null && fitsProfile(this.#filling.profile, together)) {
      this.#filling.add(group);
      return undefined;
    }
    const next = this.#begin(group);
    const complete = this.finish();
    this.#filling = next;
    return complete;
  }

  /** Whether no further group can fit. */
  get full(): boolean {
    return this.#filling !== undefined && this.#filling.transitions.length >= this.#filling.profile.rows;
  }

  /** The oldest transition of the open batch. */
  get oldest(): Transition | undefined {
    return this.#filling?.transitions[0];
  }

  #begin(group: readonly Transition[]): Filling {
    let size: Size | null = null;
    for (const profile of this.#profiles) {
      const filling = new Filling(profile);
      size = filling.with(group);
      if (size === null || !fitsProfile(profile, size)) continue;
      filling.add(group);
      return filling;
    }
    throw new GroupSizeError(group, size ?? { rows: group.length, nodes: 0, signatures: 0 }, this.#profiles);
  }

  /** The open batch, if there is one. The next group begins a new one. */
  finish(): Batch | undefined {
    const batch = this.#filling?.batch();
    this.#filling = undefined;
    return batch;
  }
}

/**
 * The batches of a whole trace; none for an empty one. Each is as long as it can be.
 * @param groups in order, as replaying gives them
 * @param profiles of the map, in order of preference
 * @throws GroupSizeError if a group fits into no batch
 */
export function* batchesOf(groups: Iterable<readonly Transition[]>, ...profiles: readonly Profile[]): Generator<Batch> {
  const batcher = new Batcher(...profiles);
  for (const group of groups) {
    const complete = batcher.add(group);
    if (complete !== undefined) yield complete;
  }
  const rest = batcher.finish();
  if (rest !== undefined) yield rest;
}

/** Transitions, group by group. @throws InvalidInputError if the last group is not closed */
export function* groupsOf(transitions: Iterable<Transition>): Generator<Transition[]> {
  let group: Transition[] = [];
  for (const transition of transitions) {
    group.push(transition);
    if (!transition.last) continue;
    yield group;
    group = [];
  }
  const [open] = group;
  if (open !== undefined) throw new InvalidInputError("trace", `ends within the group of transition ${open.seq}`);
}
